"""What history tells: runs, trends, and lives of findings."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.outputs import Look
from auditor.outputs.history import FORMATS
from auditor.outputs.history.lines import spark
from auditor.results.store import by_fingerprint, by_subject, history
from tests.results.fake import rule
from tests.store.conftest import Store
from tests.store.nights import FIRST, SECOND, draft, night

V, U = "violated", "undetermined"
GOLDEN = Path(__file__).parent / "golden"
_PROVENANCE = re.compile(r'"provenance": \{.*?\n {10}\}', re.DOTALL)  # versions of libraries


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Six nights: doubt becomes certain, is resolved, comes back; a rule that goes away; another series."""
    made = Store(str(tmp_path_factory.mktemp("history") / "audits.db"))
    both, trial = (FIRST, SECOND), (FIRST, draft(SECOND))
    made.kept(night(6, {1: U, 2: V, 101: V}, rules=both))
    made.kept(night(7, {1: V, 2: V, 3: V, 101: V}, rules=both))
    made.kept(night(8, {2: V, 3: V}, rules=both, unjudged={"second": "the log cannot record report.closed"}))
    made.kept(night(9, {1: V, 2: V, 3: V, 4: V}))
    made.kept(night(10, {1: V, 2: V, 3: V, 4: V, 101: V}, rules=trial))
    made.kept(night(11, {}))
    made.kept(night(6, {1: V}), series="=other")
    return made


def told(what: str, found: Any, format: str) -> str:
    stream = io.BytesIO()
    getattr(FORMATS[format], what)(found, stream, Look(width=100))
    return stream.getvalue().decode()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("what", ["runs", "trend", "lives"])
def test_as_expected(what: str, format: str, store: Store, request: pytest.FixtureRequest) -> None:
    found = by_subject(store.url, "R1") + by_subject(store.url, "R101") if what == "lives" else whole(store)
    text = _PROVENANCE.sub('"provenance": {}', told(what, found, format).replace(store.url, "audits.db"))
    path = GOLDEN / f"{what}.{'txt' if format == 'table' else format}"
    if request.config.getoption("--update"):
        path.write_text(text)
    assert text == path.read_text()


def whole(store: Store) -> Any:
    return history(store.url, limit=30)


def test_formats_agree(store: Store) -> None:
    runs = json.loads(told("runs", whole(store), "json"))["series"]
    listed = [run | {"series": series["series"]} for series in runs for run in series["listed"]]
    rows = list(csv.DictReader(io.StringIO(told("runs", whole(store), "csv"))))
    for row, run in zip(rows, listed, strict=True):
        assert all(value == str(run[name]) for name, value in row.items() if name != "series")
    assert [row["series"] for row in rows] == ["'=other", *["main"] * 6]


def test_some_runs_of_some_rules(store: Store) -> None:
    found = history(store.url, series="main", rules=["sec*"], limit=3)
    [series] = found.series
    assert (series.runs, [one.number for one in series.nights]) == (6, [4, 5, 6])
    assert [[one.rule for one in run.tallies] for run in series.nights] == [[], ["second"], []]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"series": "mian"}, "did you mean `main`"),
        ({"rules": ["frist"]}, "did you mean `first`"),
    ],
)
def test_what_is_not_there(store: Store, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableError) as caught:
        history(store.url, limit=1, **asked)
    assert words in str(caught.value)


def test_a_fingerprint_by_its_beginning(store: Store) -> None:
    fingerprint = f"{1:032x}"
    [other, main] = by_fingerprint(store.url, fingerprint.upper())
    assert (other.series, main.series, main.fingerprint) == ("=other", "main", fingerprint)
    with pytest.raises(UnusableError, match="5 findings begin"):
        by_fingerprint(store.url, "0000")
    for wrong, words in (
        ("000", "no beginning"),
        ("zzzz", "no beginning"),
        ("%%%%", "no beginning"),
        ("ffff", "no finding"),
    ):
        with pytest.raises(UnusableError, match=words):
            by_fingerprint(store.url, wrong)


def test_a_subject_is_taken_as_it_is(store: Store) -> None:
    assert {life.subject for life in by_subject(store.url, "R1")} == {"R1"}
    with pytest.raises(UnusableError, match="no finding on"):
        by_subject(store.url, "R%")


def test_hostile_values_are_harmless(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "audits.db"))
    evil = "=cmd|'/c calc'!A1\x1b[31m\u202e"
    audited = night(1, {1: V})
    audited.judgement.rows[0]["subject"] = evil  # type: ignore[attr-defined]
    store.kept(audited, series="=1+1")
    lives = by_subject(store.url, evil)
    for format in FORMATS:
        text = told("lives", lives, format) + told("runs", history(store.url, limit=1), format)
        assert "\x1b" not in text
        assert "\u202e" not in text
    rows = list(csv.reader(io.StringIO(told("lives", lives, "csv"))))
    assert rows[1][0] == "'=1+1"
    assert rows[1][4].startswith("'=cmd")


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ((0, 1, 8), "·▁█"),
        ((None, 0, None), "?·?"),
        ((1, 1), "██"),
        ((1, 2, 3, 4, 5, 6, 7, 8), "▁▂▃▄▅▆▇█"),
        ((1, 10**9), "▁█"),
    ],
)
def test_a_chart_tells_none_from_few(values: tuple[int | None, ...], drawn: str) -> None:
    assert spark(values) == drawn


def test_a_rule_that_gets_graver_moves(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "audits.db"))
    store.kept(night(1, {1: V}, rules=(rule("first", severity="low"),)))
    store.kept(night(2, {1: V}))
    trend = json.loads(told("trend", history(store.url, limit=9), "json"))["series"][0]["severities"]
    assert trend == {"critical": [None, 1], "low": [1, None], "undetermined": [0, 0]}
