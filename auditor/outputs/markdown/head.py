"""The head of the document: the verdicts with their denominators, and what a reader has to know before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.outputs.figures import COUNTS, Headline, headline
from auditor.outputs.log_health import conclusion
from auditor.outputs.markdown.tables import table
from auditor.outputs.markdown.text import code, prose
from auditor.outputs.notices import notices
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def head(audit: Audit) -> Iterator[str]:
    """Title, conclusion, totals, comparison, notices."""
    files, found = audit.log.health.files, headline(audit)
    names = ", ".join(map(code, files[:3])) + (f" and {len(files) - 3:,} more" if len(files) > 3 else "")
    packs = ", ".join(prose(f"{pack.name} {pack.version}") for pack in audit.ruleset.packs)
    yield from (f"# Audit of {names}", "", f"Judged as of {iso_text(audit.judgement.as_of)} by {packs}.")
    yield from ("", f"**{prose(conclusion(audit))}.**", "")
    yield from table(("verdict", "number", "of"), _totals(audit, found))
    if found.severities:
        told = ", ".join(f"{number:,} {name}" for name, number in found.severities.items())
        yield from ("", f"Violated{', groups included' if found.groups else ''}, by severity: {told}.")
    if audit.comparison:
        one = audit.comparison
        counts = f"{one.new:,} new, {one.continuing:,} continuing, {one.resolved:,} resolved"
        yield from ("", f"Findings compared with {prose(one.source)}: {counts}.")
    if told_first := [f"- {notice.text}" for notice in notices(audit, found)]:
        yield from ("", *told_first)


def _totals(audit: Audit, found: Headline) -> Iterator[tuple[str, str, str]]:
    for verdict in COUNTS:
        yield verdict, f"{found.counts[verdict]:,}", f"{found.activations:,} activations"
    if audit.marks.waivers is not None:
        yield "waived", f"{found.waived:,}", f"{found.counts['violated']:,} violated"
    if found.groups:
        for verdict, number in found.group_counts.items():
            yield f"groups {verdict}", f"{number:,}", f"{found.groups:,} groups"
