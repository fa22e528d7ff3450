"""JSON: the whole audit in one object, findings last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

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
    stream.write(b'"findings": [')
    first = True
    for chunk in json_lines(audit, before=",\n", after=""):
        stream.write(chunk[1:] if first else chunk)
        first = False
    stream.write(b"\n]}\n")


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
        },
        "rules": [outcome.as_dict() for outcome in audit.outcomes],
        "groups": [dict(group) for group in audit.groups],
    }
