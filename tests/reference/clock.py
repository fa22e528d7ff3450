"""Instants plus and minus durations, literally: elapsed time, or the wall clock of a zone.

Instants are naive UTC.  "`24h` is elapsed time; `1 day`, `1 month` are calendar units in the pack's zone: same
wall-clock time, month ends clipped; a due time inside a DST gap moves to the first instant after it, in an overlap it
is the later one."
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.base.durations import Duration


def add(instant: datetime, duration: Duration, zone: str) -> datetime:
    """`instant ⊕ duration`."""
    return _move(instant, duration, zone, +1)


def subtract(instant: datetime, duration: Duration, zone: str) -> datetime:
    """`instant ⊖ duration`."""
    return _move(instant, duration, zone, -1)


def _move(instant: datetime, duration: Duration, zone: str, sign: int) -> datetime:
    if not duration.calendar:
        return instant + sign * duration.elapsed
    wall = wall_clock(instant, ZoneInfo(zone))
    wall = _move_months(wall, sign * duration.months) + timedelta(days=sign * duration.days)
    return instant_of(wall, ZoneInfo(zone))


def _move_months(wall: datetime, months: int) -> datetime:
    """The same day and time in another month, the day clipped to the month's end."""
    year, month0 = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month0 + 1)[1]
    return wall.replace(year=year, month=month0 + 1, day=min(wall.day, last_day))


def wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at an instant, without offset."""
    return instant.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock shows `wall`: the later of two, or the first one after a gap."""
    shown_at = [
        instant
        for instant in (wall - _offset(wall, zone, fold) for fold in (0, 1))
        if wall_clock(instant, zone) == wall
    ]
    return max(shown_at) if shown_at else _end_of_gap(wall, zone)


def _offset(wall: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    offset = wall.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None
    return offset


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows something later than `wall`, which it never shows."""
    before, after = wall - timedelta(days=2), wall + timedelta(days=2)
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) // 2
        if wall_clock(middle, zone) > wall:
            after = middle
        else:
            before = middle
    return after
