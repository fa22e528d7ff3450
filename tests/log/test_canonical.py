"""A log whose columns have canonical names needs no mapping."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log import load
from auditor.log.log import ROWS_PER_FILE

from .helpers import at, read, rows

TEXT = """event,time,report_id,category,minor_involved,is_test,views,message
report.received,2024-01-01T10:00:00Z,r1,csam,true,,12,a secret
decision.made,2024-01-01T13:30:00.250+02:00,r1,,,0,,another secret
"""


def test_types_times_and_places(tmp_path: Path) -> None:
    log = read(tmp_path, TEXT)
    found = rows(
        log, "event", "time", "time_latest", "report_id", "category", "minor_involved", "is_test", "views", "place"
    )
    assert found == [
        ("report.received", at("2024-01-01 10:00"), at("2024-01-01 10:00"), "r1", "csam", True, None, 12, 2),
        (
            "decision.made",
            at("2024-01-01 11:30:00.250"),
            at("2024-01-01 11:30:00.250"),
            "r1",
            None,
            None,
            False,
            None,
            3,
        ),
    ]
    assert str(log.events.time.type()) == "timestamp(6)"
    assert log.covers == {"report.received", "decision.made"}
    assert log.observed_until == at("2024-01-01 11:30:00.250")
    assert log.observed_from is None
    assert log.file_of(3) == (str(tmp_path / "log.csv"), 3)
    assert not log.has_event_ids


def test_columns_that_nobody_names_are_never_loaded(tmp_path: Path) -> None:
    log = read(tmp_path, TEXT)
    con = log.backend.con  # type: ignore[attr-defined]
    stored = con.execute("SELECT sql FROM duckdb_views() UNION ALL SELECT sql FROM duckdb_tables()").fetchall()
    assert "message" not in str(stored)
    assert "message" not in log.events.columns
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        assert "secret" not in str(con.execute(f"SELECT * FROM {table}").fetchall())


def test_profile_counts_missing_values(tmp_path: Path) -> None:
    profile = read(tmp_path, TEXT).profile["decision.made"]
    assert (profile.count, profile.first, profile.last) == (
        1,
        at("2024-01-01 11:30:00.250"),
        at("2024-01-01 11:30:00.250"),
    )
    assert profile.missing == {"report_id": 0, "category": 1, "minor_involved": 1, "is_test": 0, "views": 1}


def test_event_ids_are_identities(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "event,time,report_id,event_id\nreport.received,2024-01-01T10:00Z,r1,e1\n"
        "report.received,2024-01-02T10:00Z,r1,\n",
    )
    assert log.has_event_ids
    first, second = (row[0] for row in rows(log, "identity"))
    assert first == "e1"
    assert len(second) == 32


def test_time_latest_is_read(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "event,time,time_latest,content_id\n"
        "content.removed,2024-01-01T10:00Z,2024-01-01T16:00Z,c1\n"
        "content.removed,2024-01-02T10:00Z,,c1\n",
    )
    assert rows(log, "time_latest") == [(at("2024-01-01 16:00"),), (at("2024-01-02 10:00"),)]
    assert log.health.imprecise == 1


@pytest.mark.parametrize("name", ["log.parquet", "frame"])
def test_typed_sources_stay_as_they_are(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({
        "event": ["report.received", "decision.made"],
        "time": pd.to_datetime(["2024-01-01T10:00:00+00:00", "2024-07-01T10:00:00+00:00"]).tz_convert("Europe/Paris"),
        "report_id": [7.0, 7.0],
        "minor_involved": pd.array([True, None], dtype="boolean"),
        "secret": ["x", "y"],
    })  # fmt: skip
    if name == "frame":
        log = load(frame)
    else:
        frame.to_parquet(tmp_path / name)
        log = load(tmp_path / name)
    assert rows(log, "event", "time", "report_id", "minor_involved", "place") == [
        ("report.received", at("2024-01-01 10:00"), "7", True, 1),
        ("decision.made", at("2024-07-01 10:00"), "7", None, 2),
    ]
    assert "secret" not in log.events.columns


def test_an_ibis_table_keeps_its_connection(tmp_path: Path) -> None:
    import ibis

    path = tmp_path / "log.csv"
    path.write_text(TEXT)
    con = ibis.duckdb.connect()
    log = load(con.read_csv(str(path), all_varchar=True))
    assert log.backend is con
    assert rows(log, "event", "place") == [("report.received", 1), ("decision.made", 2)]


def test_naive_columns_need_a_zone() -> None:
    frame = pd.DataFrame(
        {"event": ["report.received"], "time": pd.to_datetime(["2024-07-01 10:00"]), "report_id": ["r1"]}
    )
    with pytest.raises(UnusableError, match="carry no offset"):
        load(frame)
    from auditor.log.spec import Mapping

    assert rows(load(frame, Mapping(timezone="Europe/Paris")), "time") == [(at("2024-07-01 08:00"),)]


def test_a_frame_with_mixed_types_is_refused() -> None:
    frame = pd.DataFrame({"event": ["report.received"] * 2, "time": ["2024-07-01T10:00Z"] * 2, "report_id": [1, "x"]})
    with pytest.raises(UnusableError, match="`report_id` mixes types"):
        load(frame)


def test_several_files_and_patterns(tmp_path: Path) -> None:
    for day in (1, 2):
        (tmp_path / f"day{day}.csv").write_text(f"report_id,event,time\nr{day},report.received,2024-01-0{day}T10:00Z\n")
    log = load(str(tmp_path / "day*.csv"))
    assert rows(log, "report_id", "place") == [("r1", 2), ("r2", ROWS_PER_FILE + 2)]
    assert log.file_of(ROWS_PER_FILE + 2) == (str(tmp_path / "day2.csv"), 2)


def test_files_may_order_their_columns_differently(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("report_id,event,time\nr1,report.received,2024-01-01T10:00Z\n")
    (tmp_path / "b.csv").write_text("time,category,event,report_id\n2024-01-01T10:00Z,,report.received,r1\n")
    log = load([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert len(set(rows(log, "identity"))) == 1
    assert rows(log, "category") == [(None,), (None,)]


def test_columns_that_differ_only_in_case(tmp_path: Path) -> None:
    log = read(tmp_path, "event,time,REPORT_ID,report_id\nreport.received,2024-01-01T10:00Z,wrong,right\n")
    assert rows(log, "report_id") == [("right",)]


def test_events_without_known_columns_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="no column `event`"):
        read(tmp_path, "evnt,time,report_id\nreport.received,2024-01-01T10:00Z,r1\n")
    with pytest.raises(UnusableError, match="no column gives an id"):
        read(tmp_path, "event,time\nreport.received,2024-01-01T10:00Z\n")
