"""JSON: one object, the obligations that fall due last, one on each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import ibis

from auditor.outputs.due.rows import texts
from auditor.outputs.due.words import warnings
from auditor.outputs.hostile import safe_json
from auditor.results.streams import text
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.due import Due


def write(found: Due, stream: BinaryIO, _look: Look) -> None:
    """The head as one piece; the obligations stream from the engine."""
    from auditor import __version__

    head = {
        "auditor": __version__,
        "as_of": iso_text(found.audit.judgement.as_of),
        "from": iso_text(found.start),
        "until": iso_text(found.end),
        "next": str(found.length),
        "pending": sum(found.counts.values()),
        "listed": found.listed,
        "later": found.counts["later"],
        "without_due_time": found.counts["without"],
        "bands": [{"name": b.name, "until": iso_text(b.until), "due": found.counts[b.name]} for b in found.bands],
        "warnings": list(warnings(found)),
    }
    for key, value in head.items():
        opening = "{" if key == "auditor" else ""
        stream.write(safe_json(f"{opening}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n".encode()))
    stream.write(b'"due": [')
    rows = texts(found)
    whole = ibis.struct({name: rows[name] for name in rows.columns}).cast("json").cast("string")
    for number, batch in enumerate(found.audit.batches(rows.select(line=ibis.literal(",\n") + whole))):
        chunk = safe_json(text(batch))
        stream.write(chunk if number else chunk[1:])
    stream.write(b"\n]}\n")
