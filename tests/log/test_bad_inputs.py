"""Every file that cannot be a log is refused with a reason and a remedy."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log import load

from .helpers import HEADER, read, write

ROW = "report.received,2024-01-01T10:00Z,r1\n"


def refused(*args: object, **options: object) -> UnusableError:
    with pytest.raises(UnusableError) as caught:
        load(*args, **options)  # type: ignore[arg-type]
    return caught.value


def test_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, HEADER, "export.csv")
    error = refused(tmp_path / "exprt.csv")
    assert error.diagnostic.code == "log-missing"
    assert "export.csv" in error.diagnostic.help


def test_missing_pattern(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "*.csv")).diagnostic.code == "log-missing"


@pytest.mark.parametrize(("text", "name", "code"), [
    (b"", "log.csv", "log-empty"),
    (b"\n\n", "log.csv", "log-empty"),
    (b"event,time,report_id\n", "log.csv", "log-empty"),
    (b"event;time;report_id\nreport.received;2024-01-01T10:00Z;r1\n", "log.csv", "wrong-delimiter"),
    (b"event\ttime\treport_id\n", "log.csv", "wrong-delimiter"),
    (b"event,time,report_id\n", "log.tsv", "wrong-delimiter"),
    (b"event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\r\n", "log.csv", "mixed-line-ends"),
    (b"event,time,time,report_id\n", "log.csv", "duplicate-column"),
    (b"event,t\xefme,report_id\n", "log.csv", "not-utf8"),
    ("event,time,report_id\n".encode("utf-16"), "log.csv", "not-utf8"),
    (b'event,"time,report_id\nreport.received,1,2\n', "log.csv", "bad-header"),
    (b"PK\x03\x04 sheet", "log.xlsx", "log-format"),
    (b"SQLite format 3", "log.sqlite", "log-format"),
    (b"event,time", "log.csv.gz", "log-packing"),
    (b"event,time", "log.parquet", "log-format"),
    (b"PAR1 but no more", "log.parquet", "log-unreadable"),
    (b"[]", "log.json", "log-empty"),
    (b"{", "log.json", "log-unreadable"),
    (b"nothing\n", "log.jsonl", "log-empty"),
    (gzip.compress(b"event,time,report_id\n" * 99)[:-20], "log.csv.gz", "log-unreadable"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_refused(tmp_path: Path, text: bytes, name: str, code: str) -> None:
    error = refused(write(tmp_path, text, name))
    assert error.diagnostic.code == code
    assert error.exit_code == 2


def test_wrong_delimiter_says_which_one_was_seen(tmp_path: Path) -> None:
    error = refused(write(tmp_path, "event;time;report_id\n"))
    assert "`;` stands in the header" in str(error)
    assert 'delimiter: ";"' in error.diagnostic.help


def test_folder_url_database_and_other_things(tmp_path: Path) -> None:
    assert refused(tmp_path).diagnostic.code == "log-is-folder"
    assert refused("postgres://host/log").diagnostic.code == "log-url"
    assert refused(42).diagnostic.code == "log-kind"
    assert refused([]).diagnostic.code == "no-log"


def test_too_many_rejects_name_reasons_and_places(tmp_path: Path) -> None:
    text = HEADER + "\n" + ROW * 8 + "report.received,31/02/2024,r1\nreport.recieved,2024-01-01T10:00Z,r1\n"
    with pytest.raises(UnusableError) as caught:
        read(tmp_path, text, max_rejects=0.1)
    assert "2 of 10 rows cannot be read (bad_time 1, unknown_event 1)" in str(caught.value)
    assert "log.csv:10 bad_time in `time`" in caught.value.diagnostic.help
    assert read(tmp_path, text, max_rejects=0.2).health.rejected == {"bad_time": 1, "unknown_event": 1}


def test_a_memory_limit_that_is_no_size(tmp_path: Path) -> None:
    assert refused(write(tmp_path, HEADER + "\n" + ROW), memory="much").diagnostic.code == "bad-option"


def test_a_memory_limit(tmp_path: Path) -> None:
    log = load(write(tmp_path, HEADER + "\n" + ROW), memory="200MB", spill=str(tmp_path))
    assert log.health.events == 1


def test_a_frame_with_one_column_twice() -> None:
    frame = pd.DataFrame(
        [["report.received", "2024-01-01T10:00Z", "r1", "r2"]], columns=["event", "time", "report_id", "report_id"]
    )
    assert refused(frame).diagnostic.code == "duplicate-column"


def test_an_empty_frame() -> None:
    assert refused(pd.DataFrame({"event": [], "time": [], "report_id": []}, dtype=str)).diagnostic.code == "log-empty"


def test_nothing_of_a_broken_log_is_quoted(tmp_path: Path) -> None:
    error = refused(write(tmp_path, '[{"event": "a private matter"', "log.json"))
    assert "private" not in str(error)
