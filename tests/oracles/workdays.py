"""Working days and hours as NumPy and pandas know them, converted to our meaning of ⊕ and ⊖.

Whatever moves instants on a clock can be compared with `expected`; its signature is `Move`.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.base.durations import Duration
from auditor.rules.model import NamedClock

Instants = npt.NDArray[np.datetime64]  # naive UTC, to the microsecond
YEARS = range(2014, 2027)
_DAY = np.timedelta64(1, "D")
_START = np.datetime64("2014-01-01", "D")  # before all instants
_SECOND = np.timedelta64(1_000_000, "us")


class Move(Protocol):
    """`instant ⊕ by` for sign 1, `instant ⊖ by` for sign −1, of many instants."""

    def __call__(self, clock: NamedClock, instants: Instants, by: Duration, sign: int) -> Instants: ...


def _office(zone: str, opens: int, closes: int, days: int, calendar: str, *closed: date) -> NamedClock:
    span = ((opens * 1800, closes * 1800),)  # half hours
    return NamedClock(f"{zone} {calendar}", zone, (span,) * days + ((),) * (7 - days), (calendar,), closed)


# Five zones: none, both halves of the world, a quarter of an hour, and clocks that once were changed at midnight.
CLOCKS = (
    _office("UTC", 18, 34, 5, "GB-ENG"),
    _office("Europe/Berlin", 16, 33, 5, "DE-BE", date(2019, 12, 24), date(2021, 12, 24)),
    _office("America/New_York", 17, 34, 6, "US"),
    _office("Asia/Kathmandu", 20, 36, 5, "AU-NSW"),
    _office("America/Sao_Paulo", 0, 48, 5, "BR"),
)
LENGTHS = (
    Duration(days=1), Duration(days=3), Duration(days=30),
    Duration(seconds=60), Duration(seconds=8 * 3600), Duration(seconds=16 * 3600), Duration(seconds=100 * 3600),
)  # fmt: skip


def instants(count: int, seed: int) -> Instants:
    """Random instants of ten years; one in four at a full half hour, where the edges are."""
    random = np.random.default_rng(seed)
    first, last = (np.datetime64(day, "us").astype("int64") for day in ("2015-02-01", "2025-02-01"))
    found = random.integers(first, last, count)
    found[::4] -= found[::4] % 1_800_000_000
    return found.astype("datetime64[us]")


def expected(clock: NamedClock, moments: Instants, by: Duration, sign: int) -> Instants:
    """⊕ or ⊖ on a clock with one span of hours that no change of clocks falls into."""
    shown = _local(moments, clock.zone)
    moved = _days(clock, shown, sign * by.days) if by.days else _hours(clock, shown, sign * by.seconds)
    return _utc(moved, clock.zone)


def _days(clock: NamedClock, shown: Instants, n: int) -> Instants:
    """NumPy rolls a day that is no working day before it counts: backward for n > 0, so that the n-th day *after* it is
    found.  It knows dates only; that the end of that day is meant (its start for ⊖) is our convention.
    """
    days = shown.astype("datetime64[D]")
    busy = _calendar(clock)
    moved = np.busday_offset(days, n, roll="backward" if n > 0 else "forward", busdaycal=busy)
    at_same_time = moved.astype("datetime64[us]") + (shown - days)
    at_edge = (moved + _DAY * int(n > 0)).astype("datetime64[us]")
    found: Instants = np.where(np.is_busday(days, busdaycal=busy), at_same_time, at_edge)
    return found


def _hours(clock: NamedClock, shown: Instants, seconds: int) -> Instants:
    """Counts open time from a common start with NumPy's working days: of all instants at the position that is looked
    for, ⊕ takes the first (the end of a day) and ⊖ the last (the opening of the next).
    """
    busy = _calendar(clock)
    opens, closes = _span(clock)
    length = closes - opens
    days = shown.astype("datetime64[D]")
    in_day = np.clip((shown - days) - opens * _SECOND, 0 * _SECOND, length * _SECOND) // np.timedelta64(1, "us")
    full = np.busday_count(_START, days, busdaycal=busy) * length * 1_000_000
    position = full + np.where(np.is_busday(days, busdaycal=busy), in_day, 0) + seconds * 1_000_000
    day = (position - (seconds > 0)) // (length * 1_000_000)
    date_of = np.busday_offset(_START, day, roll="forward", busdaycal=busy)
    rest = (position - day * length * 1_000_000).astype("timedelta64[us]")
    found: Instants = date_of.astype("datetime64[us]") + opens * _SECOND + rest
    return found


def by_pandas(clock: NamedClock, moments: Instants, hours: int) -> Instants:
    """⊕ (hours > 0) or ⊖ by pandas' CustomBusinessHour, one instant after the other.

    Where the time is used up exactly at closing time pandas goes on to the next opening, because it wants its results
    inside business hours; ours is the moment at which the time is used up.  Backwards it is the other way round.
    """
    opens, closes = (pd.Timestamp(0) + pd.Timedelta(seconds=s) for s in _span(clock))
    offset = pd.offsets.CustomBusinessHour(  # type: ignore[call-arg] # its stubs know no weekmask
        n=hours,
        start=opens.strftime("%H:%M"),
        end=closes.strftime("%H:%M"),
        weekmask=_weekmask(clock),
        holidays=_closed(clock),
    )
    one_day = pd.offsets.CustomBusinessDay(weekmask=_weekmask(clock), holidays=_closed(clock))
    found = []
    for shown in _local(moments, clock.zone):
        moved = pd.Timestamp(shown) + offset
        if hours > 0 and moved.time() == opens.time():
            moved = (moved - one_day).replace(hour=closes.hour, minute=closes.minute)
        elif hours < 0 and moved.time() == closes.time():
            moved = (moved + one_day).replace(hour=opens.hour, minute=opens.minute)
        found.append(moved)
    return _utc(np.array(found, dtype="datetime64[us]"), clock.zone)


def _span(clock: NamedClock) -> tuple[int, int]:
    """The hours of a day; all days of these clocks have the same."""
    (span,) = {span for day in clock.hours for span in day}
    return span


def _weekmask(clock: NamedClock) -> str:
    return "".join("1" if hours else "0" for hours in clock.hours)


def _closed(clock: NamedClock) -> list[date]:
    found = list(clock.closed)
    for calendar in clock.holidays:
        country, _, part = calendar.partition("-")
        found.extend(holidays.country_holidays(country, subdiv=part or None, years=YEARS))
    return found


def _calendar(clock: NamedClock) -> np.busdaycalendar:
    return np.busdaycalendar(weekmask=_weekmask(clock), holidays=np.array(_closed(clock), dtype="datetime64[D]"))


def _local(moments: Instants, zone: str) -> Instants:
    """What the clock on the wall shows."""
    return pd.DatetimeIndex(moments, tz="UTC").tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[us]")


def _utc(shown: Instants, zone: str) -> Instants:
    """The instant at which the wall shows this: of two the later one, and after a gap the first."""
    later = np.zeros(len(shown), dtype=bool)  # “is it summer time?”: no
    local = pd.DatetimeIndex(shown).tz_localize(zone, ambiguous=later, nonexistent="shift_forward")
    return local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
