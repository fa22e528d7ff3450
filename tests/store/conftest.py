"""Stores on SQLite and, where there is a server to start, on PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine

from auditor.results.audit import Audit
from auditor.results.store import record
from tests.cli.conftest import folder, run
from tests.store.server import Server, binaries

__all__ = ["folder", "run"]

_serial = count()


@dataclass(frozen=True)
class Store:
    """A store by its address, and what the tests ask of it beside ours."""

    url: str

    def kept(self, audited: Audit, **options: Any) -> Audit:
        """The audit as recorded."""
        return record(audited, self.url, recorded_at=options.pop("recorded_at", datetime(2025, 11, 1)), **options)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, past our own code; without any result, what it changes is kept."""
        url = self.url.replace("postgresql:", "postgresql+psycopg:") if ":" in self.url else f"sqlite:///{self.url}"
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.exec_driver_sql(query)
            return [tuple(row) for row in result] if result.returns_rows else []

    def spells(self) -> list[tuple[Any, ...]]:
        """Subject, verdict, first run, last run, ended by, ended as."""
        return self.rows(
            "SELECT subject, verdict, first_run, last_run, ended_run, ended_as FROM spell "
            "JOIN finding ON id = spell.finding ORDER BY subject, first_run"
        )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running PostgreSQL."""
    bin = binaries()
    assert bin is not None, "tests that need PostgreSQL are deselected where there is none"
    folder = Path(tempfile.mkdtemp(prefix="auditor-postgres-"))  # short, as the names of sockets must be
    made = Server(folder, bin)
    try:
        made.make()
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def schema(server: Server) -> Store:
    """An empty schema of the server."""
    name = f"store_{next(_serial)}"
    store = Store(server.url(name))
    store.rows(f"CREATE SCHEMA {name}")
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store on each database."""
    if request.param == "sqlite":
        return Store(str(tmp_path / "audits.db"))
    found: Store = request.getfixturevalue("schema")
    return found
