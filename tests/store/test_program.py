"""`auditor check --store` and `auditor history` as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from auditor.results.store import spells
from tests.cli.conftest import Done
from tests.store.conftest import Store
from tests.store.server import Server

Run = Callable[..., Done]
CHECK = ("check", "log.csv", "-r", "rules.yaml", "--store")


def test_night_after_night(folder: Path, run: Run) -> None:
    first = run(*CHECK, "audits.db", "--format", "json")
    assert first.code == 1
    assert "compared with the empty series main in audits.db: 2 new" in first.err
    told = json.loads(first.out)
    assert told["comparison"]["recorded"] == {"store": "audits.db", "series": "main", "run": 1}
    assert {finding["status"] for finding in told["findings"]} == {"new"}

    same = run(*CHECK, "audits.db", "--format", "json")
    assert same.out == first.out
    assert len((folder / "audits.db").read_bytes()) > 0

    again = run(*CHECK, "audits.db", "--again", "--fail-on-new", "--output", "page.txt")
    assert again.code == 0
    assert "run 1 of series main in audits.db: 0 new, 2 continuing, 0 resolved; this is run 2" in again.out
    assert "continuing" in (folder / "page.txt").read_text()

    history = run("history", "audits.db")
    assert history.code == 0
    assert "main in audits.db: 2 runs" in history.out
    life = run("history", "audits.db", "--subject", "R1", "--format", "json")
    assert [life["open"] for life in json.loads(life.out)["findings"]] == [True]
    assert "█" in run("history", "audits.db", "--trend", "--series", "main", "--limit", "1").out


def test_history_makes_nothing(folder: Path, run: Run) -> None:
    done = run("history", "audits.db")
    assert (done.code, done.out) == (2, "")
    assert "there is no such store" in done.err
    assert not (folder / "audits.db").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--series", "a"], "--series says how to record"),
        (["--again"], "--again says how to record"),
        (["--store", "audits.db", "--baseline", "log.csv"], "do not go together"),
        (["--store", "log.csv"], "is no store of auditor"),
        (["--store", "audits.db", "--output", "json=audits.db"], "would overwrite an input"),
        (["--store", "audits.db", "--series", "a\tb"], "printable characters"),
        (["--store", "mysql://u:geheim@h/d"], "of the kind `mysql`"),
        (["--store", "postgresql://u:geheim@127.0.0.1:1/d"], "no connection to the database"),
    ],
)
def test_mistakes_are_told_before_the_log_is_read(folder: Path, run: Run, arguments: list[str], words: str) -> None:
    before = sorted(folder.iterdir())
    done = run("check", "no-such-log.csv", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "geheim" not in done.err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--finding", "abcd", "--trend"], "one at a time"),
        (["--format", "html"], "not one of table, json, csv"),
        (["--limit", "0"], "greater than or equal to 1"),
        (["--finding", "no"], "no beginning of a fingerprint"),
    ],
)
def test_mistakes_of_history(folder: Path, run: Run, arguments: list[str], words: str) -> None:
    done = run("history", "audits.db", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


@pytest.mark.postgres
def test_a_server_that_goes_away_leaves_no_outputs(
    folder: Path, run: Run, schema: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = spells._begin

    def gone(connection: Connection, series: str, number: int) -> None:
        server.stop()
        begin(connection, series, number)

    monkeypatch.setattr(spells, "_begin", gone)
    done = run(*CHECK, schema.url, "--output", "page.json", "--output", "findings.csv")
    server.start()
    assert (done.code, done.out) == (2, "")
    assert "error[store-gone]" in done.err
    assert "what was recorded before is as it was" in done.err
    assert not [path for path in folder.iterdir() if path.suffix in {".json"} or path.name == "findings.csv"]
    assert schema.rows("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()") == [(0,)]
