"""Everything that is wrong or doubtful about rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place
from auditor.log.schema import Field
from auditor.rules.doubts import CHECKS
from auditor.rules.loader import Loaded, read_rules
from auditor.rules.model import Rule, RuleSet
from auditor.rules.shadows import shadowed

_UNUSED = {  # space of names → code, what it holds, how a rule names it
    "params": ("unused-parameter", "parameter", "params."),
    "lists": ("unused-list", "list", "lists."),
    "clocks": ("unused-clock", "clock", "clock: "),
    "fields": ("unused-field", "field", ""),
}


def lint(
    rules: RuleSet | Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
) -> list[Diagnostic]:
    """Everything that is wrong or doubtful, in file order: errors of loading, then warnings.  Raises nothing.

    A RuleSet has only its rules to look at; from files, mistakes and unused parameters and lists are found too.
    """
    if isinstance(rules, RuleSet):
        return sorted(_of_rules(rules.rules), key=_order)
    loaded = read_rules(rules, settings=settings, known_events=known_events, known_fields=known_fields)
    unused = [] if loaded.found else _unused(loaded)  # a use may hide in what could not be read
    found = [*loaded.found, *unused, *(_sourced(d, loaded) for d in _of_rules(loaded.ruleset.rules))]
    return sorted(found, key=_order)


def _order(diagnostic: Diagnostic) -> tuple[Place, str]:
    return diagnostic.place, diagnostic.code


def _sourced(diagnostic: Diagnostic, loaded: Loaded) -> Diagnostic:
    page = loaded.pages.get(diagnostic.place.file)
    return diagnostic if page is None else replace(diagnostic, source=page.document.line(diagnostic.place.line))


def _of_rules(rules: Sequence[Rule]) -> list[Diagnostic]:
    alone = [(rule, found) for rule in rules for check in CHECKS for found in check(rule)]
    return [
        Diagnostic(code, f"{rule.id}: {message}", rule.place, help, width=len(rule.id), level="warning")
        for rule, (code, message, help) in (*alone, *shadowed(rules))
    ]


def _unused(loaded: Loaded) -> Iterator[Diagnostic]:
    for pack in loaded.packs:
        for name, origin in pack.places.items():
            if name not in pack.used:
                space, _, word = name.partition(".")
                code, what, use = _UNUSED[space]
                message = f"no rule uses the {what} `{word}`"
                help = f"write `{use}{word}` where it belongs, or remove it"
                yield origin.page.document.diagnostic(
                    code, message, origin.key, help=help, width=len(word), level="warning"
                )
