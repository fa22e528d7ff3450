"""Laws that clocks, counts, agreement and groups keep on any log, in the direct evaluator."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.base.durations import Duration
from auditor.rules.expressions import Arithmetic, Column, Literal_
from auditor.rules.model import Kind, NamedClock, Rule
from tests.reference import Judged, Verdict, running
from tests.reference.stretches import BEGINNING, FOREVER
from tests.strategies import AuditCase, LogCase, audits, logs, rules
from tests.strategies.alphabet import BASES
from tests.strategies.clocks import named_clocks
from tests.strategies.logs import moments

few = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def verdicts(judged: Judged) -> dict[tuple[str, str], Verdict]:
    """Verdicts by rule and activating event."""
    return {(verdict.rule_id, verdict.identity): verdict for verdict in judged.verdicts}


# -------------------------------------------------------------------------------------------------- all that rules say


@few
@given(audits(whole=True), st.randoms(use_true_random=False))
def test_row_order_and_duplicates_do_not_matter(case: AuditCase, random: Any) -> None:
    rows = list(case.log.events)
    again = [*rows, *random.sample(rows, k=min(3, len(rows)))]
    random.shuffle(again)
    assert replace(case.log, events=tuple(again)).judge(*case.rules) == case.log.judge(*case.rules)


@few
@given(audits(whole=True))
def test_a_verdict_is_complete(case: AuditCase) -> None:
    for verdict in case.log.judge(*case.rules).verdicts:
        assert (verdict.reason is not None) == (verdict.verdict == "undetermined")
        assert verdict.met_at is None or verdict.verdict in ("met", "violated")
        assert verdict.late_seconds is None or (verdict.verdict == "violated" and verdict.due_at is not None)
        assert verdict.due_at is None or BEGINNING < verdict.due_at < FOREVER


@few
@given(audits(whole=True))
def test_a_verdict_on_a_group_is_complete(case: AuditCase) -> None:
    judged = case.log.judge(*case.rules)
    by_id = {rule.id: rule for rule in case.rules}
    totals = {verdict.rule_id: Counter[str]() for verdict in judged.verdicts}
    for group in judged.groups:
        rule = by_id[group.rule_id]
        assert (group.reason is not None) == (group.verdict == "undetermined")
        assert (group.kind == "measure") == (rule.obligation.kind == "measure")
        if group.kind == "measure":
            assert group.censored <= group.n
            assert group.figure is None or group.least == group.figure == group.most
        else:
            assert group.n == group.met + group.violated
            outcomes = ("met", "violated", "pending", "exempt", "undetermined")
            totals[group.rule_id].update({outcome: getattr(group, outcome) for outcome in outcomes})
    for rule_id, total in totals.items():
        if by_id[rule_id].service_level is not None:
            assert +total == Counter(v.verdict for v in judged.verdicts if v.rule_id == rule_id)


# ------------------------------------------------------------------------------- one thing that can be said in two ways


@st.composite
def _log_and_rule(draw: st.DrawFn, /, **options: Any) -> tuple[LogCase, Rule]:
    base = draw(st.sampled_from(BASES))
    log = draw(logs(base, max_events=15))
    return log, draw(rules(base, fields=log.fields, **options))


@few
@given(_log_and_rule(kinds=("not_followed_by",), whole=True))
def test_at_most_none_is_a_prohibition(case: tuple[LogCase, Rule]) -> None:
    log, rule = case
    if rule.obligation.within is None and rule.obligation.length is None:
        return  # a count needs a window
    count = replace(rule, obligation=replace(rule.obligation, kind="count", at_most=0))
    assert log.judge(count) == log.judge(rule)


@few
@given(_log_and_rule(kinds=("count",), unless=False, whole=True))
def test_no_number_is_at_least_n_and_less_than_n(case: tuple[LogCase, Rule]) -> None:
    log, rule = case
    least = replace(rule, obligation=replace(rule.obligation, at_least=2, at_most=None))
    most = replace(rule, obligation=replace(rule.obligation, at_least=None, at_most=1))
    enough, not_too_many = verdicts(log.judge(least)), verdicts(log.judge(most))
    assert enough.keys() == not_too_many.keys()
    for key, verdict in enough.items():
        pair = (verdict.verdict, not_too_many[key].verdict)
        assert pair not in (("met", "met"), ("violated", "violated"), ("pending", "violated")), key


@few
@given(_log_and_rule(kinds=("followed_by",), nth=False, unless=False))
def test_a_deadline_after_the_activation_is_a_length(case: tuple[LogCase, Rule]) -> None:
    log, rule = case
    day = Duration(seconds=86_400)
    within = replace(rule, obligation=replace(rule.obligation, within=day))
    due = Arithmetic("+", Column("time", "instant", trigger=True), Literal_(day, "duration"), "instant")
    stated = replace(rule, obligation=replace(rule.obligation, within=None, due=due))
    assert log.judge(stated) == log.judge(within)


@few
@given(_log_and_rule(calendar=False))
def test_a_clock_that_never_stands_is_no_clock(case: tuple[LogCase, Rule]) -> None:
    log, rule = case
    always = NamedClock("always", "Europe/Paris", (((0, 86_400),),) * 7)
    assert log.judge(replace(rule, clock=always)) == log.judge(rule)


# ---------------------------------------------------------------------------------------------------------- finality


@st.composite
def _continued(draw: st.DrawFn) -> tuple[LogCase, LogCase, Rule]:
    """A log and the same one observed for longer; all times and values are known."""
    base = draw(st.sampled_from(BASES))
    own = ("report_id", "decision", "recipient", "actor", "score", "views", "deadline")
    log = draw(logs(base, max_events=15, precise=True, complete=True, duplicates=False, names_of_fields=own))
    log = replace(log, as_of=None)
    # An excuse may still come inside the open window of too many.
    kinds: tuple[Kind, ...] = ("followed_by", "preceded_by", "accompanied_by", "count", "agree", "not_followed_by")
    rule = draw(rules(base, kinds=kinds, unless=False, fields=log.fields, whole=True))
    longer = log.observed_until + timedelta(hours=draw(st.sampled_from((1, 6, 24, 2000))))
    return log, replace(log, observed_until=longer), replace(rule, per=("report_id",))


@settings(few, max_examples=100)
@given(_continued())
def test_violated_is_final(case: tuple[LogCase, LogCase, Rule]) -> None:
    log, longer, rule = case
    later = verdicts(longer.judge(rule))
    for key, verdict in verdicts(log.judge(rule)).items():
        if verdict.verdict == "violated":
            assert later[key].verdict == "violated"


# ------------------------------------------------------------------------------------------------------------ clocks


@st.composite
def _moves(draw: st.DrawFn) -> tuple[NamedClock, running.Pauses, datetime, timedelta]:
    base = draw(st.sampled_from(BASES))
    pauses = draw(st.lists(st.tuples(moments(base), moments(base)), max_size=3))
    amount = timedelta(minutes=draw(st.sampled_from((1, 30, 60, 480, 1440, 10_000))))
    return draw(named_clocks(base)), tuple((min(p), max(p)) for p in pauses), draw(moments(base)), amount


@settings(few, max_examples=150)
@given(_moves())
def test_ahead_is_the_least_instant_with_so_much_open_time(
    case: tuple[NamedClock, running.Pauses, datetime, timedelta],
) -> None:
    clock, pauses, start, amount = case
    end = running.ahead(clock, start, amount, pauses)
    assert running.open_time(clock, start, end, pauses) == amount
    just_before = end - timedelta(microseconds=1)
    assert running.open_time(clock, start, just_before, pauses) < amount


@settings(few, max_examples=150)
@given(_moves())
def test_back_is_the_greatest_instant_with_so_much_open_time(
    case: tuple[NamedClock, running.Pauses, datetime, timedelta],
) -> None:
    clock, pauses, end, amount = case
    start = running.back(clock, end, amount, pauses)
    assert running.open_time(clock, start, end, pauses) == amount
    just_after = start + timedelta(microseconds=1)
    assert running.open_time(clock, just_after, end, pauses) < amount


@few
@given(_moves(), st.integers(0, 4), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_maps_are_monotone(
    case: tuple[NamedClock, running.Pauses, datetime, timedelta], days: int, step: timedelta
) -> None:
    clock, pauses, start, amount = case
    by = Duration(days=days) if not clock.pauses and days else amount
    for sign in (+1, -1):
        assert running.move(clock, start, by, sign, pauses) <= running.move(clock, start + step, by, sign, pauses)
