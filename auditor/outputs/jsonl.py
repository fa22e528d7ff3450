"""JSON Lines: one object per finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.rows import json_lines

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the findings from the engine."""
    for chunk in json_lines(audit):
        stream.write(chunk)
