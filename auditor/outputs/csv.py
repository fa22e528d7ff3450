"""CSV (RFC 4180 but for line ends, which are LF): one row per finding, UTF-8, header first; `evidence` is JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import ibis
import ibis.expr.types as ir

from auditor.log.queries import view
from auditor.outputs.hostile import FORMULA, controls, without_controls
from auditor.outputs.rows import TIMES
from auditor.results.streams import batches, text
from auditor.results.wording import iso

if TYPE_CHECKING:
    import pyarrow as pa

    from auditor.results.audit import Audit

# What the engine itself writes: neither formulas nor quotes can be in it.  Evidence is a cell in quotes already.
_OWN = frozenset({"severity", "verdict", "reason", *TIMES, "late_seconds", "fingerprint", "status", "evidence"})
_NOT_PLAIN = re.compile(r'["\\\x00-\x1f]')  # what JSON escapes


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the findings from the engine, which writes the lines."""
    rows = audit.findings_table()
    rows = rows.mutate(evidence=_evidence(audit, rows), **{name: iso(rows[name]) for name in TIMES})
    stream.write((",".join(rows.columns) + "\n").encode())
    for chunk in lines(audit.log.backend, rows, own=_OWN):
        stream.write(chunk)


def lines(backend: Any, rows: ir.Table, *, own: frozenset[str] = frozenset()) -> Iterator[bytes | memoryview]:
    """Chunks of CSV, a line for each row; cells of the columns `own` as they are."""
    rows = view(backend, rows)  # each cell is looked at more than once, and its text made once
    cells = [rows[name].cast("string").fill_null("") for name in rows.columns]
    cells = [cell if name in own else _cell(cell) for name, cell in zip(rows.columns, cells, strict=True)]
    for batch in batches(backend, rows.select(line=ibis.literal(",").join(cells) + "\n")):
        yield _harmless(batch)


def _cell(cell: ir.StringValue) -> ir.StringValue:
    """One cell, no formula, in quotes where it needs them."""
    quoted = '"' + ibis.ifelse(_formula(cell), "'", "") + cell.replace('"', '""') + '"'
    plain = ibis.ifelse(_formula(cell), "'" + cell, cell)
    return ibis.ifelse(cell.contains(",") | cell.contains('"'), quoted, plain)


def _formula(cell: ir.StringValue) -> ir.BooleanValue:
    # not `isin`: DuckDB makes a join of a long list, and a join does not keep the order of rows
    return ibis.literal(FORMULA).contains(cell.left(1)) & (cell != "")


def _harmless(batch: pa.RecordBatch) -> bytes | memoryview:
    """The lines of a batch; where any holds a control character but the line feed at its end, one by one."""
    whole = text(batch)
    if controls(whole) == len(batch):
        return whole
    return "".join(map(without_controls, batch.column(0).to_pylist())).encode()


def _evidence(audit: Audit, rows: ir.Table) -> ir.StringValue:
    """The evidence as JSON in a cell.  Names that JSON need not escape, as nearly all are, are put in as they are."""
    if any(map(_NOT_PLAIN.search, (*audit.log.health.files, *audit.log.profile))):
        return '"' + rows.evidence.map(_typed).cast("json").cast("string").replace('"', '""') + '"'
    return ibis.literal("").join(['"[', rows.evidence.map(_plain).join(","), ']"'])


def _typed(item: ir.StructValue) -> ir.StructValue:
    return ibis.struct({name: iso(item[name]) if name == "time" else item[name] for name in item.names})


def _plain(item: ir.StructValue) -> ir.StringValue:
    parts = ['{""file"":""', item["file"], '"",""row"":', item["row"].cast("string"), ',""event"":""', item["event"]]
    parts += ['"",""time"":""', iso(item["time"]), '"",""role"":""', item["role"], '""}']
    return ibis.literal("").join(parts)
