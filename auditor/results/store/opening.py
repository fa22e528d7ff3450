"""Opening a store: to write a run in one locked transaction, or to read what is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, select

from auditor.base.diagnostics import UnusableError
from auditor.base.suggest import beside
from auditor.results.store.address import Address
from auditor.results.store.failures import told
from auditor.results.store.schema import APPLICATION, TABLES, VERSION, meta

WAIT = 60  # seconds for another run that records
_LOCK = 0x61756469746F72  # of PostgreSQL's advisory locks: the bytes of our name
_PATIENCE = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


@contextmanager
def writing(address: Address) -> Iterator[Connection]:
    """A transaction that nobody else writes beside; a database without tables becomes a store in it.

    All that is written is there at the end, or nothing is.  Raises UnusableError.
    """
    with told(address), _connected(_engine(address, "rwc")) as connection:
        if address.path is not None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if not _ours(connection, address):
            TABLES.create_all(connection, checkfirst=False)
            made = {"application": APPLICATION, "version": str(VERSION)}
            connection.execute(meta.insert(), [{"key": key, "value": value} for key, value in made.items()])
        yield connection
        connection.commit()


@contextmanager
def reading(address: Address) -> Iterator[Connection]:
    """A store as it is at one moment; nothing is made or changed.  Raises UnusableError, also where there is none."""
    _there(address)
    with told(address), _connected(_engine(address, "rw")) as connection:
        if address.path is not None:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if not _ours(connection, address):
            raise UnusableError("store-empty", "nothing is recorded in this store", place=address.place)
        yield connection


def usable(address: Address) -> None:
    """Raises UnusableError for a store that exists and that no run can be recorded in, as far as reading can tell."""
    if address.path is None or address.path.exists():
        with told(address), _connected(_engine(address, "rw")) as connection:
            _ours(connection, address)


def _there(address: Address) -> None:
    if address.path is not None and not address.path.exists():
        raise UnusableError("store-missing", "there is no such store", place=address.place, help=beside(address.path))


def _ours(connection: Connection, address: Address) -> bool:
    """Whether the store has its tables; False for a database without any.  Raises UnusableError for all others."""
    found = inspect(connection)
    tables = {*found.get_table_names(), *found.get_view_names()}
    if not tables:
        return False
    said = _said(connection) if meta.name in tables else {}
    if said.get("application") != APPLICATION:
        help = "name a database of its own; this one is left as it is"
        raise UnusableError("store-foreign", "this database is no store of auditor", place=address.place, help=help)
    version = said.get("version", "")
    if version.isdecimal() and int(version) > VERSION:
        raise UnusableError(
            "store-newer",
            f"this store was made by a newer auditor (its version is {int(version)}, this program knows {VERSION})",
            place=address.place,
            help="use that auditor; the store is left as it is",
        )
    if version != str(VERSION) or not set(TABLES.tables) <= tables:
        help = "bring back a copy of it"
        raise UnusableError("store-damaged", "parts of this store are missing", place=address.place, help=help)
    return True


def _said(connection: Connection) -> dict[str, str]:
    columns = {column["name"] for column in inspect(connection).get_columns(meta.name)}
    if columns != set(meta.columns.keys()):
        return {}
    return {str(key): str(value) for key, value in connection.execute(select(meta.c.key, meta.c.value))}


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(address: Address, mode: str) -> Engine:
    if address.path is not None:
        uri = f"{address.path.absolute().as_uri()}?mode={mode}"
        # transactions are begun and ended by hand: the driver would end one before a CREATE TABLE
        return create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None),
            poolclass=NullPool,
        )
    assert address.url is not None  # noqa: S101 - it is one or the other
    patience = {name: value for name, value in _PATIENCE.items() if name not in address.url.query}
    try:
        return create_engine(address.url, poolclass=NullPool, connect_args=patience)
    except ImportError:
        raise UnusableError(
            "store-no-driver",
            "the library that talks to PostgreSQL is not installed",
            help="pip install 'report-auditor[postgres]'",
        ) from None
