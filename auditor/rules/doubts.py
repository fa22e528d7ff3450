"""What loads but is probably not meant: one small check per habit of mistake, each looking at one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from auditor.rules.expressions import And, Column, Expr, Literal_, Member, columns
from auditor.rules.model import NEXT, Expected, Measure, Obligation, Pattern, Rule
from auditor.rules.patterns import same_pattern
from auditor.rules.truth import certain_truth, parts

Finding = tuple[str, str, str]  # code, message, help
_POSITIVE = ("followed_by", "preceded_by", "accompanied_by", "measure")


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
    elif rule.basis.kind == "law" and rule.basis.deadline is None and _limited(rule.obligation):
        help = "write `deadline: statutory` or `deadline: operator`"
        yield "no-deadline-basis", "`basis` does not say who chose the deadline", help


def _untested(rule: Rule) -> Iterator[Finding]:
    if not rule.tests:
        yield "no-tests", "no `tests` show what it finds", "write one that is met and one that is violated"
        return
    expected = {verdict for test in rule.tests for verdict in _verdicts(test.expect)}
    if "violated" not in expected:
        yield "no-violating-test", "no test shows a violation", "write one: a rule that finds nothing looks the same"
    if "met" not in expected:
        yield "no-met-test", "no test shows what keeps the rule", "write one: a rule that accuses all looks the same"


def _verdicts(expect: str | Mapping[str, int] | tuple[Expected, ...]) -> set[str]:
    if isinstance(expect, tuple):
        return {expected.verdict for expected in expect}
    return {expect} if isinstance(expect, str) else {verdict for verdict, number in expect.items() if number}


def _limited(demand: Obligation) -> bool:
    bounds = demand.measure is not None and demand.measure.statistic != "share"
    return bool(demand.within or demand.length or demand.due or bounds)


def _conditions(rule: Rule) -> Iterator[tuple[str, Expr]]:
    demand = rule.obligation
    before = demand.before if isinstance(demand.before, Pattern) else None
    measure, clock = demand.measure, rule.clock
    named = [("when", rule.when), (demand.kind, demand.pattern), ("before", before), ("unless", rule.unless)]
    named += [("to", measure.end), ("leave_out", measure.leave_out)] if measure is not None else []
    named += [("pause", end) for pause in clock.pauses for end in (pause.start, pause.end)] if clock is not None else []
    for name, pattern in named:
        if pattern is not None and pattern.where is not None:
            yield name, pattern.where
    if demand.condition is not None:
        yield "assert", demand.condition


def _constant(rule: Rule) -> Iterator[Finding]:
    for name, condition in _conditions(rule):
        if (name, certain_truth(condition)) in (("when", False), ("assert", True)):
            continue  # told as what follows from it
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
    target = demand.pattern if demand.measure is None else demand.measure.end
    if demand.kind in _POSITIVE and same_pattern(target, rule.when):
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


def _never_activates(rule: Rule) -> Iterator[Finding]:
    places = tuple(Literal_(place, "text") for place in rule.jurisdiction)
    here = Member(Column("jurisdiction", "text"), places) if places else None
    asked = tuple(part for part in (rule.when.where, here) if part is not None)
    whole = And(tuple(part for one in asked for part in (one.parts if isinstance(one, And) else (one,))))
    if any(certain_truth(part) is False for part in (*asked, whole)):
        yield "never-activates", "no event can activate it", "see the values that its conditions compare"


def _never_violated(rule: Rule) -> Iterator[Finding]:
    demand, reason = rule.obligation, ""
    where = None if demand.pattern is None else demand.pattern.where
    unmatched = where is not None and certain_truth(where) is False
    if demand.condition is not None and certain_truth(demand.condition) is True:
        reason = "its condition is always true"
    elif demand.kind == "count" and not demand.at_least and (demand.at_most is None or unmatched):
        reason = "every number of matches is in range"
    elif demand.kind.startswith("not_") and unmatched:
        reason = "nothing can match its target"
    elif demand.measure is not None and _boundless(demand.measure):
        reason = "every figure is in bounds"
    if reason:
        yield "never-violated", f"nothing can violate it: {reason}", "say what is to be found"
    if rule.service_level is not None and not rule.service_level.share:
        yield "never-violated", "a share of 0% is always met", "write the share that is asked for"


def _boundless(measure: Measure) -> bool:
    most = 1.0 if measure.statistic == "share" else float("inf")
    return not measure.at_least and (measure.at_most is None or measure.at_most >= most)


def _idle_clock(rule: Rule) -> Iterator[Finding]:
    demand = rule.obligation
    if rule.clock is not None and not (demand.within or demand.length or demand.measure):
        yield (
            "idle-clock",
            "it has no length of time that could run on its clock",
            "leave `clock` out, or write `within`",
        )


CHECKS: tuple[Callable[[Rule], Iterator[Finding]], ...] = (
    _undocumented, _untested, _constant, _never_activates, _never_violated, _zero, _identical, _anything, _odd_next,
    _idle_clock,
)  # fmt: skip
