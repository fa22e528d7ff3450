"""JSON: the whole audit in one object, findings last."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

import ibis

from auditor.outputs.hostile import safe_json
from auditor.outputs.rows import json_lines
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """The head as one piece; the findings stream from the engine, one on each line."""
    for key, value in head(audit).items():
        opening = "{" if key == "auditor" else ""
        stream.write(safe_json(f"{opening}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n".encode()))
    if audit.log.asserted:
        _asserted(audit, stream)
    stream.write(b'"findings": [')
    _listed(json_lines(audit, before=",\n", after=""), stream)
    stream.write(b"\n]}\n")


def _asserted(audit: Audit, stream: BinaryIO) -> None:
    """The source's own verdicts beside ours; the reports on which they differ stream from the engine."""
    stream.write(b'"asserted": [')
    for number, one in enumerate(audit.asserted.each):
        text = json.dumps(one.as_dict(), ensure_ascii=False).removesuffix("}")
        stream.write(safe_json(f'{"," if number else ""}\n{text}, "differing": ['.encode()))
        rows = audit.asserted.differing(one.name)
        if rows is not None:
            item = ibis.struct({name: rows[name] for name in rows.columns}).cast("json").cast("string")
            texts = audit.batches(rows.select(item=ibis.literal(",\n") + item))
            _listed((safe_json("".join(batch.column(0).to_pylist()).encode()) for batch in texts), stream)
            stream.write(b"\n")
        stream.write(b"]}")
    stream.write(b"\n],\n")


def _listed(chunks: Iterable[bytes | memoryview], stream: BinaryIO) -> None:
    """Chunks of items that each begin with a comma, as the items of a list."""
    for number, chunk in enumerate(chunks):
        stream.write(chunk if number else chunk[1:])


def head(audit: Audit) -> dict[str, Any]:
    """Everything but the findings; keys in the order of the contract."""
    from auditor import __version__

    judged = audit.judgement
    return {
        "auditor": __version__,
        "as_of": iso_text(judged.as_of),
        "log": {
            **audit.log.health.as_dict(),
            "out_of_order": audit.out_of_order,
            "observed_from": iso_text(audit.log.observed_from) if audit.log.observed_from else None,
            "observed_until": iso_text(audit.log.observed_until),
            "set_aside": judged.set_aside,
            "duplicates": judged.duplicates,
            "without_subject": {name: number for name, number in judged.subjectless.items() if number},
            "missing_fields": [gap.as_dict() for gap in audit.gaps],
        },
        "packs": [pack.as_dict() for pack in audit.ruleset.packs],
        "rules": [outcome.as_dict() for outcome in audit.outcomes],
        "groups": [dict(group) for group in audit.groups],
        "group_verdicts": audit.group_verdicts,
        **({} if audit.comparison is None else {"comparison": audit.comparison.as_dict()}),
    }
