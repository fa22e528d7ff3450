"""CSV (RFC 4180 but for line ends, which are LF): one row per finding, UTF-8, header first; `evidence` is JSON."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, BinaryIO

import ibis
import ibis.expr.types as ir

from auditor.outputs.hostile import CONTROLS, FORMULA
from auditor.outputs.rows import texts as written

if TYPE_CHECKING:
    from auditor.results.audit import Audit


# What the engine itself writes: neither formulas nor quotes can be in it.
_OWN = frozenset(
    {"severity", "verdict", "reason", "activated_at", "due_at", "met_at", "late_seconds", "fingerprint", "status"}
)


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the findings from the engine, which writes the lines."""
    rows = written(audit.findings_table())
    rows = rows.mutate(evidence=rows.evidence.cast("json").cast("string"))
    stream.write((",".join(rows.columns) + "\n").encode())
    for batch in audit.batches(line(rows, own=_OWN)):
        stream.write("".join(batch.column(0).to_pylist()).encode())


def line(rows: ir.Table, *, own: frozenset[str] = frozenset()) -> ir.Table:
    """One column `line`: each row as a line of CSV; cells of the columns `own` as they are."""
    texts = {name: rows[name].cast("string").fill_null("") for name in rows.columns}
    cells = [text if name in own else _cell(text) for name, text in texts.items()]
    return rows.select(line=reduce(add, [part for cell in cells for part in (",", cell)][1:]) + "\n")


def _cell(text: ir.StringValue) -> ir.StringValue:
    """One cell, harmless, in quotes where it needs them."""
    harmless = ibis.ifelse(text.re_search(FORMULA), "'", "") + text
    harmless = harmless.re_replace(CONTROLS, "\ufffd")
    return ibis.ifelse(harmless.re_search('[",]'), '"' + harmless.replace('"', '""') + '"', harmless)
