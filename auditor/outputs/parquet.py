"""Parquet: one row per finding, typed; times in UTC, evidence a list of structs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from pyarrow import parquet

from auditor.results.findings import SCHEMA

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the findings from the engine, batch by batch."""
    with parquet.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for batch in audit.typed(audit.findings_table()):
            writer.write_batch(batch)
