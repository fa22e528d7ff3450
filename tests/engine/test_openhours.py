"""Opening hours and working days against numpy's business days, pandas' business hours and a literal walk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import UnusableError
from auditor.base.durations import Duration
from auditor.engine.pieces import Pieces, micros
from auditor.engine.timetable import Timetable
from auditor.rules.calendars import closed_days
from auditor.rules.model import NamedClock
from tests.engine.support import connection
from tests.reference import running

FIRST, LAST = datetime(2016, 1, 1), datetime(2026, 1, 1)
HOUR = 3_600_000_000
WEEK = (((9 * 3600, 17 * 3600),),) * 5 + ((), ())
ZONES = {
    "Europe/Berlin": "DE-BE",
    "America/New_York": "US",
    "Asia/Kolkata": "IN",
    "Pacific/Auckland": "NZ",
    "America/Sao_Paulo": "BR",
}
OFFICES = tuple(NamedClock(zone, zone, WEEK, (calendar,)) for zone, calendar in ZONES.items())
Instants = npt.NDArray[np.datetime64]
Micros = npt.NDArray[np.int64]


def drawn(count: int) -> tuple[Instants, Micros]:
    """So many instants between FIRST and LAST, and for each the number of an office."""
    random = np.random.default_rng(20)
    moments = random.integers(micros(FIRST), micros(LAST), count).astype("datetime64[us]")
    return moments, random.integers(0, len(OFFICES), count)


def asked(**columns: Any) -> ibis.Table:
    """A table of questions, numbered."""
    made = pa.table({name: pa.array(values) for name, values in columns.items()})
    return ibis.memtable(made.append_column("row", pa.array(range(len(made)), pa.int64())))


@cache
def timetable(clocks: tuple[NamedClock, ...], longest: int) -> Timetable:
    return Timetable(clocks, FIRST, LAST, longest)


def limits(clocks: tuple[NamedClock, ...], moments: Any, numbers: Any, lengths: Any, *, ahead: bool) -> Instants:
    """What the engine answers, in the order of the questions."""
    table = asked(moment=moments, clock=numbers, length=lengths, ahead=np.full(len(moments), ahead))
    found = timetable(clocks, max(int(np.max(lengths)), 200 * HOUR)).limits(table)
    return np.asarray(connection().to_pyarrow(found.order_by("row"))["reached"].to_numpy())


@cache
def day_maps(maps: tuple[tuple[NamedClock, int], ...]) -> Pieces:
    return timetable((), 0).working_days(maps)


def working_days(clocks: tuple[NamedClock, ...], days: int, moments: Any, numbers: Any) -> Instants:
    """What the engine answers for the clock with a number at each moment."""
    maps = day_maps(tuple((clock, days) for clock in clocks))
    found = maps.look_up(asked(moment=moments, map=numbers), "map", "moment", "reached")
    return np.asarray(connection().to_pyarrow(found.order_by("row"))["reached"].to_numpy())


def closed(clock: NamedClock) -> npt.NDArray[np.datetime64]:
    return np.array(sorted(closed_days(clock, date(2014, 1, 1), date(2028, 12, 31))), "datetime64[D]")


def on_the_wall(moments: Instants, zone: str) -> Instants:
    return np.asarray(pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(zone).tz_localize(None), "datetime64[us]")


def from_the_wall(moments: Instants, zone: str) -> Instants:
    walls = pd.DatetimeIndex(moments)
    late = walls.tz_localize(zone, ambiguous=np.zeros(len(walls), bool), nonexistent="shift_forward")
    return np.asarray(late.tz_convert("UTC").tz_localize(None), "datetime64[us]")


def by_numpy(clock: NamedClock, moments: Instants, length: Micros, *, ahead: bool) -> Instants:
    """t ⊕ length for eight hours a day, by counting business days; no zone changes its offset in these hours."""
    wall, calendar = on_the_wall(moments, clock.zone), np.busdaycalendar(holidays=closed(clock))
    day = wall.astype("datetime64[D]")
    opened = np.clip((wall - day).astype(np.int64) - 9 * HOUR, 0, 8 * HOUR)
    before = np.busday_count("2010-01-01", day, busdaycal=calendar) * 8 * HOUR
    position = before + np.where(np.is_busday(day, busdaycal=calendar), opened, 0)
    target = position + length if ahead else position - length
    days, rest = np.divmod(target - ahead, 8 * HOUR)
    reached = np.busday_offset(np.datetime64("2010-01-01"), days, roll="forward", busdaycal=calendar)
    return from_the_wall(reached.astype("datetime64[us]") + 9 * HOUR + rest + ahead, clock.zone)


@pytest.mark.parametrize("ahead", [True, False])
def test_hours_agree_with_numpys_business_days(ahead: bool) -> None:
    moments, numbers = drawn(100_000)
    lengths = np.random.default_rng(3).choice([1, HOUR, 8 * HOUR, 16 * HOUR, 16 * HOUR + 7, 200 * HOUR], len(moments))
    found = limits(OFFICES, moments, numbers, lengths, ahead=ahead)
    for number, clock in enumerate(OFFICES):
        here = numbers == number
        np.testing.assert_array_equal(found[here], by_numpy(clock, moments[here], lengths[here], ahead=ahead))


def test_hours_agree_with_pandas_business_hours() -> None:
    """Where pandas reaches closing time it moves on to the next opening; no such case is drawn."""
    moments, numbers = drawn(2_000)
    found = limits(OFFICES, moments, numbers, np.full(len(moments), 13 * HOUR), ahead=True)
    for number, clock in enumerate(OFFICES):
        here = numbers == number
        offset = pd.offsets.CustomBusinessHour(13, start="09:00", end="17:00", holidays=list(closed(clock)))
        walls = [pd.Timestamp(wall) + offset for wall in on_the_wall(moments[here], clock.zone)]
        np.testing.assert_array_equal(found[here], from_the_wall(np.array(walls, "datetime64[us]"), clock.zone))


@pytest.mark.parametrize("days", [1, 3, 40, -1, -3])
def test_working_days_agree_with_numpys_business_days(days: int) -> None:
    moments, numbers = drawn(100_000)
    found = working_days(OFFICES, days, moments, numbers)
    for number, clock in enumerate(OFFICES):
        here, calendar = numbers == number, np.busdaycalendar(holidays=closed(clock))
        wall = on_the_wall(moments[here], clock.zone)
        day = wall.astype("datetime64[D]")
        working = np.is_busday(day, busdaycal=calendar)
        moved = np.busday_offset(day, days, roll="backward" if days > 0 else "forward", busdaycal=calendar)
        edge = moved + (1 if days > 0 else 0)
        expected = np.where(working, moved + (wall - day), edge.astype("datetime64[us]"))
        np.testing.assert_array_equal(found[here], from_the_wall(expected, clock.zone))


NIGHT = NamedClock(
    "night",
    "Europe/Berlin",
    (((0, 2 * 3600 + 1800), (3 * 3600, 4 * 3600), (23 * 3600, 86_400)),) * 7,
    closed=(date(2024, 3, 29),),
)
ODD = (
    NIGHT,
    NamedClock("havana", "America/Havana", (((0, 3600), (82_800, 86_400)),) * 6 + ((),)),
    NamedClock("sao paulo", "America/Sao_Paulo", (((0, 86_400),),) * 5 + ((), ())),
    NamedClock("apia", "Pacific/Apia", WEEK),
    NamedClock("lord howe", "Australia/Lord_Howe", (((3600, 10_800),),) * 7),
    NamedClock("once a week", "UTC", ((), (), ((36_000, 39_600),), (), (), (), ())),
    NamedClock("holidays only", "Europe/Paris", (), ("FR",)),
    NamedClock("always", "Europe/Paris"),
)
WORKING = tuple(clock for clock in ODD if clock.hours or clock.holidays)
NEAR_CHANGES = [
    datetime(2024, 3, 31),
    datetime(2024, 10, 27),
    datetime(2018, 2, 18),
    datetime(2018, 11, 4),
    datetime(2024, 11, 3),
    datetime(2024, 4, 6, 15),
    datetime(2024, 1, 1),
]
MINUTES = st.integers(-3 * 1440, 3 * 1440).map(lambda n: timedelta(minutes=10 * n))
TICKS = st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)])
MOMENTS = st.builds(lambda a, b, c: a + b + c, st.sampled_from(NEAR_CHANGES), MINUTES, TICKS)
LENGTHS = st.sampled_from([0, 1, 30 * 60_000_000, HOUR, 3 * HOUR + 1, 24 * HOUR, 100 * HOUR])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.integers(0, len(ODD) - 1), LENGTHS), min_size=150, max_size=200), st.booleans())
def test_odd_hours_agree_with_a_walk_through_the_open_time(
    questions: list[tuple[datetime, int, int]], ahead: bool
) -> None:
    moments, numbers, lengths = (list(column) for column in zip(*questions, strict=True))
    found = limits(ODD, moments, numbers, lengths, ahead=ahead)
    expected = [
        running.move(ODD[number], moment, timedelta(microseconds=length), 1 if ahead else -1)
        for moment, number, length in questions
    ]
    assert found.astype("datetime64[us]").tolist() == expected


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.integers(0, len(WORKING) - 1)), min_size=150, max_size=200))
def test_odd_working_days_agree_with_a_walk_through_the_calendar(questions: list[tuple[datetime, int]]) -> None:
    moments, numbers = (list(column) for column in zip(*questions, strict=True))
    for days in (1, 5, -2):
        found = working_days(WORKING, days, moments, numbers)
        expected = [
            running.move(WORKING[number], moment, Duration(days=abs(days)), 1 if days > 0 else -1)
            for moment, number in questions
        ]
        assert found.astype("datetime64[us]").tolist() == expected


def test_a_due_time_far_beyond_the_log_is_found() -> None:
    """A thousand hours at one hour a week take nineteen years."""
    clock = next(clock for clock in ODD if clock.name == "once a week")
    found = limits((clock,), [LAST], [0], [1000 * HOUR], ahead=True)
    assert found.astype("datetime64[us]").tolist() == [running.move(clock, LAST, timedelta(hours=1000), 1)]
    assert found[0] > np.datetime64("2045-01-01")


def test_a_duration_that_no_opening_hours_can_hold_is_an_error() -> None:
    clock = next(clock for clock in ODD if clock.name == "once a week")
    with pytest.raises(UnusableError, match="once a week"):
        limits((clock,), [LAST], [0], [100_000 * HOUR], ahead=True)
    with pytest.raises(UnusableError, match="once a week"):
        working_days((clock,), 100_000, [LAST], [0])


def test_what_is_missing_stays_missing() -> None:
    table = asked(
        moment=pa.array([None, FIRST, FIRST], pa.timestamp("us")),
        clock=pa.array([0, None, 0], pa.int64()),
        length=pa.array([HOUR, HOUR, None], pa.int64()),
        ahead=[True, True, True],
    )
    found = connection().to_pyarrow(Timetable(OFFICES, FIRST, LAST, HOUR).limits(table))
    assert found["reached"].to_pylist() == [None, None, None]


def test_the_instants_are_in_utc() -> None:
    berlin = limits(OFFICES, [datetime(2024, 7, 5, 14)], [0], [HOUR], ahead=True)  # a Friday, 16:00 in Berlin
    assert berlin.astype("datetime64[us]").tolist() == [datetime(2024, 7, 5, 15)]
