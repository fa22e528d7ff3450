"""Markdown: the audit as a document for a wiki, or as a comment on a change of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.markdown.findings import findings, resolved
from auditor.outputs.markdown.head import head
from auditor.outputs.markdown.rules import groups, rules
from auditor.outputs.markdown.unjudged import log, packs, unjudged

if TYPE_CHECKING:
    from auditor.results.audit import Audit

LARGEST = 60_000  # characters; GitHub takes comments of 65,536
_BEFORE, _AFTER = (head, rules, groups), (resolved, unjudged, log, packs)


def write(audit: Audit, stream: BinaryIO) -> None:
    """The whole document in UTF-8; findings of the rules for which a comment has no room are left out, and counted."""
    before, after = ("\n".join(line for part in parts for line in part(audit)) for parts in (_BEFORE, _AFTER))
    between = "\n".join(findings(audit, LARGEST - len(before) - len(after)))
    stream.write(f"{before}\n{between}\n{after}\n".encode())
