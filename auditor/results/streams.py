"""A query's rows as a stream of Arrow record batches, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from auditor.log.queries import compiled
from auditor.log.statements import connection

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 50_000


def keeps_order(backend: Any) -> bool:
    """Whether rows come out of a held table as they went in: DuckDB's default, which costs no second sort."""
    if backend.name != "duckdb":
        return False
    [(kept,)] = connection(backend).execute("SELECT current_setting('preserve_insertion_order')").fetchall()
    return bool(kept)


def batches(backend: Any, table: ir.Table, rows: int = ROWS) -> Iterator[pa.RecordBatch]:
    """Record batches of about `rows` rows.  No other query may run on the back end until the last one is read."""
    if backend.name != "duckdb":
        yield from backend.to_pyarrow_batches(table, chunk_size=rows)
        return
    # Ibis 12 still calls `fetch_record_batch`, which DuckDB 2 has renamed.
    yield from connection(backend).sql(compiled(backend, table)).to_arrow_reader(rows)


def text(batch: pa.RecordBatch) -> memoryview:
    """The texts of a batch's only column one after another (UTF-8), without making Python objects of them."""
    import numpy as np

    column = batch.column(0).cast("string")
    _, places, data = column.buffers()
    if data is None:
        return memoryview(b"")
    ends = np.frombuffer(places, np.int32)
    return memoryview(data)[int(ends[column.offset]) : int(ends[column.offset + len(column)])]


def copy(backend: Any, table: ir.Table, columns: str, path: Path, options: str) -> None:
    """Let DuckDB write the rows, in their order, to a file; `columns` is SQL.  Raises OSError."""
    import duckdb

    place = str(path).replace("'", "''")
    query = f"SELECT {columns} FROM ({compiled(backend, table)})"
    try:
        connection(backend).execute(f"COPY ({query}) TO '{place}' ({options}, USE_TMP_FILE false)")
    except duckdb.IOException as error:
        raise OSError(0, str(error)) from error
