"""A log of the engine made from a few rows that Python holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import ibis
import pyarrow as pa

from auditor.log.log import EventProfile, Health, Log
from auditor.log.schema import EVENT, IDENTITY, PLACE, TIME, TIME_LATEST, Field

_TYPES = {
    "text": pa.string(), "bool": pa.bool_(), "integer": pa.int64(), "number": pa.float64(),
    "instant": pa.timestamp("us"),
}  # fmt: skip
_INSTANT = "timestamp(6)"
_serial = itertools.count()


def small_log(
    backend: Any, rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Field], covers: Iterable[str], as_of: datetime
) -> Log:
    """The log of rows with `event`, `time`, `time_latest` and any of `fields` (instants aware); observed until `as_of`.

    Every row is an event of its own, even where two are alike; its place is its number.
    """
    columns = {EVENT: "text", TIME: "instant", TIME_LATEST: "instant"} | {f.name: f.type for f in fields.values()}
    arrays = {name: pa.array([_plain(row.get(name)) for row in rows], _TYPES[kind]) for name, kind in columns.items()}
    arrays[PLACE] = pa.array(range(len(rows)), pa.int64())
    arrays[IDENTITY] = pa.array([f"{number:09}" for number in range(len(rows))])
    table = backend.create_table(f"small_log_{next(_serial)}", ibis.memtable(pa.table(arrays)), temp=True)
    instants = [name for name, kind in columns.items() if kind == "instant"]
    imprecise = sum(row[TIME] != row[TIME_LATEST] for row in rows)
    return Log(
        backend=backend,
        events=table.cast(dict.fromkeys(instants, _INSTANT)),
        fields=fields,
        covers=frozenset(covers),
        observed_until=_plain(as_of),
        observed_from=None,
        profile=_profile(rows, fields),
        health=Health(("test",), len(rows), len(rows), imprecise=imprecise),
    )


def _plain(value: Any) -> Any:
    """Instants as the engine keeps them: UTC, without zone."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _profile(rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Field]) -> dict[str, EventProfile]:
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row[EVENT], []).append(row)
    return {
        name: EventProfile(
            len(some),
            min(_plain(row[TIME]) for row in some),
            max(_plain(row[TIME]) for row in some),
            {field: sum(row.get(field) is None for row in some) for field in fields},
        )
        for name, some in by_name.items()
    }
