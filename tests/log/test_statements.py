"""Statements that run beside the program, and connections that leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from auditor.log.queries import compiled, hold
from auditor.log.statements import ahead, connection, run

ENDLESS = "SELECT count(*) FROM range(1000000000000) AS a(x) WHERE x % 7 = hash(x) % 7"


def test_statements_run_in_their_order_and_before_any_answer() -> None:
    backend = ibis.duckdb.connect()
    with ahead(backend):
        run(backend, "CREATE TABLE t AS SELECT count(*) AS n FROM range(3000000) AS a(x) WHERE hash(x) % 2 = 3")
        for _ in range(20):
            run(backend, "UPDATE t SET n = n * 2 + 1")
        assert connection(backend).execute("FROM t").fetchall() == [(2**20 - 1,)]


def test_all_has_run_at_the_end() -> None:
    backend = ibis.duckdb.connect()
    with ahead(backend), ahead(backend):
        run(backend, "CREATE TABLE t AS SELECT count(*) AS n FROM range(3000000) AS a(x) WHERE hash(x) % 2 = 3")
    assert backend.con.execute("FROM t").fetchall() == [(0,)]


def failing(backend: Any, *, answered: bool) -> None:
    with ahead(backend):
        run(backend, "INSERT INTO nowhere VALUES (1)")
        run(backend, "CREATE TABLE after_it (n INTEGER)")
        if answered:
            connection(backend)
            pytest.fail("the answer came all the same")


@pytest.mark.parametrize("answered", [True, False])
def test_what_fails_is_told_and_ends_what_comes_after(answered: bool) -> None:
    backend = ibis.duckdb.connect()
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        failing(backend, answered=answered)
    run(backend, "CREATE TABLE later (n INTEGER)")
    assert backend.con.execute("SHOW TABLES").fetchall() == [("later",)]


def test_an_error_does_not_wait_for_what_nobody_will_read() -> None:
    backend = ibis.duckdb.connect()
    with suppress(ZeroDivisionError), ahead(backend):
        for name in "tuv":
            run(backend, f"CREATE TABLE {name} AS {ENDLESS}")
        raise ZeroDivisionError
    assert backend.con.execute("SHOW TABLES").fetchall() == []


def test_tables_of_this_process_are_registered_once_the_engine_is_free() -> None:
    backend = ibis.duckdb.connect()
    with ahead(backend):
        run(backend, "CREATE TABLE t AS SELECT count(*) AS n FROM range(3000000) AS a(x) WHERE hash(x) % 2 = 3")
        held = hold(backend, ibis.memtable(pa.table({"a": [1, 2]})))
        query = compiled(backend, held.aggregate(n=held.a.sum()))
        assert connection(backend).execute(query).fetchall() == [(3,)]


def test_nothing_stays_on_disk_when_the_program_ends(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("event,time,report_id\nreport.received,2026-01-01T00:00:00Z,R-1\n")
    program = (
        "import atexit, os, auditor; from auditor.log import load; "
        "log = load('log.csv'); con = log.backend.con; "
        "con.execute(\"SET memory_limit = '60MB'; SET temp_directory = 'spilled'; "
        'CREATE TEMP TABLE t AS SELECT x, md5(x::VARCHAR) AS y FROM range(3000000) AS a(x)"); '
        "assert os.listdir('spilled'); atexit._run_exitfuncs(); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]
