"""Columns that the mapping names and files lack: an error where no file has them, a note where some do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.base.diagnostics import DiagnosticsError
from auditor.log import load
from auditor.log.log import Log

from .helpers import mapped, rows, write

EVENT = {"event": "report.received", "time": "2020-01-01T00:00:00Z"}
FULL, SPARSE = EVENT | {"report_id": "R1", "rec": "NCMEC"}, EVENT | {"report_id": "R2"}


def lines(folder: Path, **files: dict[str, str]) -> list[Path]:
    return [write(folder, json.dumps(record) + "\n", f"{name}.jsonl") for name, record in files.items()]


def tables(folder: Path, **files: dict[str, str]) -> list[Path]:
    return [
        write(folder, f"{','.join(record)}\n{','.join(record.values())}\n", f"{name}.csv")
        for name, record in files.items()
    ]


def opened(folder: Path, files: list[Path], mapping: str) -> Log:
    return load(files, mapped(folder, mapping))


@pytest.mark.parametrize("written", [lines, tables])
def test_a_column_that_some_files_lack_is_told(tmp_path: Path, written: type) -> None:
    files = written(tmp_path, a=FULL, b=SPARSE)
    log = opened(tmp_path, files, "log: {fields: {recipient: rec}}")
    assert rows(log, "report_id", "recipient") == [("R1", "NCMEC"), ("R2", None)]
    [note] = log.health.notes
    assert note == f"1 of 2 files ({files[1]}) lack the column `rec`: its values are missing there"


def test_so_is_a_canonical_one(tmp_path: Path) -> None:
    files = lines(tmp_path, a=FULL | {"recipient": "NCMEC"}, b=SPARSE)
    [note] = load(files).health.notes
    assert "lack the column `recipient`" in note


@pytest.mark.parametrize("count", [1, 2])
def test_one_that_no_file_has_is_an_error(tmp_path: Path, count: int) -> None:
    files = lines(tmp_path, **dict.fromkeys("ab"[:count], SPARSE))
    with pytest.raises(DiagnosticsError, match="no column `rec`" if count == 1 else "none of the 2 files has a column"):
        opened(tmp_path, files, "log: {fields: {recipient: rec}}")


@pytest.mark.parametrize("mapping", [
    "fields: {recipient: {column: rec, optional: true}}",
    "events: {report.received: {time: time, recipient: {column: rec, optional: true}}}",
    "events: {report.received: {time: time}, report.closed: {time: {column: closed, optional: true}}}",
    "events: {report.received: {time: {column: time, latest: seen, optional: true}}}",
])  # fmt: skip
@pytest.mark.parametrize("written", [lines, tables])
def test_unless_it_is_optional(tmp_path: Path, written: type, mapping: str) -> None:
    log = opened(tmp_path, written(tmp_path, a=SPARSE), f"log:\n  {mapping}\n")
    assert rows(log, "event", "report_id") == [("report.received", "R2")]
    assert log.health.notes == ()


@pytest.mark.parametrize("written", [lines, tables])
@pytest.mark.parametrize("column", ["event", "time"])
def test_no_file_may_lack_event_or_time(tmp_path: Path, written: type, column: str) -> None:
    files = written(tmp_path, a=FULL, b={name: value for name, value in SPARSE.items() if name != column})
    with pytest.raises(DiagnosticsError) as caught:
        load(files)
    assert f"{files[1]}: error[missing-column]: this file has no column `{column}`" in str(caught.value)
    with pytest.raises(DiagnosticsError, match=rf"b\.(csv|jsonl) has no column `{column}`"):
        opened(tmp_path, files, f"log: {{{column}: {column}}}")


def test_a_header_that_lacks_the_time_of_a_case_table_cannot_record_it(tmp_path: Path) -> None:
    mapping = "log: {events: {report.received: time, report.closed: closed}}"
    cases = {"a": FULL | {"closed": "2020-01-02T00:00:00Z"}, "b": SPARSE}
    with pytest.raises(DiagnosticsError, match=r"b\.csv has no column `closed`"):
        opened(tmp_path, tables(tmp_path, **cases), mapping)
    log = opened(tmp_path, lines(tmp_path, **cases), mapping)
    assert [event for (event,) in rows(log, "event")] == ["report.closed", "report.received", "report.received"]
    assert "lack the column `closed`" in log.health.notes[0]


def test_the_time_of_an_event_table_is_never_optional(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticsError, match="cannot be optional"):
        opened(tmp_path, lines(tmp_path, a=FULL), "log: {time: {column: time, optional: true}}")
