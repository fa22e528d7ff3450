"""Runs without audits, recorded by processes that are killed or meet: `python -m tests.store.strain kill|meet URL N`.

What run n sees follows from what run n - 1 saw, so that the store can be compared with a plain account of all its runs.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine

from auditor.results.store import address, opening, runs, spells
from auditor.results.store.opening import writing
from auditor.results.store.runs import Run
from auditor.results.store.schema import COUNTS, GROUPS, STATUSES

FINDINGS, CHANGES = 100, 12
START = datetime(2025, 10, 1)
_STATEMENTS: dict[Any, Any] = {}


@dataclass
class Account:
    """What the runs so far have seen, kept in plain Python."""

    runs: int = 0
    seen: dict[int, str] = field(default_factory=dict)  # finding → verdict, of the newest run
    open: dict[int, tuple[str, int]] = field(default_factory=dict)  # finding → verdict, first run
    ended: list[tuple[int, str, int, int, str]] = field(default_factory=list)  # … first run, ended by, ended as

    def next(self) -> list[int]:
        """Take in one more run; the findings that it resolves."""
        self.runs += 1
        chance = random.Random(self.runs)  # noqa: S311 - chance, not secrets
        for number in chance.sample(range(FINDINGS), CHANGES):
            match chance.choice(("violated", "undetermined", "")):
                case "":
                    self.seen.pop(number, None)
                case verdict:
                    self.seen[number] = verdict
        resolved = []
        for number, (verdict, first) in list(self.open.items()):
            now = self.seen.get(number)
            if now != verdict:
                self.ended.append((number, verdict, first, self.runs, now or "resolved"))
                del self.open[number]
                resolved += [] if now else [number]
        for number, verdict in self.seen.items():
            self.open.setdefault(number, (verdict, self.runs))
        return resolved


def remembering(*arguments: Any, **options: Any) -> Engine:
    """An engine that need not make again what another one, or the process before the fork, has made of statements."""
    return create_engine(*arguments, **options).execution_options(compiled_cache=_STATEMENTS)


def row(number: int, verdict: str) -> spells.Seen:
    return f"{number:032x}", verdict, "rule", f"R{number}", START + timedelta(hours=number)


def record(url: str, account: Account) -> None:
    """Record the run that follows."""
    with writing(address(url)) as connection:
        last = runs.last(connection, "main")
        while account.runs < (last.number if last else 0):
            account.next()
        resolved = account.next()
        runs.open_before(connection, "main", account.runs)  # as an audit would
        tally = dict.fromkeys((*COUNTS, *STATUSES, *GROUPS), 0) | {"resolved": len(resolved)}
        rule = {"rule": "rule", "severity": "high", "draft": False, "judged": True, **tally}
        made = Run(account.runs, START + timedelta(days=account.runs))
        runs.add(connection, "main", made, f"key {account.runs}", START, {}, [rule])
        batches = ([row(*one)] for one in sorted(account.seen.items()))
        spells.write(connection, "main", account.runs, batches, [row(number, "")[0] for number in resolved])


def compare(url: str, account: Account) -> None:
    """The store holds whole runs only, and exactly what they saw."""
    found = {name: list(rows) for name, rows in tables(url)}
    numbers = [number for (number,) in found["run"]]
    assert numbers == list(range(1, len(numbers) + 1)), numbers
    assert len(numbers) >= account.runs, "a run that was recorded is gone"
    while account.runs < len(numbers):
        account.next()
    assert [number for number, _ in found["tally"]] == numbers
    assert sum(resolved for _, resolved in found["tally"]) == sum(one[4] == "resolved" for one in account.ended)
    expected = [(number, verdict, first, account.runs, None, None) for number, (verdict, first) in account.open.items()]
    expected += [(number, verdict, first, by - 1, by, said) for number, verdict, first, by, said in account.ended]
    stored = {(int(fingerprint, 16), *rest) for fingerprint, *rest in found["spell"]}
    assert len(stored) == len(found["spell"])
    assert stored == set(expected)


def tables(url: str) -> Iterator[tuple[str, list[Any]]]:
    """The store's rows, read past our own code."""
    place = address(url)
    engine = create_engine(place.url or f"sqlite:///{place.path}", poolclass=NullPool)
    with engine.connect() as connection:
        if place.path is not None:
            assert connection.exec_driver_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
            if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master").fetchone():
                yield from (("run", []), ("tally", []), ("spell", []))
                return
        for name, query in (
            ("run", "SELECT number FROM run ORDER BY number"),
            ("tally", "SELECT number, resolved FROM tally ORDER BY number"),
            ("spell", "SELECT fingerprint, verdict, first_run, last_run, ended_run, ended_as FROM spell "
                      "JOIN finding ON finding.id = spell.finding"),
        ):  # fmt: skip
            yield name, connection.exec_driver_sql(query).fetchall()


def child(work: Any) -> int:
    """A process that does this and nothing else."""
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return pid


def kill(url: str, times: int) -> dict[str, int]:
    """Kill a process that records run after run, again and again; how many kills left a journal to be rolled back."""
    chance, account, torn = random.Random(7), Account(), 0  # noqa: S311 - chance, not secrets

    def without_end() -> None:
        mine = Account()
        while True:
            record(url, mine)

    record(url, Account())
    began = time.monotonic()
    record(url, Account())
    whole = time.monotonic() - began  # of one run, on this machine as busy as it is
    for _ in range(times):
        pid = child(without_end)
        time.sleep(chance.uniform(0, 4 * whole))
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "it ended before it was killed"
        torn += Path(f"{url}-journal").exists()
        compare(url, account)
    return {"kills": times, "torn": torn, "runs": account.runs}


def meet(url: str, times: int) -> dict[str, int]:
    """Let two processes record so many runs each at once."""

    def some() -> None:
        mine = Account()
        for _ in range(times):
            record(url, mine)

    pids = [child(some) for _ in range(2)]
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
    account = Account()
    compare(url, account)
    return {"runs": account.runs}


if __name__ == "__main__":
    opening.create_engine = remembering
    print(json.dumps({"kill": kill, "meet": meet}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))))  # noqa: T201 - the answer
