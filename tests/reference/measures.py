"""`measure`: a figure of each group of activations, made from how long each took, in two readings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.rules.model import Measure

from . import matching, pauses, running
from .activations import Activation
from .doubt import ALL, LEVELS, REASON, Doubt
from .groups import GroupOutcome, GroupVerdict, in_order, key, most_frequent
from .survival import Observed, Range, figure
from .windows import Edge, Window

AT_ONCE = Observed(0.0, finished=True)
NEVER = Observed(math.inf, finished=False)


@dataclass(frozen=True)
class Timed:
    """How long one activation took at the least and at the most, and why the two differ if they do.

    `sure` is false where it is not known whether it counts at all: then it took anything from no time to for ever.
    """

    shortest: Observed
    longest: Observed
    sure: bool
    reason: str | None


def groups(found: Sequence[Activation]) -> list[GroupVerdict]:
    """A verdict on each group of the activations of one rule."""
    if not found:
        return []
    by = _measure(found[0]).by
    return [
        _group([activation for activation in found if key(activation, by) == group], group)
        for group in in_order(key(activation, by) for activation in found)
    ]


def _measure(activation: Activation) -> Measure:
    measure = activation.rule.obligation.measure
    assert measure is not None
    return measure


# ------------------------------------------------------------------------------------------------ one activation


def _left_out(activation: Activation, level: Doubt, *, possible: bool) -> bool:
    """“Subjects in which `leave_out` matches are left out.”"""
    pattern = _measure(activation).leave_out
    if pattern is None:
        return False
    if matching.members_that_match(activation, level, pattern, possible=possible):
        return True
    return possible and matching.may_be_hidden(activation, level, pattern, Window())


def _timed(activation: Activation) -> Timed:
    if activation.subject is None:
        return Timed(AT_ONCE, NEVER, sure=False, reason=REASON[Doubt.VALUE])
    reason = next((REASON[level] for level in LEVELS if _in_doubt(activation, level)), None)
    return Timed(*_range(activation, ALL), sure=not _may_not_count(activation, ALL), reason=reason)


def _in_doubt(activation: Activation, level: Doubt) -> bool:
    shortest, longest = _range(activation, level)
    return shortest != longest


def _may_not_count(activation: Activation, level: Doubt) -> bool:
    return Doubt.NONE < activation.doubt <= level or _left_out(activation, level, possible=True)


def _range(activation: Activation, level: Doubt) -> tuple[Observed, Observed]:
    """The shortest and the longest time that it can have taken; “an unknown activation is anything from 0 to for
    ever”."""
    if _may_not_count(activation, level):
        return AT_ONCE, NEVER
    return _shortest(activation, level), _longest(activation, level)


def _shortest(activation: Activation, level: Doubt) -> Observed:
    """From the latest start to the earliest possible match, over the longest pauses."""
    t, end = activation.trigger.when, _measure(activation).end
    window = Window(Edge(t))
    if matching.may_be_hidden(activation, level, end, window):
        return AT_ONCE
    found = [e.time for e in matching.within(activation, level, end, window, possible=True)]
    stop = min(found, default=activation.audit.moment)
    return Observed(_seconds(activation, t.latest, stop, pauses.longest(activation, level)), finished=bool(found))


def _longest(activation: Activation, level: Doubt) -> Observed:
    """From the earliest start to the latest end of the first match that is certain, over the shortest pauses."""
    t, end = activation.trigger.when, _measure(activation).end
    found = [e.time_latest for e in matching.within(activation, level, end, Window(Edge(t)), possible=False)]
    stop = min(found, default=activation.audit.moment)
    return Observed(_seconds(activation, t.earliest, stop, pauses.shortest(activation, level)), finished=bool(found))


def _seconds(activation: Activation, start: datetime, end: datetime, paused: running.Pauses) -> float:
    """“In seconds on the rule's clock.”"""
    if end <= start:
        return 0.0
    clock = activation.rule.clock
    length = end - start if clock is None else running.open_time(clock, start, end, paused)
    return length / timedelta(seconds=1)


# ------------------------------------------------------------------------------------------------------ one group


def _group(found: list[Activation], group: tuple[str | None, ...]) -> GroupVerdict:
    measure = _measure(found[0])
    counted = [activation for activation in found if not _left_out(activation, ALL, possible=False)]
    timed = [_timed(activation) for activation in counted]
    sure = [time for time in timed if time.sure]
    shortest = _figure(measure, [time.shortest for time in timed])
    longest = _figure(measure, [time.longest for time in timed])
    finished = [time.longest for time in sure if time.longest.finished]
    verdict, reason = _verdict(measure, timed, shortest, longest)
    low, high = _span(shortest, longest)
    return GroupVerdict(
        rule_id=found[0].rule.id,
        kind="measure",
        group=dict(zip(measure.by, group, strict=True)),
        verdict=verdict,
        reason=reason,
        figure=low if low == high else None,
        least=low,
        most=high,
        naive=_span(_figure(measure, finished))[0],
        n=len(sure),
        met=0,
        violated=0,
        pending=0,
        exempt=0,
        undetermined=sum(time.reason is not None for time in timed),
        censored=sum(not time.longest.finished for time in sure),
        left_out=len(found) - len(counted),
    )


def _figure(measure: Measure, observed: list[Observed]) -> Range | None:
    if not observed:
        return None
    within = None if measure.within is None else measure.within.elapsed.total_seconds()
    return figure(observed, measure.statistic, within)


def _span(*figures: Range | None) -> tuple[float | None, float | None]:
    """The least and the most that a figure can be; null where there is none, or no bound."""
    known = [figure for figure in figures if figure is not None]
    if not known:
        return None, None
    bounds = min(figure.low for figure in known), max(figure.high for figure in known)
    return tuple(None if math.isinf(bound) else bound for bound in bounds)  # type: ignore[return-value]


def _verdict(
    measure: Measure, timed: list[Timed], shortest: Range | None, longest: Range | None
) -> tuple[GroupOutcome, str | None]:
    if len(timed) < measure.minimum or shortest is None or longest is None:
        return "undetermined", "too_few"
    verdicts = {_reading(measure, shortest), _reading(measure, longest)}
    if sum(time.sure for time in timed) < measure.minimum or len(verdicts) > 1:
        return "undetermined", most_frequent(time.reason for time in timed if time.reason is not None)
    verdict = verdicts.pop()
    return verdict, "unfinished" if verdict == "undetermined" else None


def _reading(measure: Measure, found: Range) -> GroupOutcome:
    """What one reading says; undetermined where the curve ends too early."""
    at_most = math.inf if measure.at_most is None else measure.at_most
    at_least = -math.inf if measure.at_least is None else measure.at_least
    if found.low > at_most or found.high < at_least:
        return "violated"
    if found.high <= at_most and found.low >= at_least:
        return "met"
    return "undetermined"
