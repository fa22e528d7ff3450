"""Times: how logs write them, how exact they are, and in which zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import UnusableError
from auditor.log import zones

from .helpers import at, read, rejected, rows

DAY_END = timedelta(days=1) - timedelta(microseconds=1)


def one(folder: Path, cell: str, mapping: str = "log: {}") -> tuple[datetime, datetime]:
    """Earliest and latest moment of one time cell."""
    log = read(folder, f'event,time,report_id\nreport.received,"{cell}",r1\n', mapping)
    ((first, last),) = rows(log, "time", "time_latest")
    return first, last


@pytest.mark.parametrize("cell", [
    "2024-06-01T12:00:00Z", "2024-06-01 12:00:00Z", "2024-06-01T12:00Z", "2024-06-01T14:00:00+02:00",
    "2024-06-01T14:00:00+0200", "2024-06-01T14:00:00+02", "2024-06-01 14:00:00 +0200", "2024-06-01 08:00:00 -0400",
    "2024-06-01T12:00:00.000000000Z", "2024-06-01 12:00:00 UTC", "2024-06-01T17:30:00+05:30",
])  # fmt: skip
def test_iso_with_an_offset_is_converted(tmp_path: Path, cell: str) -> None:
    assert one(tmp_path, cell) == (at("2024-06-01 12:00"),) * 2


@pytest.mark.parametrize("cell", ["2024-06-01T12:00:00", "2024-06-01 12:00", "2024-06-01"])
def test_a_time_without_offset_needs_a_zone(tmp_path: Path, cell: str) -> None:
    with pytest.raises(UnusableError) as caught:
        one(tmp_path, cell)
    assert caught.value.diagnostic.code == "timezone-needed"
    assert caught.value.diagnostic.place.line == 2
    assert "timezone: Europe/Paris" in caught.value.diagnostic.help


def test_the_zone_is_for_times_without_offset_only(tmp_path: Path) -> None:
    zone = "log: {timezone: Europe/Paris}"
    assert one(tmp_path, "2024-06-01T12:00:00", zone) == (at("2024-06-01 10:00"),) * 2
    assert one(tmp_path, "2024-06-01T12:00:00Z", zone) == (at("2024-06-01 12:00"),) * 2


@pytest.mark.parametrize(("format", "cell", "expected"), [
    ('"%m/%d/%Y %H:%M"', "1/31/2024 14:05", "2024-01-31 14:05"),
    ('"%d/%m/%Y %H:%M"', "31/1/2024 14:05", "2024-01-31 14:05"),
    ('"%d.%m.%y %I:%M:%S %p"', "31.01.24 02:05:09 PM", "2024-01-31 14:05:09"),
    ('"%d %b %Y %H:%M:%S.%f"', "31 Jan 2024 14:05:09.25", "2024-01-31 14:05:09.25"),
    ('"%Y%m%d%H%M%S %z"', "20240131140509 +0200", "2024-01-31 12:05:09"),
    ("epoch_s", "1706709909", "2024-01-31 14:05:09"),
    ("epoch_s", "1706709909.5", "2024-01-31 14:05:09.5"),
    ("epoch_ms", "1706709909250", "2024-01-31 14:05:09.25"),
])  # fmt: skip
def test_formats(tmp_path: Path, format: str, cell: str, expected: str) -> None:
    mapping = f"log: {{timezone: UTC, time: {{column: time, format: {format}}}}}"
    assert one(tmp_path, cell, mapping) == (at(expected), at(expected))


@pytest.mark.parametrize(("format", "cell"), [
    ('"%d/%m/%Y"', "01/31/2024"), ('"%d/%m/%Y"', "31/02/2024"), ('"%d/%m/%Y"', "31/01/2024 later"),
    ("epoch_s", "2024-01-01"), ("epoch_s", "99999999999999"), ("epoch_ms", "1e12"), ("iso", "1706709909"),
    ("iso", "2024-1-1"), ("iso", "infinity"), ("iso", "2024-01-01T10:00:60Z"), ("iso", "2023-02-29"),
])  # fmt: skip
def test_what_does_not_fit_is_rejected(tmp_path: Path, format: str, cell: str) -> None:
    good = {"epoch_s": "1", "epoch_ms": "1", "iso": "2024-01-01"}.get(format, "01/01/2024")
    log = read(
        tmp_path,
        f"event,time,report_id\nreport.received,{cell},r1\nreport.received,{good},r1\n",
        f"log: {{timezone: UTC, time: {{column: time, format: {format}}}}}",
    )
    assert rejected(log) == [("bad_time", 2, "time", cell)]


@pytest.mark.parametrize("mapping", [
    "log: {timezone: Europe/Paris}",
    "log: {timezone: Europe/Paris, time: {column: time, precision: day}}",
    'log: {timezone: Europe/Paris, time: {column: time, format: "%Y-%m-%d"}}',
])  # fmt: skip
def test_a_date_is_the_whole_day_in_the_zone_of_the_source(tmp_path: Path, mapping: str) -> None:
    assert one(tmp_path, "2024-06-01", mapping) == (at("2024-05-31 22:00"), at("2024-05-31 22:00") + DAY_END)
    first, last = one(tmp_path, "2024-03-31", mapping)
    assert last - first == timedelta(hours=23) - timedelta(microseconds=1), "the clocks go forward on this day"
    first, last = one(tmp_path, "2024-10-27", mapping)
    assert last - first == timedelta(hours=25) - timedelta(microseconds=1), "the clocks go back on this day"


@pytest.mark.parametrize(("precision", "first", "last"), [
    ("second", "2024-06-15 10:20:30", "2024-06-15 10:20:30"),
    ("minute", "2024-06-15 10:20", "2024-06-15 10:20:59.999999"),
    ("hour", "2024-06-15 10:00", "2024-06-15 10:59:59.999999"),
    ("day", "2024-06-14 22:00", "2024-06-15 21:59:59.999999"),
    ("month", "2024-05-31 22:00", "2024-06-30 21:59:59.999999"),
])  # fmt: skip
@pytest.mark.parametrize("cell", ["2024-06-15T12:20:30", "2024-06-15T12:20:30+02:00"])
def test_precision(tmp_path: Path, precision: str, first: str, last: str, cell: str) -> None:
    mapping = f"log: {{timezone: Europe/Paris, time: {{column: time, precision: {precision}}}}}"
    assert one(tmp_path, cell, mapping) == (at(first), at(last))


def test_a_day_that_begins_in_a_gap(tmp_path: Path) -> None:
    first, last = one(tmp_path, "2018-11-04", "log: {timezone: America/Sao_Paulo}")
    assert (first, last) == (at("2018-11-04 03:00"), at("2018-11-05 01:59:59.999999"))


def test_a_time_that_the_clock_shows_twice_is_imprecise(tmp_path: Path) -> None:
    zone = "log: {timezone: Europe/Paris}"
    assert one(tmp_path, "2024-10-27 02:30:00", zone) == (at("2024-10-27 00:30"), at("2024-10-27 01:30"))
    assert one(tmp_path, "2024-10-27 03:00:00", zone) == (at("2024-10-27 02:00"),) * 2


def test_a_removal_seen_by_polling(tmp_path: Path) -> None:
    text = "time,seen_gone,content_id\n2024-01-01,2024-01-02,c1\n2024-01-01,,c1\n"
    log = read(tmp_path, text, """
log:
  timezone: UTC
  events: {content.removed: {time: {column: time, latest: seen_gone}}}
""")  # fmt: skip
    assert rows(log, "time", "time_latest") == [
        (at("2024-01-01"), at("2024-01-02") + DAY_END),
        (at("2024-01-01"), at("2024-01-01") + DAY_END),
    ]  # fmt: skip


@pytest.mark.parametrize("snowflake", ["discord", "{epoch_ms: 1420070400000}"])
def test_snowflakes(tmp_path: Path, snowflake: str) -> None:
    mapping = f"log: {{time: {{column: time, snowflake: {snowflake}}}}}"
    assert one(tmp_path, "175928847299117063", mapping)[0] == at("2016-04-30 11:18:25.796")


ZONES = [
    "Europe/Paris", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
    "Asia/Kathmandu", "UTC", "Europe/Dublin", "Asia/Tehran",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(1970, 1, 3), datetime(2099, 12, 29))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=8, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=40, max_size=40), data=st.data())
def test_local_times_are_those_of_zoneinfo(zone: str, moments: list[datetime], data: st.DataObject) -> None:
    place = ZoneInfo(zone)
    changes = zones.transitions(zone)
    if changes:  # most instants lie far from any change: draw half of them near one
        near = data.draw(
            st.lists(st.tuples(st.sampled_from(changes), st.integers(-7300, 7300)), min_size=40, max_size=40)
        )
        moments = moments + [
            datetime.fromtimestamp(second + shift, UTC).astimezone(place).replace(tzinfo=None)
            for (second, *_), shift in near
        ]
        moments += [
            moment + timedelta(seconds=second % 7200) for moment, (_, second) in zip(moments, near, strict=False)
        ]
    with duckdb.connect() as con:
        values = ", ".join(f"({i}, {_micros(moment.replace(tzinfo=UTC))})" for i, moment in enumerate(moments))
        start, end = (zones.to_utc("x", zone, end=end) for end in (False, True))
        found = con.execute(f"SELECT {start}, {end} FROM (VALUES {values}) AS t(i, x) ORDER BY i").fetchall()
    for moment, (first, last) in zip(moments, found, strict=True):
        readings = {
            _micros(reading)
            for fold in (0, 1)
            for reading in [moment.replace(tzinfo=place, fold=fold)]
            if reading.astimezone(UTC).astimezone(place).replace(tzinfo=None) == moment
        }
        if readings:
            assert (first, last) == (min(readings), max(readings)), (zone, moment)
        else:
            assert first == last + 1, (zone, moment)


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarter: timezone(timedelta(minutes=15 * quarter)))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=OFFSETS), min_size=1, max_size=50))
@example([datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)])
def test_iso_times_are_those_of_python(tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]) -> None:
    text = "event,time,report_id\n" + "".join(f"report.received,{m.isoformat()},r{i}\n" for i, m in enumerate(moments))
    log = read(tmp_path_factory.mktemp("iso"), text)
    assert rows(log, "time") == [(moment.astimezone(UTC).replace(tzinfo=None),) for moment in moments]
