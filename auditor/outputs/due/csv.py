"""CSV: one row for each obligation that falls due, as in the CSV of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.csv import lines
from auditor.outputs.due.rows import TIMES, texts
from auditor.results.due import FIELDS

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.due import Due

_OWN = frozenset({"band", "in_seconds", "severity", "draft", "fingerprint", *TIMES})  # written by ourselves


def write(found: Due, stream: BinaryIO, _look: Look) -> None:
    """The header, and a line for each obligation, streamed from the engine."""
    stream.write((",".join(FIELDS) + "\n").encode())
    for chunk in lines(found.audit.log.backend, texts(found), own=_OWN):
        stream.write(chunk)
