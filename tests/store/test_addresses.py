"""What names a store, and that no password is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.results.store import address, history, usable


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("audits.db", "audits.db"),
        ("sqlite:///audits.db", "audits.db"),
        ("SQLite:///audits.db", "audits.db"),
        ("a:b@c?mode=x.db", "a:b@c?mode=x.db"),
        ("täglich.db", "täglich.db"),
    ],
)
def test_files(text: str, path: str) -> None:
    assert address(text).path == Path(path)
    assert address(text).name == text


def test_an_absolute_file(tmp_path: Path) -> None:
    assert address(f"sqlite:///{tmp_path}/audits.db").path == tmp_path / "audits.db"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://auditor@db/audits", "postgresql://auditor@db/audits"),
        ("postgresql://auditor:geheim@db:5433/audits", "postgresql://auditor:***@db:5433/audits"),
        ("postgresql:///audits?host=/run&password=geheim", "postgresql:///audits"),
    ],
)
def test_servers_are_named_without_password(text: str, shown: str) -> None:
    assert address(text).name == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mysql://u:geheim@h/d", "of the kind `mysql`"),
        ("postgres://u:geheim@h/d", "of the kind `postgres`"),
        ("postgresql+psycopg2://u:geheim@h/d", "of the kind `postgresql\\+psycopg2`"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://audits.db", "names no file"),
        ("postgresql://u:geheim@h", "names no database"),
        ("postgresql://u:geheim@h:port/d", "cannot be read"),
        ("postgresql://u:ge@heim@h/d", "holds an `@`"),
        ("no/such/audits.db", "folder of this store does not exist"),
        (".", "is a folder"),
        ("/dev/null", "not a device"),
    ],
)
def test_mistakes(text: str, words: str) -> None:
    with pytest.raises(UnusableError, match=words) as caught:
        address(text)
    assert "heim" not in str(caught.value)
    assert not list(Path().iterdir())


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(UnusableError, match="no connection") as caught:
        usable(address("postgresql://u:geheim@127.0.0.1:1/d"))
    assert "geheim" not in str(caught.value)


def test_without_the_driver_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UnusableError, match="not installed") as caught:
        history("postgresql://u@h/d", limit=1)
    assert "report-auditor[postgres]" in str(caught.value)
