"""Working days: the map from an instant to the one so many working days later or earlier, for a clock with hours.

A working day has opening hours and is not closed.  From a working day the same wall time on the n-th working day
after (before) it; from any other day the end (the start) of that day, 24:00 (00:00), so that the map never falls.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from auditor.engine.openhours import (
    ALL_DAY,
    EARLIEST,
    LATEST,
    Stretch,
    days_closed,
    never_open,
    stretches,
    weekday,
)
from auditor.engine.pieces import DAY, Piece
from auditor.rules.model import NamedClock


def shifted(clock: NamedClock, days: int, first: int, last: int) -> list[Piece]:
    """The instant `days` working days after (negative: before) each instant of [first, last); `days` is not 0.

    Raises UnusableError where the clock has not so many working days between the years 1800 and 2400.
    """
    working = _working_days(clock, first, last, abs(days))
    zone = stretches(clock.zone, (working[0] - 2) * DAY, (working[-1] + 2) * DAY)
    wall = list(_wall(zone))
    starts = [piece.since for piece in wall]
    found: list[Piece] = []
    for start, end, offset in zone:
        start, end = max(start, first), min(end, last)
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1) if start < end else ():
            since, until = max(day * DAY, start + offset), min((day + 1) * DAY, end + offset)
            at = bisect_right(working, day) + days - 1 if days > 0 else bisect_left(working, day) + days
            moved = (working[at] - day) * DAY
            if working[bisect_left(working, day)] == day:
                for low, high, value, rises in _between(wall, starts, since + moved, until + moved):
                    found.append(Piece(low - moved - offset, high - moved - offset, value, rises))
            else:
                edge = (working[at] + (1 if days > 0 else 0)) * DAY
                target = next(_between(wall, starts, edge, edge + 1)).value
                found.append(Piece(since - offset, until - offset, target, False))
    return found


def _working_days(clock: NamedClock, first: int, last: int, count: int) -> list[int]:
    """The working days about two instants, with more than `count` of them on either side."""
    hours = clock.hours or ALL_DAY
    back = ahead = (count + 14) * DAY
    while True:
        begin, end = max(first - back, EARLIEST), min(last + ahead, LATEST)
        closed = days_closed(clock, begin, end)
        found = [day for day in range(begin // DAY, end // DAY) if hours[weekday(day)] and day not in closed]
        few_before = bisect_left(found, first // DAY - 1) <= count
        few_after = len(found) - bisect_right(found, last // DAY + 1) <= count
        if not few_before and not few_after:
            return found
        if (few_before and begin == EARLIEST) or (few_after and end == LATEST):
            raise never_open(clock)
        back, ahead = back * (2 if few_before else 1), ahead * (2 if few_after else 1)


def _wall(zone: list[Stretch]) -> Iterator[Piece]:
    """The map from wall time to instants: the later of two, and the first instant after a gap."""
    for here, after in zip(zone, [*zone[1:], None], strict=True):
        ends = here.end + here.offset
        if after is None:
            yield Piece(here.start + here.offset, ends, here.start, True)
            return
        again = after.start + after.offset
        yield Piece(here.start + here.offset, min(ends, again), here.start, True)
        if ends < again:
            yield Piece(ends, again, after.start, False)


def _between(wall: list[Piece], starts: list[int], since: int, until: int) -> Iterator[Piece]:
    """The pieces of the map between two wall times, cut to them."""
    at = bisect_right(starts, since) - 1
    while at < len(wall) and wall[at].since < until:
        piece = wall[at]
        low, high = max(piece.since, since), min(piece.until, until)
        if low < high:
            yield Piece(low, high, piece.value + (low - piece.since if piece.rises else 0), piece.rises)
        at += 1
