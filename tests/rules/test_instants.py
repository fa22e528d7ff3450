"""Dates in zones: gaps, overlaps, calendar steps."""

from __future__ import annotations

from datetime import datetime

import pytest

from auditor.base.durations import Duration
from auditor.rules.instants import parse_instant, step, to_utc


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2024-05-07", "UTC", "2024-05-07T00:00"),
        ("2024-05-07", "Europe/Paris", "2024-05-06T22:00"),
        ("2024-05-07T12:30:00+02:00", "Asia/Tokyo", "2024-05-07T10:30"),
        ("2024-05-07 12:30Z", "Asia/Tokyo", "2024-05-07T12:30"),
        ("2024-05-07T12:30:00.25-0100", "UTC", "2024-05-07T13:30:00.250000"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00"),  # midnight falls into a gap: 01:00 local
        ("2023-10-29", "America/Scoresbysund", "2023-10-29T01:00"),  # midnight comes twice: the later one
    ],
)
def test_a_date_is_an_instant(text: str, zone: str, utc: str) -> None:
    assert parse_instant(text, zone) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    "text",
    [
        "2024-13-01",
        "2024-05-07T12:30:00",
        "20240507",
        "2024-W01-1",
        "0001-01-01",
        "9999-12-31T23:59:59-12:00",
        "٢٠٢٤-٠٥-٠٧",
    ],
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text, "UTC")


def test_a_gap_ends_at_its_first_instant_after() -> None:
    assert to_utc(datetime(2024, 3, 31, 2, 30), "Europe/Paris") == datetime(2024, 3, 31, 1)
    assert to_utc(datetime(2024, 10, 27, 2, 30), "Europe/Paris") == datetime(2024, 10, 27, 1, 30)


def test_calendar_steps_keep_the_wall_clock() -> None:
    noon = datetime(2024, 3, 30, 11)  # 12:00 in Paris, the day before summer time
    assert step(noon, Duration(days=1), "Europe/Paris") == datetime(2024, 3, 31, 10)
    assert step(noon, Duration(seconds=86400), "Europe/Paris") == datetime(2024, 3, 31, 11)
    assert step(datetime(2024, 1, 31), Duration(months=1), "UTC") == datetime(2024, 2, 29)
    assert step(datetime(2024, 1, 31), Duration(months=13), "UTC", -1) == datetime(2022, 12, 31)
