"""Where a match must lie: the Windows table, for one activation and one reading of what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from .stretches import FOREVER
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
        last = min((end.at.latest for end in self.ends), default=FOREVER)
        return None if last == FOREVER else last


def _before(x: datetime, y: datetime, strict: bool) -> bool:
    return x < y if strict else x <= y


def at_once(t: Interval) -> Window:
    """`assert`: t."""
    return Window(Edge(t), (Edge(t),))


def onwards(t: Interval, deadline: Interval | None, bounds: tuple[Edge, ...]) -> Window:
    """`followed_by`: [t, limit], limit = “the earlier of t ⊕ within and the first `before` match at or after t”."""
    return Window(Edge(t), (*_ends(deadline), *bounds))


def back(t: Interval, start: Interval | None, *, strict: bool) -> Window:
    """`preceded_by`: [t ⊖ within, t], `not_preceded_by`: [t ⊖ within, t); “unbounded without `within`”."""
    return Window(None if start is None else Edge(start), (Edge(t, strict),))


def ahead(t: Interval, deadline: Interval | None) -> Window:
    """`not_followed_by`, `count`: (t, t ⊕ within], “unbounded without `within`”."""
    return Window(Edge(t, strict=True), _ends(deadline))


def around(start: Interval | None, deadline: Interval | None) -> Window:
    """`accompanied_by` and its negation: [t ⊖ within, t ⊕ within]; “without `within` the whole subject”."""
    return Window(None if start is None else Edge(start), _ends(deadline))


def _ends(deadline: Interval | None) -> tuple[Edge, ...]:
    return () if deadline is None else (Edge(deadline),)
