"""Markdown for a comment on a change of rules: figures first, details folded, short enough for a forge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.diff import words
from auditor.outputs.diff.samples import Sample, samples
from auditor.outputs.diff.table import group_step
from auditor.outputs.hostile import safe
from auditor.outputs.markdown.tables import table
from auditor.outputs.markdown.text import code, prose
from auditor.outputs.names import group_named
from auditor.outputs.samples import LONGEST
from auditor.results.diff_cases import KINDS, SIDES
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.diff import Diff, RuleDiff

LARGEST = 60_000  # characters; GitHub takes comments of 65,536
_COLUMNS = ("appear", "vanish", "other verdict", "other due time", "groups")
MOST_RULES = 50  # in the table of figures
MOST_GROUPS = 5  # of a rule
MOST_NOTES = 10  # and edits of parameters, versions and fields
LONGEST_TEXT = 1_000  # characters of a sentence or message


def write(found: Diff, stream: BinaryIO, look: Look) -> None:  # noqa: ARG001 - as other formats
    """The whole comment in UTF-8."""
    parts = list(_head(found))
    room = LARGEST - sum(map(len, parts))
    shown = samples(found)
    left_out = 0
    for one in found.rules:
        section = "\n".join(_section(one, shown.get(one.change.rule.id, [])))
        room -= len(section) + 1
        if room > 0:
            parts.append(section)
        else:
            left_out += 1
    if left_out:
        parts.append(f"\n… and {words.many(left_out, 'more rule')}; `--output diff.json` has all of them.")
    stream.write(("\n".join(parts) + "\n").encode())


def _head(found: Diff) -> Iterator[str]:
    sides = found.sides
    yield f"## Rules: {code(sides.old.label, LONGEST * 2)} → {code(sides.new.label, LONGEST * 2)}"
    files = found.log.health.files
    logs = ", ".join(code(name, LONGEST * 2) for name in files[:3]) + (
        f" and {len(files) - 3:,} more" if len(files) > 3 else ""
    )
    yield from (
        "",
        f"**{words.conclusion(found)}.**",
        "",
        f"Rules: {words.edited(found)}. Judged on {logs} as of {iso_text(found.as_of)}.",
    )
    yield from _figures(found)
    changes = found.changes
    edits = [
        f"{what} {words.told(edit)}"
        for what, some in (("parameter", changes.parameters), ("pack", changes.packs), ("field", changes.fields))
        for edit in some
    ]
    for lines in (edits, [f"note: {note}" for note in found.notes]):
        if lines:
            yield from ("", *(f"- {_text(line)}" for line in lines[:MOST_NOTES]))
            if len(lines) > MOST_NOTES:
                yield f"- … and {len(lines) - MOST_NOTES:,} more"


def _figures(found: Diff) -> Iterator[str]:
    judged = [one for one in found.rules if one.change.judged]
    if not judged:
        return
    names = ("rule", "severity", "change", *_COLUMNS, "violated before", "violated now")
    yield from ("", *table(names, (_row(found, one) for one in judged[:MOST_RULES])))
    if len(judged) > MOST_RULES:
        yield from ("", f"… and {len(judged) - MOST_RULES:,} more rules.")


def _row(found: Diff, one: RuleDiff) -> tuple[str, ...]:
    change, numbers = one.change, [*(one.number(kind) for kind in KINDS), len(one.groups)]
    counts = [f"{number:,}" if number else "–" for number in numbers]
    kind = change.kind if found.fails(one) else f"{change.kind}, not counted"
    sides = (words.violated(one, side) for side in SIDES)
    return code(change.rule.id), change.severity, kind, *counts, *sides


def _section(one: RuleDiff, shown: list[Sample]) -> Iterator[str]:
    change = one.change
    result = ""
    if change.judged:
        groups = f", {words.many(len(one.groups), 'group')}" if one.groups else ""
        result = f": {words.ways(one) or 'no finding changes'}{groups}"
    yield from ("", f"<details><summary><code>{change.rule.id}</code> {change.kind}{result}</summary>", "")
    if change.sentences[0] == change.sentences[1]:
        yield f"It demands: {_text(change.sentences[1] or '')}"
        if change.parts:
            yield from ("", f"It differs in {', '.join(map(code, change.parts))}.")
    else:
        yield "\n\n".join(f"{name.capitalize()}: {prose(text)}" for name, text in words.demands(change, LONGEST_TEXT))
    if edits := [f"- {_text(edit)}" for edit in words.edits(change)]:
        yield from ("", "Also edited:" if change.judged else "Edited:", "", *edits)
    if shown or one.groups:
        yield ""
    yield from (f"- **{case.kind}** {_subject(case)} {_text(case.text)}" for case in shown)
    for group in one.groups[:MOST_GROUPS]:
        yield f"- **group** {code(group_named(group.group), LONGEST * 2)} {_text(group_step(group))}"
    more = sum(one.ways.values()) - len(shown) + max(0, len(one.groups) - MOST_GROUPS)
    if more > 0:
        yield f"- … and {more:,} more; `--output diff.json` has all of them"
    yield from ("", "</details>")


def _subject(case: Sample) -> str:
    return "(unknown)" if case.subject is None else code(case.subject, LONGEST)


def _text(text: str) -> str:
    return prose(safe(text, LONGEST_TEXT))
