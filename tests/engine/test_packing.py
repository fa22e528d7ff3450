"""Time and place in one number: nothing is lost, and the least number is the earliest event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest

from auditor.engine.plans.packing import Packing
from auditor.engine.tables import fetched, given
from auditor.log.log import ROWS_PER_FILE, Health, Log
from tests.engine.support import connection

FIRST = datetime(1969, 12, 31, 23, 59, 58, 500_000)


def log(grain: int, last_row: int | None, files: int) -> Log:
    health = Health(tuple(f"{n}.csv" for n in range(files)), 1, 1)
    return Log(None, None, {}, frozenset(), FIRST, None, {}, health, grain=grain, last_row=last_row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grain", "step"),
    [(1_000_000, timedelta(seconds=1)), (1_000, timedelta(milliseconds=7)), (1, timedelta(microseconds=3))],
)
@pytest.mark.parametrize("files", [1, 2, 3, 12])
def test_there_and_back(grain: int, step: timedelta, files: int) -> None:
    rows = 70_000
    days = 20 if grain == 1 else 900
    first = FIRST.replace(microsecond=0) if grain == 1_000_000 else FIRST
    packing = Packing.of(log(grain, rows, files), first, first + timedelta(days=days))
    assert packing is not None
    events = [
        (first + n * step, file * ROWS_PER_FILE + row)
        for n in (0, 1, 5_000)
        for file in range(files)
        for row in (1, rows)
    ]
    back = _there_and_back(packing, events)
    assert [(row["time"], row["place"]) for row in back] == events
    assert [row["number"] for row in back] == sorted(row["number"] for row in back)


@pytest.mark.parametrize("grain", [1_000_000, 1_000])
def test_over_all_years(grain: int) -> None:
    first, last = datetime(1, 1, 1, 0, 0, 1), datetime(9999, 12, 31, 23, 59, 58, 0 if grain > 1_000 else 881_000)
    packing = Packing.of(log(grain, 50, 1), first, last)
    assert packing is not None
    events = [(first, 1), (first.replace(year=4999), 2), (last, 50)]
    assert [(row["time"], row["place"]) for row in _there_and_back(packing, events)] == events


def _there_and_back(packing: Packing, events: list[tuple[datetime, int]]) -> list[dict[str, Any]]:
    backend = connection()
    times, places = zip(*events, strict=True)
    table = given(backend, pa.table({"at": pa.array(times, pa.timestamp("us")), "place": pa.array(places, pa.int64())}))
    table = table.mutate(number=packing.packed(table["at"].cast("timestamp(6)"), table.place), nr=ibis.row_number())
    told = table.select("nr", "number", time=packing.time(table.number), place=packing.place(table.number))
    return sorted(fetched(backend, told), key=lambda row: row["nr"])


def test_no_event_gives_no_time() -> None:
    packing = Packing.of(log(1_000_000, 9, 1), FIRST, FIRST)
    assert packing is not None
    number = ibis.null("int64")
    one = given(connection(), pa.table({"x": [1]}))
    [row] = fetched(connection(), one.select(t=packing.time(number), p=packing.place(number)))
    assert row == {"t": None, "p": None}


@pytest.mark.parametrize(("grain", "last_row", "years"), [(1, 1 << 20, 2), (1_000_000, None, 0), (1_000, 1 << 40, 100)])
def test_what_one_number_cannot_hold(grain: int, last_row: int | None, years: int) -> None:
    assert Packing.of(log(grain, last_row, 1), FIRST, FIRST + timedelta(days=366 * years)) is None
