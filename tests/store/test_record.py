"""What is new, what continues and what is resolved from night to night."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.outputs.log_health import compared
from auditor.results.store import address, named
from auditor.results.waivers import read_waivers
from tests.results.fake import rule
from tests.store.conftest import Store
from tests.store.nights import FIRST, SECOND, START, counts, draft, night, statuses

V, U = "violated", "undetermined"


def test_the_first_night_everything_is_new(store: Store) -> None:
    first = store.kept(night(1, {1: V, 2: U, 3: "met"}))
    assert counts(first) == (2, 0, 0)
    assert statuses(first) == {"R1": "new", "R2": "new"}
    assert first.comparison is not None
    assert first.comparison.as_dict()["recorded"] == {"store": address(store.url).name, "series": "main", "run": 1}
    assert store.spells() == [("R1", V, 1, 1, None, None), ("R2", U, 1, 1, None, None)]


def test_the_next_night_some_go_on_some_are_resolved(store: Store) -> None:
    store.kept(night(1, {1: V, 2: U, 3: V}))
    second = store.kept(night(2, {1: V, 2: "met", 30: V}))
    assert counts(second) == (1, 1, 2)
    assert statuses(second) == {"R1": "continuing", "R30": "new"}
    assert [row for row in store.spells() if row[0] != "R30"] == [
        ("R1", V, 1, 2, None, None), ("R2", U, 1, 1, 2, "resolved"), ("R3", V, 1, 1, 2, "resolved"),
    ]  # fmt: skip


def test_doubt_that_becomes_certain_is_new_and_nothing_is_resolved(store: Store) -> None:
    store.kept(night(1, {1: U, 2: V}))
    second = store.kept(night(2, {1: V, 2: U}))
    assert counts(second) == (2, 0, 0)
    assert store.spells() == [
        ("R1", U, 1, 1, 2, V), ("R1", V, 2, 2, None, None), ("R2", V, 1, 1, 2, U), ("R2", U, 2, 2, None, None),
    ]  # fmt: skip


def test_what_comes_back_is_new_and_keeps_its_earlier_life(store: Store) -> None:
    for number, found in enumerate(({1: V}, {}, {1: V}, {1: V}), 1):
        last = store.kept(night(number, found))
    assert counts(last) == (0, 1, 0)
    assert store.spells() == [("R1", V, 1, 1, 2, "resolved"), ("R1", V, 3, 4, None, None)]
    assert store.rows("SELECT number, new, continuing, resolved FROM tally ORDER BY number") == [
        (1, 1, 0, 0), (2, 0, 0, 1), (3, 1, 0, 0), (4, 0, 1, 0),
    ]  # fmt: skip


def test_a_rule_that_is_not_judged_leaves_its_findings_open(store: Store) -> None:
    store.kept(night(1, {1: V, 101: V}, rules=(FIRST, SECOND)))
    without = store.kept(night(6, {1: V}))
    assert counts(without) == (0, 1, 0)
    blind = store.kept(night(7, {1: V}, rules=(FIRST, SECOND), unjudged={"second": "not recorded"}))
    assert counts(blind) == (0, 1, 0)
    back = store.kept(night(8, {1: V, 101: V}, rules=(FIRST, SECOND)))
    assert counts(back) == (0, 2, 0)
    assert store.spells()[1] == ("R101", V, 1, 4, None, None)


def test_what_the_log_does_not_reach_stays_open(store: Store) -> None:
    store.kept(night(2, {1: V, 30: V}))
    rolling = store.kept(night(3, {}, since=START.replace(day=2)))
    assert counts(rolling) == (0, 0, 1)
    assert [row[0] for row in store.spells() if row[4] is None] == ["R1"]


def test_series_do_not_know_each_other(store: Store) -> None:
    store.kept(night(1, {1: V}), series="a")
    other = store.kept(night(1, {2: V}), series="b")
    assert counts(other) == (1, 0, 0)
    assert counts(store.kept(night(2, {1: V}), series="a")) == (0, 1, 0)


def test_the_store_keeps_what_is_not_shown(store: Store) -> None:
    store.kept(night(1, {1: V, 2: U}, show=("pending",)))
    assert len(store.spells()) == 2


def test_drafts_are_kept_and_stand_apart(store: Store) -> None:
    tried = (FIRST, draft(SECOND))
    assert counts(store.kept(night(6, {1: V, 101: V}, rules=tried))) == (1, 0, 0)
    second = store.kept(night(7, {1: V}, rules=tried))
    assert counts(second) == (0, 1, 0)
    assert ("R101", V, 1, 1, 2, "resolved") in store.spells()
    assert store.rows("SELECT rule, draft, resolved FROM tally WHERE number = 2 ORDER BY rule") == [
        ("first", 0, 0), ("second", 1, 1),
    ]  # fmt: skip
    assert [point["violated"]["medium"] for point in second.trend] == [0, 0]


def test_what_is_waived_stays_known(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("waivers: [{rule: first, subject: R1, reason: known, approver: A, expires: 2025-10-02}]")
    waived = store.kept(night(1, {1: V, 2: V}).marked(waivers=read_waivers(file)))
    assert statuses(waived) == {"R1": "waived", "R2": "new"}
    assert store.rows("SELECT violated, new, waived FROM tally") == [(2, 1, 1)]
    lapsed = store.kept(night(3, {1: V, 2: V}).marked(waivers=read_waivers(file)))
    assert statuses(lapsed) == {"R1": "continuing", "R2": "continuing"}


def test_the_trend_tells_each_run(store: Store) -> None:
    store.kept(night(1, {1: V, 2: V, 101: U}, rules=(FIRST, SECOND)))
    second = store.kept(night(2, {1: V}))
    none = {"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0}
    assert second.trend == (
        {"run": 1, "as_of": "2025-10-02T00:00:00Z", "violated": none | {"critical": 2}, "undetermined": 1},
        {"run": 2, "as_of": "2025-10-03T00:00:00Z", "violated": none | {"critical": 1}, "undetermined": 0},
    )


def test_an_audit_of_the_past_is_refused(store: Store) -> None:
    store.kept(night(2, {1: V}))
    before = store.spells()
    with pytest.raises(UnusableError, match=r"run 1 of the series main as of 2025-10-03T00:00:00Z"):
        store.kept(night(1, {}))
    assert store.spells() == before
    assert store.rows("SELECT max(number) FROM run") == [(1,)]


def test_severities_are_those_of_the_time(store: Store) -> None:
    store.kept(night(1, {1: V}))
    lighter = rule("first", severity="low")
    second = store.kept(night(2, {}, rules=(lighter,)))
    assert second.comparison is not None
    assert second.comparison.resolved_findings["severity"].to_pylist() == ["critical"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x1b[31m"])
def test_a_series_has_a_readable_name(name: str) -> None:
    with pytest.raises(UnusableError, match="printable"):
        named(name)


def test_a_series_that_is_badly_named_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="printable"):
        Store(str(tmp_path / "audits.db")).kept(night(1, {1: V}), series="")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("then", "asks"), [({}, True), ({1: V}, False)])
def test_a_log_that_does_not_follow_is_asked_about(tmp_path: Path, then: dict[int, str], asks: bool) -> None:
    store = Store(str(tmp_path / "audits.db"))
    store.kept(night(1, dict.fromkeys(range(1, 12), V)))
    second = store.kept(night(2, {**then, 30: V}))
    assert second.comparison is not None
    assert ("is this the log that follows" in compared(second.comparison)) == asks
