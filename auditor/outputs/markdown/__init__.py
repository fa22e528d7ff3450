"""Markdown: the audit as a document for a wiki, or as a comment on a change of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.markdown.findings import findings, resolved
from auditor.outputs.markdown.head import head
from auditor.outputs.markdown.rules import groups, rules
from auditor.outputs.markdown.unjudged import log, packs, unjudged

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_PARTS = (head, rules, groups, findings, resolved, unjudged, log, packs)


def write(audit: Audit, stream: BinaryIO) -> None:
    """The whole document in UTF-8."""
    lines = [line for part in _PARTS for line in part(audit)]
    stream.write(("\n".join(lines) + "\n").encode())
