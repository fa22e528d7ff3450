"""Statements to the engine.

Inside `ahead`, those that answer nothing run beside the program, one after another, while it makes the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

MOMENT = 0.05  # seconds


class _Lane:
    """One thread that runs statements on a connection in the order in which they come."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []

    def add(self, statement: str) -> None:
        before = self._waiting[-1] if self._waiting else None
        self._waiting.append(self._thread.submit(self._run, statement, before))

    def _run(self, statement: str, before: Future[None] | None) -> None:
        if before is not None:
            before.result()  # what failed ends all that comes after it
        self._connection.execute(statement)

    def settle(self) -> None:
        """Wait for all statements; raises what the first that failed has raised."""
        while self._waiting:
            self._waiting[0].result()
            del self._waiting[0]

    def close(self) -> None:
        """Wait until the connection is free, without letting a statement run to its end that nobody waits for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        begun = [one for one in self._waiting if not one.cancelled()]
        while wait(begun, timeout=MOMENT).not_done:
            self._connection.interrupt()  # once more each time: just before a statement begins, it has no effect
        self._thread.shutdown()


_lanes: dict[int, _Lane] = {}  # by back end


@contextmanager
def ahead(backend: Any) -> Iterator[None]:
    """Inside, `run` does not wait; at the end all has run.  Only DuckDB; one inside another changes nothing."""
    if backend.name != "duckdb" or id(backend) in _lanes:
        yield
        return
    lane = _lanes[id(backend)] = _Lane(backend.con)
    try:
        yield
        lane.settle()
    finally:
        del _lanes[id(backend)]
        lane.close()


def run(backend: Any, statement: str) -> None:
    """Let DuckDB run a statement that answers nothing.  What it raises may come only with the next answer."""
    lane = _lanes.get(id(backend))
    if lane is None:
        backend.con.execute(statement)
    else:
        lane.add(statement)


def connection(backend: Any) -> Any:
    """DuckDB's own connection, after all statements so far; raises what they raised."""
    lane = _lanes.get(id(backend))
    if lane is not None:
        lane.settle()
    return backend.con
