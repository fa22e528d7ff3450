"""`agree`: “at most one distinct known value among the subject's activating events; missing values are left out”."""

from __future__ import annotations

from typing import Any

from . import matching
from .activations import Activation
from .conditions import evaluate
from .doubt import Doubt


def holds(activation: Activation, level: Doubt, *, favourable: bool) -> bool:
    """In the favourable reading only values of certain activations count, in the other one all that are possible."""
    certain = _values(activation, Doubt.NONE)
    if favourable:
        return len(certain) <= 1
    if _may_hide_a_value(activation, level):
        return False
    return len(_values(activation, level)) <= 1


def _values(activation: Activation, level: Doubt) -> set[Any]:
    """The known values of the activating events of which there is no more than so much doubt."""
    column, story = activation.rule.obligation.column, activation.audit.story
    assert column is not None
    stated = {evaluate(column, event, event, story) for event, doubt in activation.alike if doubt <= level}
    return stated - {None}


def _may_hide_a_value(activation: Activation, level: Doubt) -> bool:
    """Whether the log may hide another activating event, with any value."""
    rule, audit = activation.rule, activation.audit
    if matching.unrecorded(activation, level, rule.when):
        return True
    if not matching.before_the_log(activation, level):
        return False
    assert audit.observed_from is not None
    return rule.effective.start is None or rule.effective.start < audit.observed_from
