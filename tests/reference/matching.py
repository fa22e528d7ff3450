"""Which events of a subject match a pattern, possibly or certainly, and whether the log may hide one."""

from __future__ import annotations

from auditor.rules.model import Pattern

from . import conditions
from .activations import Activation, starts_later
from .doubt import Doubt
from .values import Event
from .windows import Window


def reads(doubt: Doubt | None, level: Doubt, *, possible: bool) -> bool:
    """“An unknown condition is possible, not certain”; below the level of its doubt it counts as false."""
    return doubt is not None and doubt <= (level if possible else Doubt.NONE)


def matches(activation: Activation, level: Doubt, pattern: Pattern, *, possible: bool) -> list[Event]:
    """The other events of the subject that match a pattern: possibly, or certainly."""
    story, trigger = activation.audit.story, activation.trigger
    return [
        event
        for event in activation.others
        if reads(conditions.matches(pattern, event, trigger, story), level, possible=possible)
    ]


def members_that_match(activation: Activation, level: Doubt, pattern: Pattern, *, possible: bool) -> list[Event]:
    """The events of the subject, the activating one included, that match a pattern: possibly, or certainly."""
    return [
        event
        for event in activation.members
        if reads(conditions.matches(pattern, event, None, activation.audit.story), level, possible=possible)
    ]


def found(activation: Activation, level: Doubt, pattern: Pattern, window: Window, *, possible: bool) -> bool:
    """Whether a match lies in a window: possibly, or certainly."""
    if within(activation, level, pattern, window, possible=possible):
        return True
    return possible and may_be_hidden(activation, level, pattern, window)


def within(activation: Activation, level: Doubt, pattern: Pattern, window: Window, *, possible: bool) -> list[Event]:
    """The matches that the log shows in a window: possibly, or certainly."""
    return [
        event
        for event in matches(activation, level, pattern, possible=possible)
        if (window.may_hold(event) if possible else window.surely_holds(event))
    ]


def may_be_hidden(activation: Activation, level: Doubt, pattern: Pattern, window: Window) -> bool:
    """Whether a match may exist in a window that the log could not show."""
    if unrecorded(activation, level, pattern):
        return True
    if not before_the_log(activation, level):
        return False
    # “The log may start later than the story”: the part of the window before `observed_from`.
    first = activation.audit.observed_from
    assert first is not None
    return window.start is None or window.start.at.earliest < first


def unrecorded(activation: Activation, level: Doubt, pattern: Pattern) -> bool:
    """“An event that the log's `covers` leaves out is a possible match at every time in every subject.”"""
    return level >= Doubt.COVER and not activation.audit.recorded(pattern)


def before_the_log(activation: Activation, level: Doubt) -> bool:
    """Whether events of the subject may lie before `observed_from`."""
    return level >= Doubt.START and starts_later(activation.audit, activation.rule, activation.members)
