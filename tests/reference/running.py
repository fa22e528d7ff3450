"""⊕ and ⊖ on a named clock, by walking its open stretches, and the open time between two instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.base.durations import Duration
from auditor.rules.model import NamedClock

from . import clock as wall
from . import hours
from .stretches import BEGINNING, FOREVER, Stretch, without

Pauses = tuple[Stretch, ...]
ZERO = timedelta(0)


def move(clock: NamedClock, instant: datetime, by: Duration | timedelta, sign: int, pauses: Pauses = ()) -> datetime:
    """`instant ⊕ by` (sign 1) or `instant ⊖ by` (sign −1); FOREVER or BEGINNING where no instant is far enough."""
    if isinstance(by, Duration) and by.calendar:
        if hours.keeps_hours(clock):
            assert not by.months
            assert not clock.pauses
            return working_days(clock, instant, sign * by.days)
        # “Calendar units are first added as without it; the time so gained is then open time.”
        plain = wall.add(instant, by, clock.zone) if sign > 0 else wall.subtract(instant, by, clock.zone)
        by = abs(plain - instant)
    amount = by.elapsed if isinstance(by, Duration) else by
    return ahead(clock, instant, amount, pauses) if sign > 0 else back(clock, instant, amount, pauses)


def ahead(clock: NamedClock, instant: datetime, amount: timedelta, pauses: Pauses = ()) -> datetime:
    """“The least x ≥ t with at least D of open time in [t, x).”"""
    if amount == ZERO:
        return instant
    for start, end in _open_from(clock, instant, pauses):
        if end - start >= amount:
            return start + amount
        amount -= end - start
    return FOREVER


def back(clock: NamedClock, instant: datetime, amount: timedelta, pauses: Pauses = ()) -> datetime:
    """“The greatest x ≤ t with at least D of open time in [x, t).”"""
    if amount == ZERO:
        return instant
    for start, end in _open_back_from(clock, instant, pauses):
        if end - start >= amount:
            return end - amount
        amount -= end - start
    return BEGINNING


def open_time(clock: NamedClock, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
    """How long the clock runs in [start, end)."""
    total = ZERO
    for first, last in _open_from(clock, start, pauses):
        if first >= end:
            break
        total += min(last, end) - first
    return total


def _open_from(clock: NamedClock, instant: datetime, pauses: Pauses) -> Iterator[Stretch]:
    last_pause = min((first for first, last in pauses if last == FOREVER), default=FOREVER)
    for start, end in hours.from_day_of(clock, instant):
        if start >= last_pause:
            return
        if end > instant:
            yield from without((max(start, instant), end), pauses)


def _open_back_from(clock: NamedClock, instant: datetime, pauses: Pauses) -> Iterator[Stretch]:
    first_pause = max((last for first, last in pauses if first == BEGINNING), default=BEGINNING)
    for start, end in hours.back_from_day_of(clock, instant):
        if end <= first_pause:
            return
        if start < instant:
            yield from reversed(without((start, min(end, instant)), pauses))


def working_days(clock: NamedClock, instant: datetime, n: int) -> datetime:
    """“The n-th working day after t's date, at the same wall time; from a day that is not a working day, the end of the
    n-th working day after it (24:00).  ⊖ likewise backwards (the start of the day, 00:00).”
    """
    zone = ZoneInfo(clock.zone)
    shown = wall.wall_clock(instant, zone)
    step = hours.DAY if n > 0 else -hours.DAY
    day = shown.date()
    for _ in range(abs(n)):
        day += step
        while not hours.working_day(clock, day):
            day += step
    if hours.working_day(clock, shown.date()):
        return wall.instant_of(datetime.combine(day, shown.time()), zone)
    return wall.instant_of(_midnight(day + hours.DAY if n > 0 else day), zone)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
