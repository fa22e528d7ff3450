"""Local time to UTC inside a query, beside what zoneinfo says at and around every change of a zone's clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import pytest

from auditor.log.zones import END, MICROS, STEP, to_utc, transitions

EPOCH = datetime(1970, 1, 1)
Readable: Any = import_module("zoneinfo._zoneinfo").ZoneInfo  # in Python, so that its list of changes can be read
ZONES = (
    "America/Los_Angeles", "Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza",
    "America/Sao_Paulo", "Asia/Pyongyang",
)  # fmt: skip


def test_no_zone_changes_twice_within_the_step_by_which_changes_are_looked_for() -> None:
    shortest: dict[str, int] = {}
    for name in available_timezones():
        zone: Any = Readable(name)
        offsets = [info.utcoff for info in (zone._tti_before, *zone._ttinfos)]
        changed = zip(zone._trans_utc, offsets, offsets[1:], strict=False)
        seconds = [at for at, one, next in changed if one != next and at > -STEP]
        shortest[name] = min((b - a for a, b in pairwise(seconds)), default=END)
    assert shortest["Asia/Gaza"] < 7 * 86_400, "the shortest that is known"
    assert min(shortest.values()) > STEP


@pytest.mark.parametrize("name", ZONES)
def test_every_change_of_a_zone(name: str) -> None:
    zone = ZoneInfo(name)
    around = (-1, 0, 1, 3600 * MICROS, -3600 * MICROS)
    changes = [change for change in transitions(name) if change[0] > 2 * 86_400]
    walls = sorted({(at + off) * MICROS + d for at, *both in changes for off in both for d in around})
    assert walls
    connection = duckdb.connect()
    connection.execute("CREATE TABLE walls AS SELECT unnest(CAST(? AS BIGINT[])) AS local", [walls])
    earliest, latest = (to_utc("local", name, end=end) for end in (False, True))
    for local, first, last in connection.execute(f"SELECT local, {earliest}, {latest} FROM walls").fetchall():
        readings = [_micros(_wall(local).replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
        if all(_local(reading, zone) == local for reading in readings):
            assert [first, last] == readings
        else:  # in a gap: the change itself, and the microsecond before it
            assert first == last + 1
            assert _local(last, zone) < local < _local(first, zone) or local == _local(last, zone) + 1


def _wall(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def _micros(moment: datetime) -> int:
    return (moment.astimezone(UTC).replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1)


def _local(micros: int, zone: ZoneInfo) -> int:
    return (_wall(micros).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) - EPOCH) // timedelta(
        microseconds=1
    )
