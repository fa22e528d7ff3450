"""Calendar units over spans of many years: as exact as over short ones, in queries that stay small."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import pyarrow as pa

from auditor.base.durations import Duration
from auditor.engine.clocks import Clock, Span
from tests.engine.support import connection
from tests.reference import clock

ZONE = "Europe/Paris"
CENTURY = Clock(ZONE, Span(datetime(2000, 1, 1), datetime(2100, 1, 1)))


def test_a_query_does_not_grow_with_the_square_of_the_years() -> None:
    """One date in the year 9999 made a query of gigabytes of each calendar unit."""
    moments = ibis.table({"time": "timestamp(6)"}, name="moments")
    query = str(connection().compile(moments.select(due=CENTURY.shift(moments.time, Duration(days=1)))))
    assert len(query) < 150_000


def test_a_century_is_as_exact_as_a_year() -> None:
    starts = [datetime(year, month, day, 0, 30) for year in (2001, 2024, 2050, 2099) for month, day in
              ((1, 31), (3, 24), (3, 25), (3, 30), (3, 31), (10, 26), (10, 27), (10, 31))]  # fmt: skip
    starts += [start + timedelta(hours=hour) for start in starts for hour in (1, 2)]
    table = ibis.memtable(pa.table({"time": pa.array(starts, pa.timestamp("us"))}))
    for duration in (Duration(days=1), Duration(months=1), Duration(days=7)):
        for sign, move in ((1, clock.add), (-1, clock.subtract)):
            made = table.select(time=table.time, due=CENTURY.shift(table.time, duration, sign))
            for row in connection().to_pyarrow(made).to_pylist():
                assert row["due"] == move(row["time"], duration, ZONE), (row, duration, sign)
