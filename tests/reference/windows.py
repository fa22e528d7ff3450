"""Where a match must lie: the Windows table, for one activation and one reading of what is in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.base.durations import Duration

from . import clock
from .values import Event, Interval


@dataclass(frozen=True)
class Edge:
    """One end of a window; `strict` when the end itself is outside."""

    at: Interval
    strict: bool = False


@dataclass(frozen=True)
class Window:
    """From `start` (None: unbounded) to the earliest of `ends` (none: unbounded)."""

    start: Edge | None = None
    ends: tuple[Edge, ...] = ()

    def closed(self) -> Window:
        """The same window with both ends inside."""
        return Window(
            None if self.start is None else replace(self.start, strict=False),
            tuple(replace(end, strict=False) for end in self.ends),
        )

    def may_hold(self, event: Event) -> bool:
        """“x ≤ y is possible when x's earliest ≤ y's latest; x < y likewise with <.”"""
        after_start = self.start is None or _before(self.start.at.earliest, event.time_latest, self.start.strict)
        return after_start and all(_before(event.time, end.at.latest, end.strict) for end in self.ends)

    def surely_holds(self, event: Event) -> bool:
        """“… certain when x's latest ≤ y's earliest; each comparison is read on its own.”"""
        after_start = self.start is None or _before(self.start.at.latest, event.time, self.start.strict)
        return after_start and all(_before(event.time_latest, end.at.earliest, end.strict) for end in self.ends)

    def last_moment(self) -> datetime | None:
        """The latest end of the limit, if there is one."""
        return min((end.at.latest for end in self.ends), default=None)


def _before(x: datetime, y: datetime, strict: bool) -> bool:
    return x < y if strict else x <= y


def at_once(t: Interval) -> Window:
    """`assert`: t."""
    return Window(Edge(t), (Edge(t),))


def onwards(t: Interval, within: Duration | None, zone: str, bounds: tuple[Edge, ...]) -> Window:
    """`followed_by`: [t, limit], limit = “the earlier of t ⊕ within and the first `before` match at or after t”."""
    deadline = () if within is None else (Edge(_shift(clock.add, t, within, zone)),)
    return Window(Edge(t), (*deadline, *bounds))


def back(t: Interval, within: Duration | None, zone: str, *, strict: bool) -> Window:
    """`preceded_by`: [t ⊖ within, t], `not_preceded_by`: [t ⊖ within, t); “unbounded without `within`”."""
    start = None if within is None else Edge(_shift(clock.subtract, t, within, zone))
    return Window(start, (Edge(t, strict),))


def ahead(t: Interval, within: Duration | None, zone: str) -> Window:
    """`not_followed_by`: (t, t ⊕ within], “unbounded without `within`”."""
    return Window(Edge(t, strict=True), () if within is None else (Edge(_shift(clock.add, t, within, zone)),))


def around(t: Interval, within: Duration | None, zone: str) -> Window:
    """`accompanied_by` and its negation: [t ⊖ within, t ⊕ within]; “without `within` the whole subject”."""
    if within is None:
        return Window()
    return Window(Edge(_shift(clock.subtract, t, within, zone)), (Edge(_shift(clock.add, t, within, zone)),))


def _shift(move: Callable[[datetime, Duration, str], datetime], t: Interval, by: Duration, zone: str) -> Interval:
    """“t ⊕ D shifts both ends.”"""
    return Interval(move(t.earliest, by, zone), move(t.latest, by, zone))
