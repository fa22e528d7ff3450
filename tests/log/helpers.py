"""Small logs, written and read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.base.diagnostics import AuditorError
from auditor.log import load
from auditor.log.log import Log

HEADER = "event,time,report_id"
ALL = 1.0  # a share of rejects that never fails


def write(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mapped(folder: Path, text: str) -> Path:
    return write(folder, text, "log.mapping.yaml")


def read(folder: Path, text: str | bytes, mapping: str | None = None, name: str = "log.csv", **options: Any) -> Log:
    """The log in `text` under a mapping text; rejects are accepted unless the test says otherwise."""
    options.setdefault("max_rejects", ALL)
    return load(write(folder, text, name), mapped(folder, mapping) if mapping else None, **options)


def rows(log: Log, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of all events, by place and event; missing values as None."""
    query = ", ".join(f'"{name}"' for name in columns)
    found = log.backend.con.execute(f"SELECT {query} FROM {log.events.get_name()} ORDER BY place, event")  # type: ignore[attr-defined]
    return [tuple(row) for row in found.fetchall()]


def rejected(log: Log) -> list[tuple[Any, ...]]:
    """(reason, row, column, value) of every reject."""
    assert log.rejects is not None
    query = f'SELECT reason, row, "column", value FROM {log.rejects.get_name()}'
    return [tuple(row) for row in log.backend.con.execute(query).fetchall()]  # type: ignore[attr-defined]


def failure(error: AuditorError) -> str:
    return str(error)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
