"""What loads but is probably not meant: one small check per habit of mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place
from auditor.log.schema import Field
from auditor.rules.expressions import Expr, columns
from auditor.rules.loader import Loaded, read_rules
from auditor.rules.model import NEXT, Pattern, Rule, RuleSet
from auditor.rules.patterns import same_pattern
from auditor.rules.truth import certain_truth, parts

Finding = tuple[str, str, str]  # code, message, help
_UNUSED = {  # space of names → code, what it holds, how a rule names it
    "params": ("unused-parameter", "parameter", "params."),
    "lists": ("unused-list", "list", "lists."),
    "clocks": ("unused-clock", "clock", "clock: "),
    "fields": ("unused-field", "field", ""),
}
_POSITIVE = ("followed_by", "preceded_by", "accompanied_by")


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


def _of_rules(rules: Iterable[Rule]) -> list[Diagnostic]:
    return [
        Diagnostic(code, f"{rule.id}: {message}", rule.place, help, width=len(rule.id), level="warning")
        for rule in rules
        for check in CHECKS
        for code, message, help in check(rule)
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


def _undocumented(rule: Rule) -> Iterator[Finding]:
    if not rule.why:
        yield "no-why", "no `why` says what the rule guards against", "name the harm or failure behind it"
    if not rule.refs:
        yield "no-refs", "no `refs` says where the duty comes from", "name the article, section or page"
    if rule.basis is None:
        yield (
            "no-basis",
            "no `basis` says whether this is law, guidance, policy or study",
            "write `basis: {kind: policy}`",
        )
    elif rule.basis.kind == "law" and rule.basis.deadline is None and rule.obligation.within is not None:
        help = "write `deadline: statutory` or `deadline: operator`"
        yield "no-deadline-basis", "`basis` does not say who chose the deadline", help
    if not rule.tests:
        yield "no-tests", "no `tests` show what it finds", "write one that is met and one that is violated"


def _conditions(rule: Rule) -> Iterator[tuple[str, Expr]]:
    demand = rule.obligation
    before = demand.before if isinstance(demand.before, Pattern) else None
    named = (("when", rule.when), (demand.kind, demand.pattern), ("before", before), ("unless", rule.unless))
    for name, pattern in named:
        if pattern is not None and pattern.where is not None:
            yield name, pattern.where
    if demand.condition is not None:
        yield "assert", demand.condition


def _constant(rule: Rule) -> Iterator[Finding]:
    for name, condition in _conditions(rule):
        if not columns(condition):
            yield "constant-condition", f"the condition of `{name}` does not depend on any event", "name a field"
            continue
        for part in parts(condition):
            truth = certain_truth(part)
            what = f"a part of the condition of `{name}`"
            if truth is True:
                yield "always-true", f"{what} is always true", "see the values that it compares"
            elif truth is False:
                yield "never-true", f"{what} is never true", "see the values that it compares"


def _zero(rule: Rule) -> Iterator[Finding]:
    within = rule.obligation.within
    if within is not None and not (within.seconds or within.days or within.months):
        yield "within-zero", "`within` allows no time at all", "only an event at the very same instant counts"


def _identical(rule: Rule) -> Iterator[Finding]:
    demand = rule.obligation
    if same_pattern(demand.pattern, demand.before):
        yield "before-is-target", "`before` and the target are the same pattern", "the limit would be the match itself"
    if same_pattern(demand.pattern, rule.unless):
        yield (
            "unless-is-target",
            "`unless` and the target are the same pattern",
            "an exemption by the match itself changes no verdict, or all",
        )
    if demand.kind in _POSITIVE and same_pattern(demand.pattern, rule.when):
        help = "the activating event is never its own match: a second one is demanded"
        yield "target-is-activation", "the target is the same pattern as `when`", help


def _anything(rule: Rule) -> Iterator[Finding]:
    demand = rule.obligation
    for name, pattern in (("when", rule.when), (demand.kind, demand.pattern), ("unless", rule.unless)):
        if pattern is not None and pattern.events is None and pattern.where is None:
            yield "any-event", f"`{name}` matches every event", "name an event"


def _odd_next(rule: Rule) -> Iterator[Finding]:
    if rule.obligation.before == NEXT and rule.nth is not None:
        yield (
            "nth-before-next",
            "`before: next` ends at the next match of `when`, whatever its number",
            "name the `before` event",
        )
    if rule.nth is not None and rule.per == ("report_id",) and rule.when.events == ("report.received",):
        yield (
            "nth-per-report",
            "a report is received once, so `nth` counts within one report",
            "write `per: content_id` or another key",
        )


CHECKS: tuple[Callable[[Rule], Iterator[Finding]], ...] = (
    _undocumented, _constant, _zero, _identical, _anything, _odd_next,
)  # fmt: skip
