"""Every format, compared with an expected file; `pytest --update` rewrites them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditor.outputs import FORMATS, Look, Target, write, write_files
from auditor.outputs.formats import BINARY
from auditor.results.arrow import SCHEMA
from auditor.results.findings import FIELDS
from tests.outputs.story import grouped, story
from tests.results.fake import RECEIVED, audit, finding, log, rule

GOLDEN = Path(__file__).parent / "golden"
# Of the page, `tests/page/test_golden.py` compares what is the same on every machine.
TEXT = [name for name, suffixes in FORMATS.items() if suffixes and name not in (*BINARY, "html")]


def written(format: str, of=story, look: Look | None = None) -> bytes:  # type: ignore[no-untyped-def]
    stream = io.BytesIO()
    write(of(), format, stream, look or Look(width=100))
    return stream.getvalue()


@pytest.mark.parametrize("format", TEXT)
def test_as_expected(format: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"audit{FORMATS[format][0]}"
    found = _without_version(written(format))
    if request.config.getoption("--update"):
        path.write_bytes(found)
    assert found.decode() == path.read_text()


@pytest.mark.parametrize("format", ["table", "json", "markdown"])
def test_groups_as_expected(format: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"groups{FORMATS[format][0]}"
    found = _without_version(written(format, grouped))
    if request.config.getoption("--update"):
        path.write_bytes(found)
    assert found.decode() == path.read_text()


def _without_version(written: bytes) -> bytes:
    import auditor

    versions = f'"(auditor|semanticVersion)": "{re.escape(auditor.__version__)}"'
    written = re.sub(versions.encode(), rb'"\1": "VERSION"', written)
    return written.replace(f"by auditor {auditor.__version__}.".encode(), b"by auditor VERSION.")


def test_verbose_table(request: pytest.FixtureRequest) -> None:
    path = GOLDEN / "verbose.txt"
    found = written("table", look=Look(width=100, verbose=True)).decode()
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()


@pytest.mark.parametrize("format", FORMATS)
def test_same_input_same_bytes(format: str) -> None:
    assert written(format) == written(format)


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv").decode())))
    assert list(rows[0]) == FIELDS
    assert [row["subject"] for row in rows] == ["R1", "R2", "R4", "R5", "R6"]
    assert json.loads(rows[0]["evidence"])[1] == {
        "file": "responses.csv", "row": 7, "event": "referral.submitted", "time": "2020-01-21T11:04:00Z",
        "role": "match",
    }  # fmt: skip


def test_json_and_jsonl_agree() -> None:
    whole = json.loads(written("json"))
    lines = [json.loads(line) for line in written("jsonl").splitlines()]
    assert whole["findings"] == lines
    assert list(whole) == ["auditor", "as_of", "log", "packs", "rules", "groups", "group_verdicts", "findings"]
    assert list(lines[0]) == FIELDS
    keys = ["id", "severity", "activations", "met", "violated", "pending", "undetermined", "exempt", "waived"]
    assert list(whole["rules"][0])[: len(keys)] == keys


def test_parquet_is_typed() -> None:
    table = pq.read_table(io.BytesIO(written("parquet")))
    assert table.schema.equals(SCHEMA)
    assert table["subject"].to_pylist() == ["R1", "R2", "R4", "R5", "R6"]


@pytest.mark.parametrize(
    "setting", ["threads = 1", "threads = 4", "preserve_insertion_order = false", "TimeZone = 'Asia/Tokyo'"]
)
def test_parquet_files_hold_the_findings_in_their_order(setting: str, tmp_path: Path) -> None:
    """DuckDB writes them itself, from rows that were sorted before: nothing else may look different."""
    rules = [rule("a", severity="low"), rule("b"), rule("c", kind="not_followed_by")]
    rows = [
        finding("violated" if n % 3 else "met", f"R{n * 7919 % 6007}", rule_id="abc"[n % 3], number=n)
        for n in range(6007)
    ]
    rows = [row | {"activated_at": RECEIVED + timedelta(seconds=n % 50)} for n, row in enumerate(rows)]
    known = log()
    known.backend.raw_sql(f"SET {setting}")
    of = audit(*rows, rules=tuple(rules), log=known)
    write_files(of, [Target("parquet", tmp_path / "a.parquet")])
    found = pq.read_table(tmp_path / "a.parquet")
    assert found.cast(SCHEMA).equals(pa.Table.from_pandas(of.findings(), SCHEMA, preserve_index=False))
    assert [field.type for field in found.schema] == [field.type for field in SCHEMA]
    keys = ["severity", "rule_id", "verdict", "activated_at", "subject"]
    worst = [
        (r["severity"] != "critical", r["rule_id"], r["verdict"] != "violated", *(r[k] for k in keys[3:]))
        for r in found.to_pylist()
    ]
    assert worst == sorted(worst)


@pytest.mark.parametrize("format", FORMATS)
def test_no_findings(format: str) -> None:
    found = written(format, lambda: audit(finding("met"), show=("violated",)))
    assert found or format == "jsonl"
    if format == "json":
        assert json.loads(found)["findings"] == []
    if format == "csv":
        assert found == (",".join(FIELDS) + "\n").encode()
    if format == "parquet":
        assert pq.read_table(io.BytesIO(found)).num_rows == 0


def test_five_findings_for_a_rule_and_the_number_of_the_others() -> None:
    many = audit(*(finding(subject=f"R{n}", number=n) for n in range(1, 1236)))
    text = written("table", lambda: many).decode()
    assert text.count("  violated  R") == 5
    assert "… and 1,230 more" in text
    assert "1,235 of 1,235 violated" in text


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_the_table_keeps_to_the_width(width: int) -> None:
    lines = written("table", look=Look(width=width)).decode().splitlines()
    assert max(map(len, lines)) <= width


def test_colours_only_where_they_are_wanted() -> None:
    assert b"\x1b" not in written("table")
    assert b"\x1b[" in written("table", look=Look(color=True))
