"""Findings in a workbook: typed cells, a sheet for each severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from auditor.outputs.xlsx.book import Book, Column, Sheet
from auditor.results.findings import FIELDS
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_WIDTHS = {
    "rule_id": 32, "severity": 10, "verdict": 13, "reason": 15, "subject_key": 13, "subject": 24, "activated_at": 22,
    "due_at": 22, "met_at": 22, "late_seconds": 13, "message": 90, "refs": 40, "fingerprint": 35, "status": 11,
    "evidence": 90,
}  # fmt: skip
COLUMNS = [Column(name, _WIDTHS[name]) for name in FIELDS]


def write(book: Book, audit: Audit) -> None:
    """All findings that are shown, worst first."""
    sheets: dict[str, Sheet] = {}
    for batch in audit.batches(audit.findings_table()):
        for row in batch.to_pylist():
            if row["severity"] not in sheets:
                sheets[row["severity"]] = book.sheet(row["severity"], COLUMNS)
            sheets[row["severity"]].row(*(row[name] for name in FIELDS[:-1]), told(row["evidence"]))


def resolved(book: Book, audit: Audit) -> None:
    """What an earlier audit had found, and this one no more."""
    if audit.comparison is None or not audit.comparison.resolved:
        return
    names = ("rule_id", "severity", "verdict", "subject", "activated_at", "fingerprint")
    sheet = book.sheet("resolved", [Column(name, _WIDTHS[name]) for name in names])
    for batch in audit.comparison.resolved_findings.to_batches(10_000):
        for row in batch.to_pylist():
            sheet.row(*(row[name] for name in names))


def told(evidence: Iterable[Mapping[str, Any]]) -> str:
    """`activation: report.received 2020-01-20T09:00:00Z (log.csv, row 2); match: …`."""
    return "; ".join(
        f"{one['role']}: {one['event']} {iso_text(one['time'])} ({one['file']}, row {one['row']})" for one in evidence
    )
