"""Durations as rules write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.base.durations import Duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration", "shown"),
    [
        ("24h", Duration(seconds=86400), "24 h"),
        (" 90 min ", Duration(seconds=5400), "90 min"),
        ("2 Hours", Duration(seconds=7200), "2 h"),
        ("45s", Duration(seconds=45), "45 s"),
        ("0h", Duration(), "0 h"),
        ("1 day", Duration(days=1), "1 day"),
        ("2w", Duration(days=14), "14 days"),
        ("1 month", Duration(months=1), "1 month"),
        ("2 years", Duration(months=24), "24 months"),
        ("100 years", Duration(months=1200), "1200 months"),
    ],
)
def test_a_duration_is_read(text: str, duration: Duration, shown: str) -> None:
    assert parse_duration(text) == duration
    assert str(duration) == shown
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 year", "1 year"),
        ("2 years", "2 years"),
        ("12 months", "12 months"),
        ("1w", "1 week"),
        ("2 weeks", "2 weeks"),
        ("7 days", "7 days"),
        ("1d", "1 day"),
        ("24h", "24 h"),
        ("60 minutes", "60 min"),
        ("60m", "60 min"),
        ("3600 sec", "3600 s"),
        ("0 days", "0 days"),
        ("1 Hour", "1 h"),
    ],
)
def test_a_duration_is_shown_as_it_was_written(text: str, shown: str) -> None:
    assert str(parse_duration(text)) == shown
    assert str(parse_duration(shown)) == shown


def test_the_unit_is_no_part_of_the_length() -> None:
    year, months = parse_duration("1 year"), parse_duration("12 months")
    assert year == months
    assert len({year, months}) == 1


@pytest.mark.parametrize(
    "text", ["", "24", "h", "24hh", "1M", "-1h", "1.5h", "24 h h", "1000 years", "9" * 5000 + "h", "٣h"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|unit"):
        parse_duration(text)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    try:
        parse_duration(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both outcomes are right
