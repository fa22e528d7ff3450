"""The pauses of a subject's clock: as long, or as short, as is possible."""

from __future__ import annotations

from datetime import datetime

from auditor.rules.model import Pause

from . import matching
from .activations import Activation
from .doubt import Doubt
from .running import Pauses
from .stretches import BEGINNING, FOREVER, Stretch


def longest(activation: Activation, level: Doubt) -> Pauses:
    """“Possible `from` at their earliest, ended only by a certain `to` that certainly comes after, at its latest.”"""
    return tuple(stretch for pause in _pauses(activation) for stretch in _longest(activation, level, pause))


def shortest(activation: Activation, level: Doubt) -> Pauses:
    """“Certain `from` at their latest, ended by the first possible `to` at its earliest.”"""
    return tuple(stretch for pause in _pauses(activation) for stretch in _shortest(activation, level, pause))


def _pauses(activation: Activation) -> tuple[Pause, ...]:
    """None where the subject is unknown: nothing is known to pause it."""
    clock = activation.rule.clock
    return () if clock is None or activation.subject is None else clock.pauses


def _longest(activation: Activation, level: Doubt, pause: Pause) -> list[Stretch]:
    if matching.unrecorded(activation, level, pause.start):
        return [(BEGINNING, FOREVER)]  # at every instant a pause may begin
    ends = matching.members_that_match(activation, level, pause.end, possible=False)

    def end(begun: datetime, own: str | None = None) -> datetime:
        """When a pause has ended that had begun by then."""
        return min((e.time_latest for e in ends if e.time >= begun and e.identity != own), default=FOREVER)

    found = [
        (event.time, end(event.time_latest, event.identity))
        for event in matching.members_that_match(activation, level, pause.start, possible=True)
    ]
    if matching.before_the_log(activation, level):
        assert activation.audit.observed_from is not None
        found.append((BEGINNING, end(activation.audit.observed_from)))
    return found


def _shortest(activation: Activation, level: Doubt, pause: Pause) -> list[Stretch]:
    if matching.unrecorded(activation, level, pause.end):
        return []  # each may have ended at once
    ends = matching.members_that_match(activation, level, pause.end, possible=True)
    found = []
    for event in matching.members_that_match(activation, level, pause.start, possible=False):
        first = activation.audit.observed_from
        if matching.before_the_log(activation, level) and first is not None and event.time < first:
            continue  # it may have ended before the log begins
        after = (e.time for e in ends if e.time_latest >= event.time and e.identity != event.identity)
        end = min(after, default=FOREVER)
        if event.time_latest < end:
            found.append((event.time_latest, end))
    return found
