"""When a clock is open: its opening hours, less holidays and closed days, as stretches of instants.

Everything here is whole microseconds since 1970, in UTC or on the wall, and days counted since then.  Opening hours
are wall time: the instants at which the wall clock of the zone shows them, so that those which a gap skips are shorter
by it and those which an overlap repeats are longer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from auditor.base.diagnostics import UnusableError
from auditor.engine.clocks import transitions
from auditor.engine.pieces import DAY, EPOCH, MICROSECOND, Piece, instant, micros
from auditor.rules.calendars import closed_days
from auditor.rules.model import NamedClock

SECOND = 1_000_000
ALL_DAY = (((0, 86_400),),) * 7
EARLIEST, LATEST = micros(datetime(1800, 1, 1)), micros(datetime(2400, 1, 1))


class Stretch(NamedTuple):
    """Instants in [start, end) at which the wall clock is `offset` ahead of UTC."""

    start: int
    end: int
    offset: int


def keeps_hours(clock: NamedClock) -> bool:
    """Whether the clock is closed at times that are known beforehand; days on it are then working days."""
    return bool(clock.hours or clock.holidays or clock.closed)


def stretches(zone: str, first: int, last: int) -> list[Stretch]:
    """The stretches of one offset between two instants, in order."""
    changes = transitions(zone, instant(first), instant(last))
    begin = instant(first).replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    edges = [first, *(micros(moment) for moment, _, _ in changes), last]
    offsets = [begin, *(after for _, _, after in changes)]
    return [Stretch(a, b, o // MICROSECOND) for a, b, o in zip(edges, edges[1:], offsets, strict=False)]


def weekday(day: int) -> int:
    """0 for a Monday; 1970 began on a Thursday."""
    return (day + 3) % 7


def days_closed(clock: NamedClock, first: int, last: int) -> frozenset[int]:
    """The holidays and closed days among the days that lie about two instants, whatever the zone."""
    between = ((EPOCH + timedelta(days=at // DAY + room)).date() for at, room in ((first, -1), (last, 1)))
    return frozenset((day - date(1970, 1, 1)).days for day in closed_days(clock, *between))


def open_stretches(clock: NamedClock, first: int, last: int) -> list[tuple[int, int]]:
    """The stretches [opens, closes) between two instants in which the clock is open, in order and apart."""
    hours, closed = clock.hours or ALL_DAY, days_closed(clock, first, last)
    found: list[tuple[int, int]] = []
    for start, end, offset in stretches(clock.zone, first, last):
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            for opens, closes in hours[weekday(day)] if day not in closed else ():
                since = max(day * DAY + opens * SECOND - offset, start)
                until = min(day * DAY + closes * SECOND - offset, end)
                if found and found[-1][1] == since < until:
                    found[-1] = (found[-1][0], until)
                elif since < until:
                    found.append((since, until))
    return found


def reaching(clock: NamedClock, first: int, last: int, length: int, stated: int = 0) -> list[tuple[int, int]]:
    """The open stretches from so far before `first` to so far after `last` that more than `length` is open on
    either side, and more than `stated` if that can be had between the years 1800 and 2400.

    Raises UnusableError where not even `length` can.
    """
    wanted = max(length, stated)
    back = ahead = 30 * DAY + wanted
    while True:
        begin, end = max(first - back, EARLIEST), min(last + ahead, LATEST)
        found = open_stretches(clock, begin, end)
        before = sum(min(until, first) - since for since, until in found if since < first)
        after = sum(until - max(since, last) for since, until in found if until > last)
        done_before = before > wanted or (begin == EARLIEST and before > length)
        done_after = after > wanted or (end == LATEST and after > length)
        if done_before and done_after:
            return found
        if (begin == EARLIEST and not done_before) or (end == LATEST and not done_after):
            raise never_open(clock)
        back, ahead = back * (1 if done_before else 2), ahead * (1 if done_after else 2)


def never_open(clock: NamedClock) -> UnusableError:
    """The error for a clock that is not open when a duration needs it."""
    return UnusableError(
        "clock-closed",
        f"the clock `{clock.name}` is not open long enough for a duration that runs on it",
        help="give it more opening hours, or shorten the duration",
    )


def positions(stretches: list[tuple[int, int]], first: int, last: int) -> list[Piece]:
    """How much open time lies before each instant of [first, last), counted from the first of the open stretches."""
    found, before, closed_since = [], 0, EARLIEST
    for since, until in stretches:
        found.append(Piece(closed_since, since, before, False))
        found.append(Piece(since, until, before, True))
        before, closed_since = before + until - since, until
    found.append(Piece(closed_since, LATEST, before, False))
    return [_cut(piece, first, last) for piece in found if piece.since < last and piece.until > first]


def _cut(piece: Piece, first: int, last: int) -> Piece:
    since = max(piece.since, first)
    return Piece(since, min(piece.until, last), piece.value + (since - piece.since if piece.rises else 0), piece.rises)


def instants(stretches: list[tuple[int, int]]) -> list[Piece]:
    """The open instant at each position: the greatest instant that has no more than so much open time before it."""
    found, before = [], 0
    for since, until in stretches:
        found.append(Piece(before, before + until - since, since, True))
        before += until - since
    return found
