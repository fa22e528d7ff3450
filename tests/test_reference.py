"""The reference evaluator against verdicts written by hand, and against laws that must hold for any log."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import Place
from auditor.base.durations import Duration
from auditor.log.schema import FIELDS
from auditor.rules.model import Obligation, Pattern, Rule
from tests.conformance import START, Case, cases, check
from tests.reference import Event, Verdict, clock, judge
from tests.strategies import AuditCase, LogCase, audits, logs, rules
from tests.strategies.alphabet import BASES, ZONES
from tests.strategies.logs import field_values
from tests.strategies.obligations import KINDS

few = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_verdicts_written_by_hand(case: Case) -> None:
    judged = judge(
        case.events,
        case.ruleset.rules,
        covers=case.covers,
        observed_until=case.observed_until,
        observed_from=case.observed_from,
        as_of=case.as_of,
        fields=case.fields,
    )
    check(case, judged.verdicts, judged.unjudged, [asdict(group) for group in judged.groups])


def test_case_names_are_unique() -> None:
    names = [str(case) for case in cases()]
    assert len(names) == len(set(names))


def _log(covers: set[str], *rows: tuple[str, str, int]) -> LogCase:
    events = tuple(
        Event(name, hour, hour, {"report_id": "r1"}, identity, place)
        for place, (identity, name, hour) in enumerate(
            ((identity, name, START + timedelta(hours=at)) for identity, name, at in rows), 2
        )
    )
    return LogCase(events, frozenset(covers), START + timedelta(days=9), None, None, {"report_id": FIELDS["report_id"]})


def _after(*events: str, nth: int | None = None) -> Rule:
    target = Obligation("followed_by", Pattern(("notice.sent",)), within=Duration(seconds=3600))
    return Rule("rule", "", "low", Pattern(events), target, Place("here"), nth=nth)


def test_a_row_that_the_log_says_it_cannot_hold_never_activates() -> None:
    log = _log({"report.received", "notice.sent"}, ("a", "report.received", 0), ("b", "detection.hit", 0))
    judged = log.judge(_after("report.received", "detection.hit"))
    assert [(v.identity, v.verdict) for v in judged.verdicts] == [("a", "violated")]


def test_what_cannot_be_recorded_may_come_before_the_kth() -> None:
    log = _log({"report.received", "notice.sent"}, ("a", "report.received", 0), ("b", "report.received", 2))
    judged = log.judge(_after("report.received", "detection.hit", nth=2))
    assert [(v.identity, v.verdict, v.reason) for v in judged.verdicts] == [("b", "undetermined", "not_recorded")]


def test_of_rows_with_one_identity_the_least_counts() -> None:
    log = _log({"report.received", "notice.sent"}, ("a", "report.received", 2), ("a", "report.received", 1))
    assert [v.activated_at for v in log.judge(_after("report.received")).verdicts] == [START + timedelta(hours=1)]


# -------------------------------------------------------------------------------------------- laws for any log


def verdicts(log: LogCase, *some: Any) -> dict[tuple[str, str], Verdict]:
    """Verdicts by rule and activating event."""
    judged = log.judge(*some)
    found = {(verdict.rule_id, verdict.identity): verdict for verdict in judged.verdicts}
    assert len(found) == len(judged.verdicts), "an activation was judged twice"
    return found


@few
@given(audits(), st.randoms(use_true_random=False))
def test_row_order_and_duplicates_do_not_matter(case: AuditCase, random: Any) -> None:
    rows = list(case.log.events)
    again = [*rows, *random.sample(rows, k=min(3, len(rows)))]
    random.shuffle(again)
    other = replace(case.log, events=tuple(again))
    assert other.judge(*case.rules) == case.log.judge(*case.rules)


@few
@given(audits())
def test_a_verdict_is_complete(case: AuditCase) -> None:
    for verdict in case.log.judge(*case.rules).verdicts:
        assert (verdict.reason is not None) == (verdict.verdict == "undetermined")
        assert verdict.met_at is None or verdict.verdict in ("met", "violated")
        late = verdict.verdict == "violated" and verdict.due_at is not None
        assert (verdict.late_seconds is not None) == late
        if verdict.verdict == "met" and verdict.due_at and verdict.met_at:
            assert verdict.met_at <= verdict.due_at


# Later events teach earlier ones nothing and counting does not shift: only then is more knowledge just that.
_OWN = ("report_id", "decision", "recipient", "actor", "score", "views")


def _one_report(log: LogCase) -> LogCase:
    return replace(log, events=tuple(replace(e, values={**e.values, "report_id": "r1"}) for e in log.events))


@st.composite
def better_known(draw: st.DrawFn) -> tuple[LogCase, LogCase, Any]:
    """A log, the same log with one time or value known better, and a rule without `is None`."""
    base = draw(st.sampled_from(BASES))
    log = _one_report(draw(logs(base, max_events=12, duplicates=False, names_of_fields=_OWN)))
    rule = draw(rules(base, calendar=False, nth=False, fields=log.fields, monotone=True))
    chosen = draw(st.sampled_from(log.events))
    moment = log.observed_until if log.as_of is None else min(log.as_of, log.observed_until)
    missing = [name for name in log.fields if name not in chosen.values]
    learn: bool = draw(st.booleans())
    if missing and learn:
        name = draw(st.sampled_from(missing))
        value = draw(field_values(name, base))
        better = replace(chosen, values={**chosen.values, name: value})
    else:
        room = max(timedelta(0), min(chosen.time_latest, moment) - chosen.time)
        start = chosen.time + draw(st.sampled_from((0.0, 0.5, 1.0))) * room
        better = replace(chosen, time=start, time_latest=draw(st.sampled_from((start, chosen.time + room))))
    events = tuple(better if event is chosen else event for event in log.events)
    return log, replace(log, events=events), replace(rule, per=("report_id",))


@settings(few, max_examples=100)
@given(better_known())
def test_knowing_more_never_turns_a_verdict_round(case: tuple[LogCase, LogCase, Any]) -> None:
    log, better, rule = case
    before, after = verdicts(log, rule), verdicts(better, rule)
    for key, verdict in after.items():
        if key in before:
            assert {before[key].verdict, verdict.verdict} != {"met", "violated"}, key


@st.composite
def continued(draw: st.DrawFn) -> tuple[LogCase, LogCase, Any]:
    """A log and the same one observed for longer; all times and values are known."""
    base = draw(st.sampled_from(BASES))
    log = draw(logs(base, max_events=15, precise=True, complete=True, duplicates=False, names_of_fields=_OWN))
    log = replace(log, as_of=None)
    # An excuse may still come inside the open window of a prohibition.
    final = tuple(kind for kind in KINDS if kind not in ("not_followed_by", "not_accompanied_by"))
    kinds = draw(st.sampled_from((final, KINDS)))
    rule = draw(rules(base, kinds=kinds, calendar=False, unless=kinds is final, fields=log.fields))
    longer = log.observed_until + timedelta(hours=draw(st.sampled_from((1, 6, 24, 2000))))
    return log, replace(log, observed_until=longer), replace(rule, per=("report_id",))


@settings(few, max_examples=100)
@given(continued())
def test_violated_is_final(case: tuple[LogCase, LogCase, Any]) -> None:
    log, longer, rule = case
    later = verdicts(longer, rule)
    for key, verdict in verdicts(log, rule).items():
        if verdict.verdict == "violated":
            assert later[key].verdict == "violated"


@few
@given(logs(max_events=15), st.data())
def test_a_duty_and_its_prohibition_do_not_both_hold(log: LogCase, data: st.DataObject) -> None:
    duty = data.draw(rules(kinds=("preceded_by",), unless=False, fields=log.fields))
    ban = replace(duty, obligation=replace(duty.obligation, kind="not_preceded_by"))
    kept, broken = verdicts(log, duty), verdicts(log, ban)
    assert kept.keys() == broken.keys()
    for key, verdict in kept.items():
        if verdict.verdict == "violated":  # nothing in [from, t], so nothing in [from, t)
            assert broken[key].verdict == "met"


# ------------------------------------------------------------------------------------------------------- clocks

instants = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1))
spans = st.builds(Duration, days=st.integers(0, 400), months=st.just(0)) | st.builds(
    Duration, months=st.integers(0, 30)
)


@few
@given(instants, spans, st.sampled_from(ZONES))
def test_calendar_steps_keep_the_wall_clock_or_leave_a_gap(at: datetime, span: Duration, zone: str) -> None:
    if not span.calendar:
        assert clock.add(at, span, zone) == clock.subtract(at, span, zone) == at
        return
    info = ZoneInfo(zone)
    for move in (clock.add, clock.subtract):
        before, after = clock.wall_clock(at, info), clock.wall_clock(move(at, span, zone), info)
        if after.time() != before.time():
            just_before = clock.wall_clock(move(at, span, zone) - timedelta(microseconds=1), info)
            assert after - just_before > timedelta(minutes=1), "moved without a gap"
