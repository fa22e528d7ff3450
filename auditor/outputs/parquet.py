"""Parquet: one row per finding, typed; times in UTC, evidence a list of structs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from auditor.results.arrow import SCHEMA
from auditor.results.findings import FIELDS, TIMES
from auditor.results.streams import copy

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_WITNESS = "struct_pack(file := e.file, row := e.row, event := e.event, time := {}, role := e.role)"


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the findings from the engine, batch by batch."""
    from pyarrow import parquet

    with parquet.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for batch in audit.typed(audit.findings_table()):
            writer.write_batch(batch)


def write_file(audit: Audit, path: Path) -> None:
    """The same findings, written by DuckDB itself."""
    columns = [f"{_utc(name)} AS {name}" if name in TIMES else name for name in FIELDS]
    witnesses = f"list_transform(evidence, lambda e: {_WITNESS.format(_utc('e.time'))})"
    columns[FIELDS.index("evidence")] = f"{witnesses} AS evidence"
    copy(
        audit.log.backend, audit.findings_table(), ", ".join(columns), path,
        "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 10000",
    )  # fmt: skip


def _utc(moment: str) -> str:
    """A time that knows that it is UTC, whatever the zone of the connection."""
    return f"make_timestamptz(epoch_us({moment}))"
