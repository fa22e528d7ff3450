"""Small tables into and out of a back end.

On DuckDB past Ibis' own conversions and past Arrow's from Python objects, which import pandas (a fifth of a second that
a small audit need not pay).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.log.queries import compiled, known, named
from auditor.log.statements import connection

if TYPE_CHECKING:
    import pyarrow as pa

_serial = count()


def given(backend: Any, rows: pa.Table) -> ir.Table:
    """An Arrow table that queries of this back end can join."""
    if backend.name != "duckdb":
        return ibis.memtable(rows)
    name = f"auditor_given_{next(_serial)}"
    connection(backend).register(name, rows)
    return named(backend, name)


def constants(backend: Any, columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> ir.Table:
    """A small table of Python values that queries can join; `kinds` are the columns' types by the names of Ibis."""
    schema = ibis.schema(kinds)
    if backend.name != "duckdb":
        return ibis.memtable(dict(columns), schema=schema)
    name, types = f"auditor_constants_{next(_serial)}", backend.compiler.type_mapper
    lists = (f'unnest(CAST(? AS {types.to_string(kind)}[])) AS "{column}"' for column, kind in schema.items())
    made = f"CREATE TEMP TABLE {name} AS SELECT {', '.join(lists)}"
    connection(backend).execute(made, [list(columns[c]) for c in schema])
    return known(backend, name, schema)


def fetched(backend: Any, table: ir.Table) -> list[dict[str, Any]]:
    """The few rows of a small table as dicts."""
    if backend.name != "duckdb":
        return list(backend.to_pyarrow(table).to_pylist())
    cursor = connection(backend).execute(compiled(backend, table))
    return [dict(zip(table.columns, row, strict=True)) for row in cursor.fetchall()]
