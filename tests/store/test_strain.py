"""Many runs, processes that are killed, processes that meet: the store holds whole runs, and exactly what they saw."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.results.store import address
from auditor.results.store.opening import writing
from auditor.results.store.runs import open_before
from auditor.results.store.spells import write
from tests.store.conftest import Store
from tests.store.strain import Account, compare, record, row

MANY = 200_000


def strained(*arguments: object) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.store.strain", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_runs_are_as_a_plain_account_has_them(store: Store) -> None:
    account = Account()
    for _ in range(12):
        record(store.url, account)
    compare(store.url, account)
    assert {said for *_, said in account.ended} == {"violated", "undetermined", "resolved"}


def test_the_account_notices_a_spell_that_is_wrong(store: Store) -> None:
    account = Account()
    record(store.url, account)
    store.rows("UPDATE spell SET verdict = 'violated'")
    with pytest.raises(AssertionError):
        compare(store.url, account)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: killed processes lose nothing that they have given to the system."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


def test_kills_leave_whole_runs(memory: Path) -> None:
    found = strained("kill", memory / "audits.db", 200)
    assert found["kills"] == 200
    assert found["torn"] > 20, "hardly any kill came in the middle of a run"
    assert found["runs"] > 20, "hardly any run was whole"


@pytest.mark.postgres
def test_kills_leave_whole_runs_on_a_server(schema: Store) -> None:
    found = strained("kill", schema.url, 25)
    assert found["kills"] == 25
    assert found["runs"] > 5, "hardly any run was whole"


def test_two_that_meet_record_one_after_the_other(store: Store) -> None:
    assert strained("meet", store.url, 10) == {"runs": 20}


def test_very_many_findings_take_seconds(tmp_path: Path) -> None:
    place = address(f"{tmp_path}/audits.db")
    for number in (1, 2):
        began = time.process_time()
        with writing(place) as connection:
            known = open_before(connection, "main", number)
            batches = ((row(n, "violated") for n in range(a, a + MANY // 10)) for a in range(0, MANY, MANY // 10))
            write(connection, "main", number, batches, [])
        assert time.process_time() - began < 20
        assert len(known) == 0
    assert Store(str(place.path)).rows("SELECT count(*), min(first_run), max(last_run) FROM spell") == [(MANY, 1, 2)]
