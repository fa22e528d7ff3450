"""t ⊕ D and t ⊖ D for one activation, on the clock of its rule, with D from the rule or from a column."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.base.durations import Duration
from auditor.rules.model import Rule

from . import clock, pauses, running
from .activations import Activation
from .conditions import LONGEST, evaluate
from .doubt import Doubt
from .values import Interval


def length(activation: Activation) -> Duration | timedelta | None:
    """The obligation's length; None where it has none, or where the column that should state it does not."""
    obligation = activation.rule.obligation
    if obligation.length is None:
        return obligation.within
    value = evaluate(obligation.length, activation.trigger, activation.trigger, activation.audit.story)
    assert value is None or isinstance(value, timedelta)
    return value if value is not None and timedelta(0) <= value <= LONGEST else None


def due(activation: Activation) -> Interval | None:
    """The instant that the activating event states as the limit."""
    obligation = activation.rule.obligation
    if obligation.due is None:
        return None
    value = evaluate(obligation.due, activation.trigger, activation.trigger, activation.audit.story)
    assert value is None or isinstance(value, Interval)
    return value


def not_stated(activation: Activation) -> bool:
    """“Where the value is empty, negative (a length) or unknown, the activation is undetermined (`missing_value`).”"""
    obligation = activation.rule.obligation
    return (obligation.length is not None and length(activation) is None) or (
        obligation.due is not None and due(activation) is None
    )


def after(activation: Activation, level: Doubt, by: Duration | timedelta) -> Interval:
    """t ⊕ D: “shifts both ends”, the earlier one over the shortest pauses, the later one over the longest."""
    rule, t = activation.rule, activation.trigger.when
    return Interval(
        _move(rule, t.earliest, by, +1, pauses.shortest(activation, level)),
        _move(rule, t.latest, by, +1, pauses.longest(activation, level)),
    )


def before(activation: Activation, level: Doubt, by: Duration | timedelta) -> Interval:
    """t ⊖ D, likewise: the earlier end over the longest pauses."""
    rule, t = activation.rule, activation.trigger.when
    return Interval(
        _move(rule, t.earliest, by, -1, pauses.longest(activation, level)),
        _move(rule, t.latest, by, -1, pauses.shortest(activation, level)),
    )


def _move(rule: Rule, instant: datetime, by: Duration | timedelta, sign: int, paused: running.Pauses) -> datetime:
    if rule.clock is not None:
        return running.move(rule.clock, instant, by, sign, paused)
    if isinstance(by, timedelta):
        return instant + sign * by
    return clock.add(instant, by, rule.zone) if sign > 0 else clock.subtract(instant, by, rule.zone)
