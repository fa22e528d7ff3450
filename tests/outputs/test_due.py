"""What falls due, in every format; values of the log do nothing in any of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from auditor.base.durations import parse_duration
from auditor.outputs import Look
from auditor.outputs.due import FORMATS, write
from auditor.results.due import FIELDS, Due
from tests.outputs.test_hostile import ATTACKS, CONTROLS, INVISIBLE
from tests.results.fake import FAR, audit, finding
from tests.results.test_due import pending

GOLDEN = Path(__file__).parent / "golden"
DAY = timedelta(days=1)
INJECTED = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:injected"
IDS = [*ATTACKS, INJECTED, "x\nBEGIN:VALARM", "x\rATTACH:file", "a;b:c,d\\n", "x" * 1_000_000]


def text(found: Due, format: str, width: int = 100) -> str:
    stream = io.BytesIO()
    write(found, format, stream, Look(width=width))
    return stream.getvalue().decode()


@pytest.fixture(scope="module")
def found() -> Due:
    """A list that begins two hours after the log has ended."""
    return Due(pending(), FAR + 2 * DAY / 24, FAR + DAY, parse_duration("22h"))


@pytest.fixture(scope="module")
def attacks() -> Due:
    rows = (finding("pending", subject, due_at=FAR + DAY, number=n) for n, subject in enumerate(IDS))
    return Due(audit(*rows, show=("pending",)), FAR, FAR + DAY, parse_duration("24h"))


@pytest.mark.parametrize("format", FORMATS)
def test_as_expected(found: Due, format: str, request: pytest.FixtureRequest) -> None:
    import auditor

    path = GOLDEN / f"due.{format if format != 'table' else 'txt'}"
    told = text(found, format).replace(f'"auditor": "{auditor.__version__}"', "VERSION")
    if request.config.getoption("--update"):
        path.write_text(told, newline="")
    assert told.encode() == path.read_bytes()
    assert text(found, format) == text(found, format)


def test_csv_and_json_agree(found: Due) -> None:
    whole = json.loads(text(found, "json"))
    rows = list(csv.DictReader(io.StringIO(text(found, "csv"))))
    assert list(rows[0]) == list(whole["due"][0]) == list(FIELDS)
    for row, one in zip(rows, whole["due"], strict=True):
        assert row == {name: "" if v is None else str(v).lower() if v in (True, False) and name == "draft" else str(v)
                       for name, v in one.items()}  # fmt: skip
    assert whole["pending"] == whole["listed"] + whole["later"] + whole["without_due_time"]
    assert [band["due"] for band in whole["bands"]] == [6, 0, 1, 0, 1]


def test_the_calendar_reads_back(found: Due) -> None:
    calendar = Calendar.from_ical(text(found, "ics"))
    events = calendar.walk("VEVENT")
    due = json.loads(text(found, "json"))["due"]
    assert [str(event["uid"]) for event in events] == [one["fingerprint"] for one in due]
    [first] = [event for event in events if "R2" in event["summary"]]
    assert first["dtstart"].dt == datetime(2020, 2, 26, 1, tzinfo=UTC)
    assert {event["dtstamp"].dt for event in events} == {FAR.replace(tzinfo=UTC)}
    assert first["priority"] == 1
    assert "was due by 2020-02-26T01:00:00Z (statutory deadline)" in first["description"]
    assert not calendar.walk("VALARM")


def test_a_calendar_without_events_is_one() -> None:
    calendar = Calendar.from_ical(text(Due(audit(show=("pending",)), FAR, FAR + DAY, parse_duration("24h")), "ics"))
    assert (calendar["version"], calendar.walk("VEVENT")) == ("2.0", [])


def test_a_table_shows_some_of_each_band_and_counts_the_others() -> None:
    rows = (finding("pending", f"R{n:03}", due_at=FAR + DAY * n / 200, number=n) for n in range(100))
    told = text(Due(audit(*rows, show=("pending",)), FAR, FAR + DAY, parse_duration("24h")), "table")
    assert "within 24 h: 66" in told
    assert "… and 41 more; --output due.csv has all of them" in told
    assert told.splitlines()[-1].startswith("0 of 100 activations violated")


@pytest.mark.parametrize("format", FORMATS)
def test_values_do_nothing(attacks: Due, format: str) -> None:
    told = text(attacks, format, width=300)
    allowed = {"\n", "\r"} if format == "ics" else {"\n"}
    assert not set(told) & ({*CONTROLS, *INVISIBLE} - allowed)
    lines = told.splitlines()
    assert not any(line.lstrip().startswith(("::", "##[")) for line in lines)
    if format == "csv":
        assert len(lines) == len(IDS) + 1
        limit = csv.field_size_limit(2_000_000)
        cells = [cell for row in csv.DictReader(io.StringIO(told)) for cell in row.values()]
        csv.field_size_limit(limit)
        assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in cells)
    if format == "json":
        assert [one["subject"] for one in json.loads(told)["due"]] == sorted(IDS)
    if format == "table":
        assert "::error::" not in told
        assert len(told) < 20_000


def test_no_id_adds_a_line_to_a_calendar(attacks: Due) -> None:
    told = text(attacks, "ics")
    raw = told.encode().split(b"\r\n")
    assert raw.count(b"BEGIN:VEVENT") == raw.count(b"END:VEVENT") == len(IDS)
    assert b"BEGIN:VALARM" not in raw
    assert max(map(len, raw)) <= 75
    assert b"\n" not in b"".join(raw)
    assert b"\r" not in b"".join(raw)
    names = {line.split(b":")[0] for line in raw if line and not line.startswith(b" ")}
    assert names == {
        b"BEGIN", b"END", b"VERSION", b"PRODID", b"X-WR-CALNAME", b"SUMMARY", b"DTSTART", b"DTSTAMP", b"UID",
        b"CATEGORIES", b"DESCRIPTION", b"PRIORITY", b"TRANSP",
    }  # fmt: skip
    summaries = {str(event["summary"]) for event in Calendar.from_ical(told).walk("VEVENT")}
    assert "Due: x��END:VEVENT��BEGIN:VEVENT��SUMMARY:injected, referral-in-time" in summaries
    assert "Due: a;b:c,d\\n, referral-in-time" in summaries
    assert max(map(len, summaries)) < 200
