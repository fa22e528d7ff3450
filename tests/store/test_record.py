"""What is new, what continues and what is resolved from night to night."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from auditor.base.diagnostics import UnusableError
from tests.results.fake import rule
from tests.store.nights import FIRST, SECOND, START, counts, draft, kept, night, statuses

V, U = "violated", "undetermined"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "audits.db"


def rows(store: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(store) as connection:
        return connection.execute(query).fetchall()


def spells(store: Path) -> list[tuple[object, ...]]:
    """Subject, verdict, first run, last run, ended by, ended as."""
    return rows(
        store,
        "SELECT subject, verdict, first_run, last_run, ended_run, ended_as FROM spell "
        "JOIN finding ON id = spell.finding ORDER BY subject, first_run",
    )


def test_the_first_night_everything_is_new(store: Path) -> None:
    first = kept(store, night(1, {1: V, 2: U, 3: "met"}))
    assert counts(first) == (2, 0, 0)
    assert statuses(first) == {"R1": "new", "R2": "new"}
    assert first.comparison is not None
    assert first.comparison.as_dict()["recorded"] == {"store": str(store), "series": "main", "run": 1}
    assert spells(store) == [("R1", V, 1, 1, None, None), ("R2", U, 1, 1, None, None)]


def test_the_next_night_some_go_on_some_are_resolved(store: Path) -> None:
    kept(store, night(1, {1: V, 2: U, 3: V}))
    second = kept(store, night(2, {1: V, 2: "met", 30: V}))
    assert counts(second) == (1, 1, 2)
    assert statuses(second) == {"R1": "continuing", "R30": "new"}
    assert [row for row in spells(store) if row[0] != "R30"] == [
        ("R1", V, 1, 2, None, None), ("R2", U, 1, 1, 2, "resolved"), ("R3", V, 1, 1, 2, "resolved"),
    ]  # fmt: skip


def test_doubt_that_becomes_certain_is_new_and_nothing_is_resolved(store: Path) -> None:
    kept(store, night(1, {1: U, 2: V}))
    second = kept(store, night(2, {1: V, 2: U}))
    assert counts(second) == (2, 0, 0)
    assert spells(store) == [
        ("R1", U, 1, 1, 2, V), ("R1", V, 2, 2, None, None), ("R2", V, 1, 1, 2, U), ("R2", U, 2, 2, None, None),
    ]  # fmt: skip


def test_what_comes_back_is_new_and_keeps_its_earlier_life(store: Path) -> None:
    for number, found in enumerate(({1: V}, {}, {1: V}, {1: V}), 1):
        last = kept(store, night(number, found))
    assert counts(last) == (0, 1, 0)
    assert spells(store) == [("R1", V, 1, 1, 2, "resolved"), ("R1", V, 3, 4, None, None)]
    assert rows(store, "SELECT number, new, continuing, resolved FROM tally ORDER BY number") == [
        (1, 1, 0, 0), (2, 0, 0, 1), (3, 1, 0, 0), (4, 0, 1, 0),
    ]  # fmt: skip


def test_a_rule_that_is_not_judged_leaves_its_findings_open(store: Path) -> None:
    kept(store, night(1, {1: V, 101: V}, rules=(FIRST, SECOND)))
    without = kept(store, night(6, {1: V}))
    assert counts(without) == (0, 1, 0)
    blind = kept(store, night(7, {1: V}, rules=(FIRST, SECOND), unjudged={"second": "not recorded"}))
    assert counts(blind) == (0, 1, 0)
    back = kept(store, night(8, {1: V, 101: V}, rules=(FIRST, SECOND)))
    assert counts(back) == (0, 2, 0)
    assert spells(store)[1] == ("R101", V, 1, 4, None, None)


def test_what_the_log_does_not_reach_stays_open(store: Path) -> None:
    kept(store, night(2, {1: V, 30: V}))
    rolling = kept(store, night(3, {}, since=START.replace(day=2)))
    assert counts(rolling) == (0, 0, 1)
    assert [row[0] for row in spells(store) if row[4] is None] == ["R1"]


def test_series_do_not_know_each_other(store: Path) -> None:
    kept(store, night(1, {1: V}), series="a")
    other = kept(store, night(1, {2: V}), series="b")
    assert counts(other) == (1, 0, 0)
    assert counts(kept(store, night(2, {1: V}), series="a")) == (0, 1, 0)


def test_the_store_keeps_what_is_not_shown(store: Path) -> None:
    kept(store, night(1, {1: V, 2: U}, show=("pending",)))
    assert len(spells(store)) == 2


def test_drafts_are_kept_and_stand_apart(store: Path) -> None:
    tried = (FIRST, draft(SECOND))
    assert counts(kept(store, night(6, {1: V, 101: V}, rules=tried))) == (1, 0, 0)
    second = kept(store, night(7, {1: V}, rules=tried))
    assert counts(second) == (0, 1, 0)
    assert ("R101", V, 1, 1, 2, "resolved") in spells(store)
    assert rows(store, "SELECT rule, draft, resolved FROM tally WHERE number = 2 ORDER BY rule") == [
        ("first", 0, 0), ("second", 1, 1),
    ]  # fmt: skip
    assert [point["violated"]["medium"] for point in second.trend] == [0, 0]


def test_the_trend_tells_each_run(store: Path) -> None:
    kept(store, night(1, {1: V, 2: V, 101: U}, rules=(FIRST, SECOND)))
    second = kept(store, night(2, {1: V}))
    none = {"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0}
    assert second.trend == (
        {"run": 1, "as_of": "2025-10-02T00:00:00Z", "violated": none | {"critical": 2}, "undetermined": 1},
        {"run": 2, "as_of": "2025-10-03T00:00:00Z", "violated": none | {"critical": 1}, "undetermined": 0},
    )


def test_an_audit_of_the_past_is_refused(store: Path) -> None:
    kept(store, night(2, {1: V}))
    before = store.read_bytes()
    with pytest.raises(UnusableError, match=r"run 1 of the series main as of 2025-10-03T00:00:00Z"):
        kept(store, night(1, {}))
    assert store.read_bytes() == before


def test_severities_are_those_of_the_time(store: Path) -> None:
    kept(store, night(1, {1: V}))
    lighter = rule("first", severity="low")
    second = kept(store, night(2, {}, rules=(lighter,)))
    assert second.comparison is not None
    assert second.comparison.resolved_findings["severity"].to_pylist() == ["critical"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x1b[31m"])
def test_a_series_has_a_readable_name(store: Path, name: str) -> None:
    with pytest.raises(UnusableError, match="printable"):
        kept(store, night(1, {1: V}), series=name)
    assert not store.exists()
