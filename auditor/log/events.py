"""The events view: every accepted row's events, in canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from auditor.log import sql
from auditor.log.cells import as_text
from auditor.log.plan import Entry
from auditor.log.rows import Rows
from auditor.log.schema import Field

KINDS = {"text": "VARCHAR", "bool": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE", "instant": "TIMESTAMP"}
LONGEST = 50_000  # a size is written as one character; longer cells share the last one


def query(parts: Sequence[Rows], fields: Mapping[str, Field], asserted: Sequence[str]) -> str:
    """One SELECT over the row tables: a row per event."""
    selects = [_entry(rows, entry, fields, asserted) for rows in parts for entry in rows.plan.entries]
    return " UNION ALL ".join(selects)


def identities(parts: Sequence[Rows], keys: str, *, by_event: bool) -> str:
    """Place, event name and identity of the events whose place is a `key` of the table `keys`; with `by_event`, where a
    row can tell several events, of those that it names as `event` there.

    The digest is made behind the choice of rows, which an engine does not do by itself for a view that has it as a
    column.
    """
    selects = [
        f"SELECT {rows.place} AS place, {entry.event} AS event, {_identity(rows, entry)} AS identity FROM {rows.name} "
        f"WHERE {_occurs(rows, entry)} AND {rows.place} IN (SELECT key FROM {keys}"
        f"{f' WHERE event = {entry.event}' if by_event and rows.plan.several else ''})"
        for rows in parts
        for entry in rows.plan.entries
    ]
    return " UNION ALL ".join(selects)


def _occurs(rows: Rows, entry: Entry) -> str:
    condition = f" AND {entry.condition}" if entry.condition else ""
    return f"{rows.accepted} AND t{entry.number} IS NOT NULL{condition}"


def _entry(rows: Rows, entry: Entry, fields: Mapping[str, Field], asserted: Sequence[str]) -> str:
    plan, n = rows.plan, entry.number
    latest = f"l{n}" if f"l{n}" in plan.computed else f"t{n}"
    columns = [f"{entry.event} AS event", f"t{n} AS time", f"{latest} AS time_latest"]
    for name, target in fields.items():
        found = entry.values.get(name)
        cell = found.sql if found else f"CAST(NULL AS {KINDS[target.type]})"
        columns.append(f"{cell} AS {sql.name(name)}")
    columns.append(f"{rows.place} AS place")
    columns.append(f"{_identity(rows, entry)} AS identity")
    columns += [f"CAST({plan.asserted.get(name, 'NULL')} AS VARCHAR) AS {sql.name(name)}" for name in asserted]
    return f"SELECT {', '.join(columns)} FROM {rows.name} WHERE {_occurs(rows, entry)}"


def _identity(rows: Rows, entry: Entry) -> str:
    """The mapped id; else a digest of the event name and of every cell that it is made of, by column name.

    Each cell follows its size, so that no two rows with different cells have the same digest input.
    """
    cells = rows.plan.cells
    columns = sorted(entry.columns)
    layout = hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]
    parts = [entry.event, sql.text(layout)]
    for column in columns:
        text = _unambiguous(cells.raw(column), cells.kind(column))
        size = f"chr(least(strlen({text}), {LONGEST})::INTEGER + 2)"
        parts += [f"coalesce({size}, chr(1))", text]
    digest = f"md5(concat({', '.join(parts)}))"
    if entry.event_id is None:
        return digest
    id = entry.event_id.sql
    return f"coalesce({f'{entry.event} || chr(30) || {id}' if rows.plan.several else id}, {digest})"


def _unambiguous(raw: str, kind: str) -> str:
    """A cell as text; an instant as a number, which costs far less than its spelling."""
    if kind.startswith("TIMESTAMP"):
        return f"CAST(epoch_us({raw if 'ZONE' in kind else f'CAST({raw} AS TIMESTAMP)'}) AS VARCHAR)"
    return as_text(raw, kind)
