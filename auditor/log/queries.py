"""Queries kept in the engine under a name, so that what is built on them is compiled without them.

On DuckDB past Ibis' own ways, which copy every query and ask the engine for what is known already.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from auditor.log.statements import connection, run

_serial = count()


def hold(backend: Any, table: ir.Table) -> ir.Table:
    """The rows as a temporary table of the engine, which writes it to disk when memory ends."""
    name = f"auditor_held_{next(_serial)}"
    if backend.name != "duckdb":
        held: ir.Table = backend.create_table(name, table, temp=True)
        return held
    kinds = backend.compiler.type_mapper
    columns = ", ".join(f'"{column}" {kinds.to_string(kind)}' for column, kind in table.schema().items())
    query = compiled(backend, table)
    run(backend, f"CREATE TEMP TABLE {name} ({columns}); INSERT INTO {name} {query}")
    return known(backend, name, table.schema())


def view(backend: Any, table: ir.Table) -> ir.Table:
    """The query under a name.  Nothing is computed yet."""
    if backend.name != "duckdb":
        return table
    name = f"auditor_view_{next(_serial)}"
    run(backend, f"CREATE TEMP VIEW {name} AS {compiled(backend, table)}")
    return known(backend, name, table.schema())


def release(backend: Any, held: ir.Table) -> None:
    """Give up what a held table takes; nothing that is built on it can be asked for any more."""
    if backend.name == "duckdb":
        run(backend, f"DROP TABLE {held.get_name()}")
    else:
        backend.drop_table(held.get_name())


def compiled(backend: Any, table: ir.Table) -> str:
    """The query as SQL, its in-memory tables registered."""
    if table.op().find((ops.InMemoryTable, ops.ScalarUDF, ops.AggUDF)):
        connection(backend)  # they are registered there
        backend._run_pre_execute_hooks(table)
    with _unmerged():
        return str(backend.compile(table))


def named(backend: Any, name: str) -> ir.Table:
    """A temporary table or view of the engine; its columns are asked for past Arrow, which is slow to load."""
    if backend.name != "duckdb":
        table: ir.Table = backend.table(name, database=("temp", "main"))
        return table
    kinds = backend.compiler.type_mapper
    columns = connection(backend).execute(f"DESCRIBE {name}").fetchall()
    return known(backend, name, ibis.schema({column: kinds.from_string(kind) for column, kind, *_ in columns}))


def known(backend: Any, name: str, schema: ibis.Schema) -> ir.Table:
    """A temporary table or view of DuckDB whose columns are known."""
    where = ops.Namespace(catalog="temp", database="main")
    made: ir.Table = ops.DatabaseTable(name, schema=schema, source=backend, namespace=where).to_expr()
    return made


@contextmanager
def _unmerged() -> Iterator[None]:
    """Compile selects as they were built: the engine merges them itself, and Ibis would take a tenth of the time."""
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before
