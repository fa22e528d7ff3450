"""Lengths of time as tests and examples show them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.rules.offsets import shown


@pytest.mark.parametrize(
    ("length", "text", "full"),
    [
        (timedelta(), "0 h", "0 h 00 min 00 s"),
        (timedelta(hours=24), "24 h", "24 h 00 min 00 s"),
        (timedelta(hours=24, seconds=1), "24 h 00 min 01 s", "24 h 00 min 01 s"),
        (timedelta(hours=1, minutes=5), "1 h 05 min", "1 h 05 min 00 s"),
        (timedelta(minutes=5), "5 min", "5 min 00 s"),
        (timedelta(seconds=1), "1 s", "1 s"),
        (timedelta(hours=2, microseconds=-1), "1 h 59 min 59.999999 s", "1 h 59 min 59.999999 s"),
        (timedelta(days=7), "7 d", "7 d 0 h 00 min 00 s"),
        (timedelta(days=7, hours=1), "7 d 1 h", "7 d 1 h 00 min 00 s"),
        (timedelta(hours=-2), "-2 h", "-2 h 00 min 00 s"),
    ],
)
def test_lengths(length: timedelta, text: str, full: str) -> None:
    assert shown(length) == text
    assert shown(length, full=True) == full
