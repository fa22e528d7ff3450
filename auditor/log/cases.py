"""The case table behind a log: rows that tell several events each, before they are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditor.log import sql
from auditor.log.log import Cases
from auditor.log.rows import Rows
from auditor.log.scans import fresh


def cases(backend: Any, parts: Sequence[Rows], names: Sequence[Sequence[str]]) -> Cases | None:
    """The case table behind a log with these event names by part; None where there is none, or mapped event ids say
    which events are the same."""
    if len(parts) != 1 or len(names[0]) < 2 or any(entry.event_id is not None for entry in parts[0].plan.entries):
        return None
    [rows], [told] = parts, names
    made, selected = {"place": rows.place}, dict[str, str]()
    columns: dict[str, dict[str, str]] = {}
    for i, (name, entry) in enumerate(zip(told, rows.plan.entries, strict=True)):
        occurs = f"CASE WHEN {entry.condition} THEN t{entry.number} END" if entry.condition else f"t{entry.number}"
        latest = f"l{entry.number}" if f"l{entry.number}" in rows.plan.computed else f"t{entry.number}"
        made |= {f"t{i}": occurs, f"l{i}": latest}
        for value in entry.values.values():
            selected.setdefault(value.sql, f"v{len(selected)}")
        columns[name] = {field: selected[value.sql] for field, value in entry.values.items()}
    made |= {alias: cell for cell, alias in selected.items()}
    listed = ", ".join(f"{expression} AS {sql.name(alias)}" for alias, expression in made.items())
    view = fresh("cases")
    backend.con.execute(f"CREATE TEMP VIEW {view} AS SELECT {listed} FROM {rows.name} WHERE {rows.accepted}")
    return Cases(backend.table(view, database=("temp", "main")), tuple(told), columns)
