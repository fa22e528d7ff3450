"""Findings as rows of text, written by the engine: what csv, jsonl and json share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.outputs.hostile import safe_json
from auditor.results.streams import text
from auditor.results.wording import iso

if TYPE_CHECKING:
    from auditor.results.audit import Audit

TIMES = ("activated_at", "due_at", "met_at")


def texts(findings: ir.Table) -> ir.Table:
    """Findings whose times are texts such as `2020-01-21T09:00:00Z`, also those in the evidence."""

    def witness(item: ir.StructValue) -> ir.StructValue:
        named = {name: item[name] for name in ("file", "row", "event")}
        return ibis.struct({**named, "time": iso(item["time"]), "role": item["role"]})

    times = {name: iso(findings[name]) for name in TIMES}
    return findings.mutate(evidence=findings.evidence.map(witness), **times)


def json_lines(audit: Audit, *, before: str = "", after: str = "\n") -> Iterator[bytes | memoryview]:
    """Chunks of JSON text: one object per finding, each with `before` and `after` around it."""
    rows = texts(audit.findings_table())
    whole = ibis.struct({name: rows[name] for name in rows.columns}).cast("json").cast("string")
    lines = rows.select(line=ibis.literal(before) + whole + ibis.literal(after))
    for batch in audit.batches(lines):
        yield safe_json(text(batch))


def records(audit: Audit) -> Iterator[dict[str, Any]]:
    """Findings one by one as dicts, times as texts; a batch at a time is in memory.

    For formats whose readers show thousands of findings, not millions.
    """
    for batch in audit.batches(texts(audit.findings_table())):
        yield from batch.to_pylist()
