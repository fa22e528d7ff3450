"""A query's rows: kept in the engine, or as a stream of Arrow record batches, in bounded memory both."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import ibis.expr.types as ir

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

ROWS = 50_000
_serial = count()


def hold(backend: ibis.BaseBackend, table: ir.Table) -> ir.Table:
    """The rows as a temporary table of the engine, which writes it to disk when memory ends."""
    return backend.create_table(f"auditor_findings_{next(_serial)}", table, temp=True)


def batches(backend: ibis.BaseBackend, table: ir.Table, rows: int = ROWS) -> Iterator[pa.RecordBatch]:
    """Record batches of about `rows` rows.  No other query may run on the back end until the last one is read."""
    if backend.name != "duckdb":
        yield from backend.to_pyarrow_batches(table, chunk_size=rows)
        return
    # Ibis 12 still calls `fetch_record_batch`, which DuckDB 2 has renamed; the hook registers in-memory tables.
    backend._run_pre_execute_hooks(table)
    yield from backend.con.sql(backend.compile(table)).to_arrow_reader(rows)
