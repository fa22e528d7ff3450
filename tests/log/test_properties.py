"""However a log is cut, ordered and packed: the same events."""

from __future__ import annotations

import gzip
import io
import random
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.log import load
from auditor.log.log import Log
from auditor.log.order import out_of_order
from auditor.log.schema import VOCABULARY

from .helpers import read, rows

CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6)
ROW = st.tuples(
    st.sampled_from(VOCABULARY[:6]),
    st.datetimes(datetime(2020, 1, 1), datetime(2025, 1, 1)).map(lambda moment: moment.isoformat() + "Z"),
    CELL.map(lambda text: "r" + text),
    CELL,
    st.sampled_from(["", "csam", "other"]),
)
COLUMNS = ["event", "time", "report_id", "recipient", "category"]


def csv_text(table: list[tuple[str, ...]], columns: list[int]) -> str:
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([COLUMNS[i] for i in columns])
    writer.writerows([[row[i] for i in columns] for row in table])
    return out.getvalue()


def events(log: Log) -> set[tuple[object, ...]]:
    return set(rows(log, "event", "time", "time_latest", "report_id", "recipient", "category", "identity"))


@settings(max_examples=12, deadline=None)
@given(table=st.lists(ROW, min_size=1, max_size=30), seed=st.integers(0, 1 << 30), cuts=st.integers(1, 3))
def test_order_split_and_duplicates(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, ...]], seed: int, cuts: int
) -> None:
    folder = tmp_path_factory.mktemp("log")
    whole = read(folder, csv_text(table, list(range(5))))
    chance = random.Random(seed)  # noqa: S311
    again = table + [chance.choice(table) for _ in range(5)]
    chance.shuffle(again)
    paths = []
    for i in range(cuts):
        columns = chance.sample(range(5), 5)
        paths.append(folder / f"part{i}.csv")
        paths[-1].write_text(csv_text(again[i::cuts], columns), newline="")
    chance.shuffle(paths)
    split = load(paths)
    assert events(split) == events(whole)
    assert len(events(whole)) == len(set(table)), "different rows have different identities"
    assert split.health.events == len(again)


@pytest.mark.parametrize("pack", ["gz", "zst", "gz-without-a-name"])
def test_packed(tmp_path: Path, pack: str) -> None:
    text = b"event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\n\nreport.closed,2024-01-02T10:00Z,r1\n"
    if pack == "zst":
        path = tmp_path / "log.csv.zst"
        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(text)
    else:
        path = tmp_path / ("log.csv.gz" if pack == "gz" else "log.csv")
        path.write_bytes(gzip.compress(text))
    assert rows(load(path), "event", "place") == [("report.received", 2), ("report.closed", 4)]


@pytest.mark.parametrize("format", ["csv", "jsonl", "json", "parquet"])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    import pandas as pd

    frame = pd.DataFrame({"event": ["report.received"], "time": ["2024-01-01T10:00Z"], "report_id": ["r1"]})
    raw = {
        "csv": lambda: frame.to_csv(index=False).encode(),
        "jsonl": lambda: frame.to_json(orient="records", lines=True).encode(),
        "json": lambda: frame.to_json(orient="records").encode(),
        "parquet": frame.to_parquet,
    }[format]()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    log = load("-")
    assert rows(log, "event", "report_id") == [("report.received", "r1")]
    assert log.health.files == ("<stdin>",)
    assert list(tmp_path.iterdir()) == [], "the copy of standard input is gone"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(tmp_path: Path, ending: str, start: str) -> None:
    log = read(tmp_path, start + ending.join(["event,time,report_id", "report.received,2024-01-01T10:00Z,r1", ""]))
    assert rows(log, "report_id") == [("r1",)]


def test_out_of_order_rows_are_counted_on_request(tmp_path: Path) -> None:
    text = "event,time,report_id\n" + "".join(f"report.received,2024-01-0{day}T10:00Z,r1\n" for day in (2, 1, 3))
    log = read(tmp_path, text)
    assert out_of_order(log) == 1


def test_health_in_words(tmp_path: Path) -> None:
    log = read(tmp_path, "event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\nreport.received,x,r1\n")
    assert log.health.line() == "1 event in 2 rows of 1 file; 1 row rejected (bad_time 1)"
    assert "rejected: bad_time 1" in log.health.details()


def test_imports_stay_cheap() -> None:
    import subprocess
    import sys

    code = "import sys, auditor.log; print(sorted({'ibis', 'duckdb', 'pandas', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
