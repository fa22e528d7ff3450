"""Each reason for which a row is rejected: counted, placed, and shown by its one cell only."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log.rejects import REMEDIES

from .helpers import HEADER, read, rejected, rows

GOOD = "report.received,2024-01-01T10:00Z,r1"


@pytest.mark.parametrize(("row", "expected"), [
    ("report.received,2024-02-31T10:00Z,r1", ("bad_time", 3, "time", "2024-02-31T10:00Z")),
    ("report.received,yesterday,r1", ("bad_time", 3, "time", "yesterday")),
    ("report.received,2024-01-01T24:00Z,r1", ("bad_time", 3, "time", "2024-01-01T24:00Z")),
    ("report.received,2024-01-01T10:00+99:00,r1", ("bad_time", 3, "time", "2024-01-01T10:00+99:00")),
    ("report.received,,r1", ("no_time", 3, "time", None)),
    ("report.received,2024-01-01T10:00Z,", ("no_id", 3, "report_id", None)),
    ("report.recieved,2024-01-01T10:00Z,r1", ("unknown_event", 3, "event", "report.recieved")),
    (",2024-01-01T10:00Z,r1", ("unknown_event", 3, "event", None)),
    ("report.received,2024-01-01T10:00Z", ("ragged_row", 3, None, None)),
    ("report.received,2024-01-01T10:00Z,r1,more", ("ragged_row", 3, None, None)),
    ('report.received,2024-01-01T10:00Z,"r"1"', ("bad_quotes", 3, None, None)),
    ("event,time,report_id", ("repeated_header", 3, None, None)),
    (b"report.received,2024-01-01T10:00Z,\xff", ("not_utf8", 3, None, None)),
], ids=str)  # fmt: skip
def test_reasons(tmp_path: Path, row: str | bytes, expected: tuple[object, ...]) -> None:
    raw = row if isinstance(row, bytes) else row.encode()
    log = read(tmp_path, f"{HEADER}\n{GOOD}\n".encode() + raw + f"\n{GOOD}\n".encode())
    assert rejected(log) == [expected]
    assert log.health.rejected == {expected[0]: 1}
    assert (log.health.rows, log.health.events) == (3, 2)
    assert [place for (place,) in rows(log, "place")] == [2, 4], "later rows keep the numbers that a spreadsheet shows"


@pytest.mark.parametrize(("column", "cell", "reason"), [
    ("category", "CSAM", "unknown_value"),
    ("decision", "approved", "unknown_value"),
    ("minor_involved", "Y", "unknown_value"),
    ("automated", "2", "unknown_value"),
    ("views", "1.5", "bad_number"),
    ("views", "many", "bad_number"),
    ("views", "99999999999999999999", "bad_number"),
])  # fmt: skip
def test_values(tmp_path: Path, column: str, cell: str, reason: str) -> None:
    log = read(tmp_path, f"{HEADER},{column}\n{GOOD},\n{GOOD},{cell}\n")
    assert rejected(log) == [(reason, 3, column, cell)]


@pytest.mark.parametrize("cell", ["true", "TRUE", "True", "1"])
def test_plain_words_for_true(tmp_path: Path, cell: str) -> None:
    assert rows(read(tmp_path, f"{HEADER},is_test\n{GOOD},{cell}\n"), "is_test") == [(True,)]


def test_latest_before_earliest(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        f"event,time,time_latest,report_id\n{GOOD.replace(',r1', ',2024-01-01T09:59Z,r1')}\n"
        f"{GOOD.replace(',r1', ',,r1')}\n",
    )
    assert rejected(log) == [("impossible_time_order", 2, "time_latest", "2024-01-01T09:59Z")]


def test_a_local_time_that_the_clocks_skipped(tmp_path: Path) -> None:
    text = f"{HEADER}\nreport.received,2024-03-31 02:30:00,r1\nreport.received,2024-03-31 03:00:00,r1\n"
    log = read(tmp_path, text, "log: {timezone: Europe/Paris}")
    assert rejected(log) == [("nonexistent_time", 2, "time", "2024-03-31 02:30:00")]


def test_an_open_quote_is_not_a_silent_loss(tmp_path: Path) -> None:
    log = read(tmp_path, f'{HEADER}\n{GOOD}\n{GOOD}\nreport.received,2024-01-01T10:00Z,"r1\n{GOOD}\n{GOOD}\n')
    assert log.health.rejected == {"bad_quotes": 3}
    assert log.health.rows == 5


def test_undoubled_quotes_never_shift_columns(tmp_path: Path) -> None:
    log = read(tmp_path, HEADER + ",channel\n" + GOOD + ',"he said \\"so, twice\\", and left"\n' + GOOD + ",web\n")
    assert log.health.rejected == {"bad_quotes": 1} or log.health.rejected == {"ragged_row": 1}
    assert rows(log, "channel") == [("web",)]


def test_blank_lines_count_as_rows_of_the_sheet(tmp_path: Path) -> None:
    log = read(tmp_path, f"{HEADER}\n{GOOD}\n\n{GOOD}\nbroken\n\n\n{GOOD}\n\n\n")
    assert [place for (place,) in rows(log, "place")] == [2, 4, 8]
    assert rejected(log)[0][:2] == ("ragged_row", 5)
    assert log.health.rows == 4


def test_quoted_line_breaks_are_one_record(tmp_path: Path) -> None:
    log = read(tmp_path, f'{HEADER},channel\r\n{GOOD},"a\r\n\r\nb"\r\n{GOOD},web\r\n')
    assert rows(log, "channel", "place") == [("a\r\n\r\nb", 2), ("web", 3)]


def test_very_many_gaps(tmp_path: Path) -> None:
    text = HEADER + "\n" + "".join(f"{GOOD}\nbroken\n" for _ in range(900))
    log = read(tmp_path, text)
    assert [place for (place,) in rows(log, "place")] == list(range(2, 1802, 2))


def test_the_value_is_clipped_and_alone(tmp_path: Path) -> None:
    log = read(tmp_path, f"{HEADER},note\n{GOOD},private\nreport.received,{'9' * 300},r1,private\n")
    assert rejected(log) == [("bad_time", 3, "time", "9" * 80)]
    assert log.rejects is not None
    assert log.rejects.columns == ("reason", "file", "row", "column", "value")


@pytest.mark.parametrize(("line", "remedy"), [
    ("report.received,01/02/2024,r1", 'format: "%d/%m/%Y %H:%M"'),
    ("reprt.received,2024-01-01T00:00:00Z,r1", "else: ignore"),
    ("report.received,2024-01-01T00:00:00Z,", "columns hold references"),
    ("report.received,2024-01-01T00:00:00Z,r1,more", "more or fewer cells than the header"),
])  # fmt: skip
def test_too_many_rejects_say_what_to_do_about_most_of_them(tmp_path: Path, line: str, remedy: str) -> None:
    with pytest.raises(UnusableError) as caught:
        read(tmp_path, f"event,time,report_id\n{line}\n", max_rejects=0.001)
    assert caught.value.diagnostic.code == "too-many-rejects"
    assert remedy in caught.value.diagnostic.help


def test_every_remedy_is_for_a_reason_that_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "log.md").read_text()
    assert all(f"`{reason}`" in page for reason in REMEDIES)
