"""Packs as pages in Markdown, for people who do not read YAML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from auditor.base.diagnostics import Place, UnusableError
from auditor.log.schema import EVENT, TIME
from auditor.outputs.files import replacing
from auditor.outputs.hostile import safe
from auditor.outputs.stories import expectation, happened, values
from auditor.rules import PackInfo, Rule, RuleSet, sentence
from auditor.rules.model import PackParameter
from auditor.rules.offsets import shown
from auditor.rules.ruletests import Case, cases

INDEX = "index.md"
_MARKS = re.compile(r"([\\*<>\[\]|])")
_DEADLINE = {"statutory": "the statute", "operator": "the operator"}


def pages(rules: RuleSet) -> dict[str, str]:
    """The text of each page by the name of its file: one for each pack, and an index."""
    found = {INDEX: _index(rules)}
    for pack in rules.packs:
        found[f"{pack.name}.md"] = "\n".join(_pack(pack, rules))
    return found


def write(rules: RuleSet, stream: BinaryIO) -> None:
    """All pages one after the other, without the index."""
    texts = [text for name, text in pages(rules).items() if name != INDEX]
    stream.write("\n".join(texts).encode())


def write_folder(rules: RuleSet, folder: Path) -> None:
    """A file for each page; the folder is made where there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        place = Place(str(folder))
        raise UnusableError("output-failed", f"cannot make this folder: {error.strerror}", place=place) from None
    for name, text in pages(rules).items():
        with replacing(folder / name) as stream:
            stream.write(text.encode())


def _index(rules: RuleSet) -> str:
    rows = [
        f"| [{escaped(pack.name)}]({pack.name}.md) | {escaped(pack.title)} | {escaped(pack.version)} "
        f"| {len(_rules(pack, rules))} | `{pack.sha256[:12]}` |"
        for pack in rules.packs
    ]
    head = ["# Packs", "", "| pack | | version | rules | SHA-256 |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _rules(pack: PackInfo, rules: RuleSet) -> list[Rule]:
    return [rule for rule in rules.rules if rule.pack == pack.name]


def _pack(pack: PackInfo, rules: RuleSet) -> Iterator[str]:
    mine = _rules(pack, rules)
    yield f"# {escaped(pack.title or pack.name)}"
    for text in (pack.disclaimer, pack.description):
        if text:
            yield from ("", f"> {escaped(text)}" if text is pack.disclaimer else escaped(text))
    yield from ("", "| | |", "|---|---|", f"| pack | `{pack.name}` |", f"| version | {escaped(pack.version)} |")
    yield f"| SHA-256 of its content | `{pack.sha256}` |"
    if pack.extends:
        yield f"| extends | {', '.join(f'`{name}`' for name in pack.extends)} |"
    drafts = sum(rule.draft for rule in mine)
    yield f"| rules | {len(mine)}{f', {drafts} of them drafts, which never fail an audit' if drafts else ''} |"
    yield f"| tests in its rules | {sum(len(rule.tests) for rule in mine)} |"
    if verified := Counter(rule.verified.partition(":")[0] for rule in mine if rule.verified):
        told = "; ".join(f"{escaped(how)}: {_many(number, 'rule')}" for how, number in verified.items())
        yield f"| how well its sources are verified | {told} |"
    if pack.parameters:
        yield from _parameters(pack.parameters, mine)
    yield from ("", "## Rules", "")
    yield from (f"- [{escaped(rule.id)}](#{_anchor(rule)}): {escaped(rule.title)}" for rule in mine)
    for rule in mine:
        yield from _rule(rule, rules)
    yield ""


def _parameters(parameters: Sequence[PackParameter], rules: Sequence[Rule]) -> Iterator[str]:
    yield from ("", "## Parameters", "", "Each can be changed with `--set NAME=VALUE`.", "")
    yield from ("| name | value | | number chosen by | used by |", "|---|---|---|---|---|")
    for one in parameters:
        chosen = {
            _DEADLINE[rule.basis.deadline]
            for rule in rules
            if rule.id in one.rules and rule.basis and rule.basis.deadline and one.value[:1].isdigit()
        }
        said, users = escaped(one.remark), ", ".join(escaped(id) for id in one.rules)
        yield f"| `{one.name}` | {escaped(one.value)} | {said} | {', '.join(sorted(chosen))} | {users} |"


def _rule(rule: Rule, rules: RuleSet) -> Iterator[str]:
    yield from ("", f"### {escaped(rule.id)}", "", f"**{escaped(rule.title or rule.id)}** ({rule.severity})")
    if rule.draft:
        yield from ("", "*Draft: judged and shown, but it never fails an audit.*")
    yield from ("", escaped(sentence(rule)))
    if rule.why:
        yield from ("", f"Why: {escaped(rule.why)}")
    facts = [
        ("Basis", _basis(rule)),
        ("Sources", "; ".join(escaped(ref) for ref in rule.refs)),
        ("How the source is verified", escaped(rule.verified)),
        ("Time allowed", "" if rule.obligation.within is None else str(rule.obligation.within)),
    ]
    if any(text for _, text in facts):
        yield ""
        yield from (f"- {name}: {text}" for name, text in facts if text)
    if rule.tests:
        yield from ("", "Examples:", "")
        yield from (_story(case) for case in cases(rule, rules.fields))


def _basis(rule: Rule) -> str:
    if rule.basis is None:
        return ""
    chosen = f"; the number is chosen by {_DEADLINE[rule.basis.deadline]}" if rule.basis.deadline else ""
    note = f". {escaped(rule.basis.note)}" if rule.basis.note else ""
    return f"{rule.basis.kind}{chosen}{note}"


def _story(case: Case) -> str:
    """`- *referred an hour late*: 0 h report.received (category csam), 25 h referral.submitted → **violated**`."""
    events = []
    for row in case.rows:
        said = values(case, row)
        events.append(f"{happened(row, case.start)} {row[EVENT]}" + (f" ({escaped(said)})" if said else ""))
    last = max((row[TIME] for row in case.rows), default=case.start)
    if case.as_of != last:
        events.append(f"judged at {shown(case.as_of - case.start)}")
    if case.covers is not None:
        events.append(f"in a log that records only {' and '.join(case.covers)}")
    return f"- *{escaped(case.name)}*: {', '.join(events)} → **{escaped(expectation(case))}**"


def _anchor(rule: Rule) -> str:
    """The name that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w-]", "", rule.id.lower())


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def escaped(text: str) -> str:
    """One line in which nothing is read as markup, addresses left whole."""
    return _MARKS.sub(r"\\\1", safe(" ".join(text.split())))
