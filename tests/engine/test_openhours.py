"""Opening hours and working days against numpy's business days, pandas' business hours and a literal walk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import UnusableError
from auditor.base.durations import Duration
from auditor.engine.pieces import Pieces
from auditor.engine.timetable import Timetable
from auditor.rules.model import NamedClock
from tests.engine.support import connection
from tests.oracles import workdays
from tests.oracles.workdays import CLOCKS, LENGTHS, Instants
from tests.reference import running

FIRST, LAST = datetime(2015, 1, 1), datetime(2026, 1, 1)
HOUR = 3_600_000_000
WEEK = (((9 * 3600, 17 * 3600),),) * 5 + ((), ())
COUNT = 100_000
NUMBERS = np.arange(COUNT) % len(CLOCKS)
MOMENTS = workdays.instants(COUNT, seed=20)


def asked(**columns: Any) -> ibis.Table:
    """A table of questions, numbered."""
    made = pa.table({name: pa.array(values) for name, values in columns.items()})
    return ibis.memtable(made.append_column("row", pa.array(range(len(made)), pa.int64())))


@cache
def timetable(clocks: tuple[NamedClock, ...], longest: int) -> Timetable:
    return Timetable(clocks, FIRST, LAST, (longest,) * len(clocks))


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


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("by", LENGTHS, ids=str)
def test_clocks_move_as_numpy_counts(by: Duration, sign: int) -> None:
    """Ten years and five zones in one query."""
    if by.days:
        found = working_days(CLOCKS, sign * by.days, MOMENTS, NUMBERS)
    else:
        found = limits(CLOCKS, MOMENTS, NUMBERS, np.full(COUNT, by.seconds * 1_000_000), ahead=sign > 0)
    for number, clock in enumerate(CLOCKS):
        here = number == NUMBERS
        np.testing.assert_array_equal(found[here], workdays.expected(clock, MOMENTS[here], by, sign))


def test_hours_agree_with_pandas_business_hours() -> None:
    some = MOMENTS[:2_000]
    for number, clock in enumerate(CLOCKS[:4]):  # pandas has no day of 24 hours
        found = limits(CLOCKS, some, np.full(len(some), number), np.full(len(some), 13 * HOUR), ahead=True)
        np.testing.assert_array_equal(found, workdays.by_pandas(clock, some, 13))


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
NEARBY = st.builds(lambda a, b, c: a + b + c, st.sampled_from(NEAR_CHANGES), MINUTES, TICKS)
AMOUNTS = st.sampled_from([0, 1, 30 * 60_000_000, HOUR, 3 * HOUR + 1, 24 * HOUR, 100 * HOUR])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(NEARBY, st.integers(0, len(ODD) - 1), AMOUNTS), min_size=150, max_size=200), st.booleans())
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
@given(st.lists(st.tuples(NEARBY, st.integers(0, len(WORKING) - 1)), min_size=150, max_size=200))
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


def test_long_durations_of_one_clock_ask_nothing_of_another() -> None:
    rare = next(clock for clock in ODD if clock.name == "once a week")
    table = asked(moment=[LAST], clock=[0], length=[HOUR], ahead=[True])
    found = Timetable((rare, CLOCKS[1]), FIRST, LAST, (HOUR, 100_000 * HOUR)).limits(table)
    assert connection().to_pyarrow(found)["reached"].to_pylist() == [running.move(rare, LAST, timedelta(hours=1), 1)]


def test_a_length_that_the_log_states_may_never_be_reached() -> None:
    """One absurd value ends no audit, and the other durations keep their ends."""
    clock = next(clock for clock in ODD if clock.name == "once a week")
    table = asked(moment=[LAST, LAST], clock=[0, 0], length=[100_000 * HOUR, HOUR], ahead=[True, True])
    found = Timetable((clock,), FIRST, LAST, (HOUR,), 100_000 * HOUR).limits(table).order_by("row")
    expected = running.move(clock, LAST, timedelta(hours=1), 1)
    assert connection().to_pyarrow(found)["reached"].to_pylist() == [None, expected]


def test_what_is_missing_stays_missing() -> None:
    table = asked(
        moment=pa.array([None, FIRST, FIRST], pa.timestamp("us")),
        clock=pa.array([0, None, 0], pa.int64()),
        length=pa.array([HOUR, HOUR, None], pa.int64()),
        ahead=[True, True, True],
    )
    found = connection().to_pyarrow(Timetable(CLOCKS, FIRST, LAST, (HOUR,) * len(CLOCKS)).limits(table))
    assert found["reached"].to_pylist() == [None, None, None]


def test_the_instants_are_in_utc() -> None:
    berlin = limits(CLOCKS, [datetime(2024, 7, 5, 13)], [1], [HOUR], ahead=True)  # a Friday, 15:00 in Berlin
    assert berlin.astype("datetime64[us]").tolist() == [datetime(2024, 7, 5, 14)]
