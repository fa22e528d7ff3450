"""docs/log.md states the bounds that the reader keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.log import checks, zones

from .helpers import read, rejected

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "log.md").read_text().split())


@pytest.mark.parametrize(("zone", "outside", "inside"), [
    ("UTC", ["0000-12-31T23:59:59", "9999-12-31T23:59:59-01:00"], ["0001-01-01T00:00:00", "9999-12-31T23:59:59"]),
    ("Europe/Paris", ["1969-12-31T12:00:00", "2100-01-01T12:00:00"], ["1970-01-01T12:00:00", "2099-12-31T12:00:00"]),
])  # fmt: skip
def test_years(tmp_path: Path, zone: str, outside: list[str], inside: list[str]) -> None:
    cells = [*outside, *inside]
    text = "event,time,report_id\n" + "".join(f"report.received,{cell},r1\n" for cell in cells)
    log = read(tmp_path, text, f"log: {{timezone: {zone}}}")
    assert [value for *_, value in rejected(log)] == outside
    years = [int(cell[:4]) for cell in inside]
    stated = {"UTC": r"Times are read for the years (\d+) to (\d+)", "Europe/Paris": r"changes for (\d+) to (\d+)"}
    found = re.search(stated[zone], PAGE)
    assert found is not None
    assert [int(year) for year in found.groups()] == years
    assert (zones.FIRST_YEAR, zones.END_YEAR - 1) == (1970, 2099)


def test_the_note_on_a_far_newest_time() -> None:
    assert f"a newest time that lies more than {checks.FAR.days} days after the one before it" in PAGE
