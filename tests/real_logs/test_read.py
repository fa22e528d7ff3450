"""Public logs from other fields are read whole: no reject, and the counts that their publishers state."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.log import load
from auditor.log.log import Log
from auditor.log.mapping import load_mapping

HERE = Path(__file__).parent
pytestmark = pytest.mark.real_logs


def folder() -> Path:
    return Path(os.environ["AUDITOR_REAL_LOGS"])


def distinct(log: Log, column: str) -> int:
    query = f"SELECT count(DISTINCT {column}) FROM {log.events.get_name()}"
    return int(log.backend.con.execute(query).fetchone()[0])  # type: ignore[attr-defined]


def test_wabo() -> None:
    log = load(folder() / "wabo-receipt" / "receipt.csv", HERE / "wabo.mapping.yaml")
    assert not log.health.rejected
    assert distinct(log, "report_id") == 1434
    assert log.profile["report.acknowledged"].count == 1434
    late = (
        "SELECT count(DISTINCT report_id) FILTER (time > deadline), count(DISTINCT report_id) "
        f"FROM {log.events.get_name()} WHERE event = 'report.closed'"
    )
    assert log.backend.con.execute(late).fetchone() == (377, 1329)  # type: ignore[attr-defined]


def test_wabo_from_parquet_gives_the_same_times() -> None:
    """Its columns are local times without a zone: read as UTC they would all be an hour or two late."""
    model = load_mapping(HERE / "wabo.mapping.yaml").model
    text = load(folder() / "wabo-receipt" / "receipt.csv", model)
    typed = load(
        folder() / "wabo-receipt" / "receipt.parquet", model.model_copy(update={"timezone": "Europe/Amsterdam"})
    )
    assert {name: item.count for name, item in text.profile.items()} == {
        name: item.count for name, item in typed.profile.items()
    }
    assert text.profile["report.received"].first == typed.profile["report.received"].first


def test_helpdesk() -> None:
    log = load(folder() / "helpdesk" / "helpdesk_events.csv.gz", HERE / "helpdesk.mapping.yaml")
    assert not log.health.rejected
    assert distinct(log, "report_id") == 4580
    assert log.profile["report.received"].count == 118, "the first step of a case is not its arrival"


def test_bpic2013() -> None:
    log = load(folder() / "bpic2013" / "incidents_events.csv.gz", HERE / "bpic2013.mapping.yaml")
    assert not log.health.rejected
    assert log.health.rows == 65_533
    assert log.health.ignored == {"unmapped_event": 5}


def test_lines_that_shift_columns_elsewhere(tmp_path: Path) -> None:
    """Eleven real lines, eight with a quote that is not doubled: none is read with shifted columns."""
    lines = (folder() / "dsa" / "malformed_real_lines.txt").read_bytes()
    header = ",".join(f"c{i}" for i in range(1, 38))
    path = tmp_path / "dsa.csv"
    path.write_bytes(header.encode() + b"\n" + lines)
    mapping = tmp_path / "dsa.mapping.yaml"
    mapping.write_text("log:\n  timezone: UTC\n  fields: {decision_id: c1}\n  events: {statement.filed: {time: c37}}\n")
    from auditor.base.diagnostics import UnusableError

    with pytest.raises(UnusableError) as caught:
        load(path, mapping)
    assert caught.value.diagnostic.code in ("too-many-rejects", "log-empty")
