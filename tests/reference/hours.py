"""Opening hours of a named clock, made day by day: the open instants as stretches of UTC.

“Opening hours are wall time”: an instant is open when the clock on the wall then shows an open time of an open day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from auditor.rules.model import NamedClock

from .clock import wall_clock
from .stretches import BEGINNING, FOREVER, Stretch

DAY = timedelta(days=1)
ALL_DAY = ((0, 86_400),)


def keeps_hours(clock: NamedClock) -> bool:
    """Whether the clock has opening hours or days on which it stands; if not, it only pauses."""
    return bool(clock.hours or clock.holidays or clock.closed)


def working_day(clock: NamedClock, day: date) -> bool:
    """“Days with opening hours that are not closed.”"""
    return bool(_hours_of(clock, day)) and day not in clock.closed and not _is_holiday(clock.holidays, day)


def from_day_of(clock: NamedClock, instant: datetime) -> Iterator[Stretch]:
    """The stretches of opening hours in order, from the day of an instant on."""
    if not keeps_hours(clock):
        yield BEGINNING, FOREVER
        return
    day = wall_clock(instant, ZoneInfo(clock.zone)).date() - DAY
    while day < date(9990, 1, 1):
        yield from opening(clock, day)
        day += DAY


def back_from_day_of(clock: NamedClock, instant: datetime) -> Iterator[Stretch]:
    """The stretches of opening hours in reverse order, from the day of an instant back."""
    if not keeps_hours(clock):
        yield BEGINNING, FOREVER
        return
    day = wall_clock(instant, ZoneInfo(clock.zone)).date() + DAY
    while day > date(2, 1, 1):
        yield from reversed(opening(clock, day))
        day -= DAY


def opening(clock: NamedClock, day: date) -> tuple[Stretch, ...]:
    """The open instants of one day on the clock's wall, in order."""
    if not working_day(clock, day):
        return ()
    midnight = datetime(day.year, day.month, day.day)
    found = []
    for (start, end), offset in _offsets(clock.zone, day):
        for opens, closes in _hours_of(clock, day):
            first = max(start, midnight + timedelta(seconds=opens) - offset)
            last = min(end, midnight + timedelta(seconds=closes) - offset)
            if first < last:
                found.append((first, last))
    return tuple(sorted(found))


def _hours_of(clock: NamedClock, day: date) -> tuple[tuple[int, int], ...]:
    return clock.hours[day.weekday()] if clock.hours else ALL_DAY


@cache
def _offsets(zone: str, day: date) -> tuple[tuple[Stretch, timedelta], ...]:
    """The stretches of UTC around a day in which the zone keeps one offset; no zone changes it twice in three days."""
    info = ZoneInfo(zone)
    begin = datetime(day.year, day.month, day.day) - DAY
    end = begin + 3 * DAY
    if _offset(begin, info) == _offset(end, info):
        return (((begin, end), _offset(begin, info)),)
    before, change = begin, end
    while change - before > timedelta(microseconds=1):
        middle = before + (change - before) // 2
        if _offset(middle, info) == _offset(begin, info):
            before = middle
        else:
            change = middle
    return ((begin, change), _offset(begin, info)), ((change, end), _offset(end, info))


def _offset(instant: datetime, info: ZoneInfo) -> timedelta:
    return wall_clock(instant, info) - instant


@cache
def _calendar(name: str) -> holidays.HolidayBase:
    country, _, subdivision = name.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


@cache
def _is_holiday(names: tuple[str, ...], day: date) -> bool:
    return any(day in _calendar(name) for name in names)
