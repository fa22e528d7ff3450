"""Stores that cannot be used: a clear error, and what is there stays as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select

from auditor.base.diagnostics import UnusableError
from auditor.results.store import address, history, opening, spells, usable
from auditor.results.store.schema import run
from tests.store.conftest import Store
from tests.store.nights import counts, night
from tests.store.server import Server

V = "violated"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audits.db"


def refused(url: object, code: str) -> str:
    """What is said; recording, looking and telling are all refused."""
    for attempt in (
        lambda: usable(address(str(url))),
        lambda: Store(str(url)).kept(night(1, {1: V})),
        lambda: history(str(url), limit=1),
    ):
        with pytest.raises(UnusableError) as caught:
            attempt()
        assert caught.value.diagnostic.code == code
    return str(caught.value)


def made(file: Path, *statements: str) -> bytes:
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return file.read_bytes()


@pytest.mark.parametrize(
    "content", [b"event,time,report_id\n", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 4080]
)
def test_no_database(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "left as it is" in refused(file, "store-foreign")
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE song (title)"],
        ["CREATE TABLE song (title)", "CREATE TABLE meta (name, size)"],
        ["CREATE TABLE meta (key, value)", "INSERT INTO meta VALUES ('version', '1')"],
        ["CREATE VIEW run AS SELECT 1"],
    ],
)
def test_a_foreign_database(file: Path, statements: list[str]) -> None:
    before = made(file, *statements)
    refused(file, "store-foreign")
    assert file.read_bytes() == before


def test_a_newer_store(store: Store) -> None:
    store.kept(night(1, {1: V}))
    store.rows("UPDATE meta SET value = '2' WHERE key = 'version'")
    before = store.spells()
    assert "its version is 2, this program knows 1" in refused(store.url, "store-newer")
    assert store.spells() == before


@pytest.mark.parametrize("change", ["DROP TABLE spell", "UPDATE meta SET value = 'x' WHERE key = 'version'"])
def test_a_store_without_some_of_its_parts(store: Store, change: str) -> None:
    store.kept(night(1, {1: V}))
    store.rows(change)
    refused(store.url, "store-damaged")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE run SET number = 'x'",
        "UPDATE run SET as_of = 'x'",
        "UPDATE run SET as_of = 5",
        "UPDATE run SET provenance = '['",
        "UPDATE tally SET violated = 'many'",
        "UPDATE tally SET severity = 'dire'",
    ],
)
def test_values_that_no_store_holds(file: Path, change: str) -> None:
    store = Store(str(file))
    store.kept(night(1, {1: V}))
    store.rows(change)
    with pytest.raises(UnusableError) as caught:
        history(store.url, limit=9)
    assert caught.value.diagnostic.code == "store-damaged"


def test_pages_that_are_overwritten(file: Path) -> None:
    Store(str(file)).kept(night(1, dict.fromkeys(range(90), V)))
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    file.write_bytes(content)
    refused(file, "store-damaged")
    assert file.read_bytes() == content


def test_nothing_to_tell(file: Path) -> None:
    with pytest.raises(UnusableError, match="there is no such store"):
        history(str(file), limit=1)
    assert not file.exists()
    file.touch()
    with pytest.raises(UnusableError, match="nothing is recorded"):
        history(str(file), limit=1)
    assert file.read_bytes() == b""


def test_a_store_that_cannot_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(file))
    store.kept(night(1, {1: V}))
    before, engine = file.read_bytes(), opening._engine
    monkeypatch.setattr(opening, "_engine", lambda place, _: engine(place, "ro"))
    with pytest.raises(UnusableError, match="cannot be written"):
        store.kept(night(2, {}))
    assert len(history(store.url, limit=9).series[0].nights) == 1
    assert file.read_bytes() == before


def test_a_store_that_another_program_holds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(file))
    store.kept(night(1, {1: V}))
    monkeypatch.setattr(opening, "WAIT", 0.1)
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnusableError, match="another program holds this store"):
        store.kept(night(2, {}))
    assert history(store.url, limit=1).series[0].runs == 1
    other.close()
    store.kept(night(2, {}))


def test_a_disk_that_is_full(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(file))
    store.kept(night(1, {1: V}))
    before, engine = file.read_bytes(), opening._engine

    def small(place: object, mode: str) -> object:
        made = engine(place, mode)  # type: ignore[arg-type]
        pages = len(before) // 4096 + 1
        event.listen(made, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}"))
        return made

    monkeypatch.setattr(opening, "_engine", small)
    with pytest.raises(UnusableError, match="the disk of this store is full"):
        store.kept(night(9, dict.fromkeys(range(99), V)))
    assert file.read_bytes() == before


def test_a_bug_stays_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spells, "_begin", lambda connection, *_: connection.exec_driver_sql("SELECT moon FROM run"))
    with pytest.raises(Exception, match="no such column") as caught:
        Store(str(file)).kept(night(1, {1: V}))
    assert not isinstance(caught.value, UnusableError)


@pytest.mark.postgres
class TestServer:
    """What only a server can do."""

    def test_gone_in_the_middle(self, schema: Store, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        schema.kept(night(1, {1: V, 2: V}))
        before, begin = schema.spells(), spells._begin

        def gone(connection: Connection, series: str, number: int) -> None:
            assert connection.scalar(select(func.count()).select_from(run)) == 2
            server.stop()
            begin(connection, series, number)

        monkeypatch.setattr(spells, "_begin", gone)
        with pytest.raises(UnusableError) as caught:
            schema.kept(night(2, {1: V, 3: V}))
        assert caught.value.diagnostic.code == "store-gone"
        assert caught.value.exit_code == 2
        server.start()
        assert schema.spells() == before
        assert schema.rows("SELECT number FROM run") == [(1,)]
        monkeypatch.undo()
        assert counts(schema.kept(night(2, {1: V, 3: V}))) == (1, 1, 1)

    def test_held_by_another(self, schema: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opening, "WAIT", 1)
        with opening.writing(address(schema.url)), pytest.raises(UnusableError, match="another program holds"):
            schema.kept(night(1, {1: V}))
        schema.kept(night(1, {1: V}))

    def test_that_takes_no_writes(self, schema: Store) -> None:
        schema.kept(night(1, {1: V}))
        before = schema.spells()
        shut = schema.url + "%20-cdefault_transaction_read_only%3Don"
        with pytest.raises(UnusableError, match="the database cannot be written"):
            Store(shut).kept(night(2, {}))
        assert schema.spells() == before

    def test_without_the_database(self, schema: Store) -> None:
        with pytest.raises(UnusableError, match='"nowhere" does not exist'):
            Store(schema.url.replace("/postgres?", "/nowhere?")).kept(night(1, {1: V}))

    def test_with_tables_of_others(self, schema: Store) -> None:
        schema.rows("CREATE TABLE song (title text)")
        refused(schema.url, "store-foreign")
        assert schema.rows("SELECT count(*) FROM song") == [(0,)]

    def test_values_that_it_cannot_hold(self, schema: Store) -> None:
        odd = night(1, {1: V})
        odd.judgement.rows[0]["subject"] = "a\0b"  # type: ignore[attr-defined]
        schema.kept(odd)
        assert schema.spells() == [("a\ufffdb", V, 1, 1, None, None)]
