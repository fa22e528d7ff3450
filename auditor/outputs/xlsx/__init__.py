"""An Excel workbook: a summary, and a sheet of findings for each severity that has any, and what is resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.xlsx import findings, summary
from auditor.outputs.xlsx.book import workbook

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """Write the workbook in bounded memory; the same audit gives the same bytes."""
    with workbook(stream, audit.judgement.as_of) as made:
        summary.write(made, audit)
        findings.write(made, audit)
        findings.resolved(made, audit)
