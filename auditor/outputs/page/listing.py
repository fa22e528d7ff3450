"""The findings that the page lists: all of them or, where there are too many, the worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.engine.tables import fetched
from auditor.outputs.hostile import safe
from auditor.outputs.rows import texts
from auditor.results.findings import Ranks, order
from auditor.results.options import VERDICTS

if TYPE_CHECKING:
    from auditor.results.audit import Audit

MOST = 50_000
LONGEST = 300  # characters of an id
SENTENCE = 2_000  # characters of a message
WITNESSES = 60  # pieces of evidence


@dataclass(frozen=True)
class Listing:
    """Findings in the contract's order, as text without anything harmful, with `vague`, `waiver` and `more` beside."""

    rows: tuple[Mapping[str, Any], ...]
    total: int  # findings that the audit shows

    @property
    def left_out(self) -> int:
        """Findings that the page does not list."""
        return self.total - len(self.rows)

    @property
    def cut(self) -> str:
        """How many findings the page leaves out, and where they are; '' when it lists all of them."""
        if not self.left_out:
            return ""
        return (
            f"This page lists the worst {len(self.rows):,} of {self.total:,} findings and leaves out "
            f"{self.left_out:,}: the formats csv, jsonl, json and parquet hold all of them (--output findings.csv)."
        )


def listing(audit: Audit, most: int = MOST) -> Listing:
    """The findings with the verdicts that the audit shows; of too many the violated ones first, by severity."""
    ranks = Ranks(audit, audit.show)
    counts = [audit.judgement.counts[one.rule][verdict] for one, verdict in ranks.entries]
    table, total = audit.held(), sum(counts)
    if total > most:
        quotas = ranks.constant(_quotas(ranks, counts, most), table.rank, "int64")
        table = table.mutate(number=ibis.row_number().over(group_by=table.rank, order_by=order(table)), quota=quotas)
        table = table.filter(table.number < table.quota).drop("number", "quota").order_by(order(table))
    vague = _vague(audit, table)
    told = texts(ranks.told(table.mutate(subject=table.subject.substr(0, LONGEST + 1))))
    rows = (row for batch in audit.batches(told) for row in batch.to_pylist())
    numbers = frozenset(rule.id for rule in audit.ruleset.rules if rule.obligation.kind == "count")
    return Listing(tuple(_row(audit, row, vague, numbers) for row in rows), total)


def _quotas(ranks: Ranks, counts: list[int], most: int) -> list[int]:
    """How many findings of each rank are listed."""
    quotas, left = [0] * len(counts), most
    for rank in sorted(range(len(counts)), key=lambda rank: (VERDICTS.index(ranks.entries[rank][1]), rank)):
        quotas[rank] = min(counts[rank], left)
        left -= quotas[rank]
    return quotas


def _vague(audit: Audit, table: ir.Table) -> frozenset[str]:
    """The fingerprints of findings with a time that is an interval."""
    if "vague" not in table.columns:
        return frozenset()
    return frozenset(row["fingerprint"] for row in fetched(audit.log.backend, table.filter("vague")[["fingerprint"]]))


def _row(audit: Audit, row: dict[str, Any], vague: frozenset[str], numbers: frozenset[str]) -> Mapping[str, Any]:
    """A finding as it is listed; `numbers`: the rules that ask for a number, of which nobody knows how late it came."""
    waiver = audit.waiver_for(row["rule_id"], row["subject"]) if row["status"] == "waived" else None
    evidence, subject = row["evidence"], row["subject"]
    return row | {
        "late_seconds": None if row["rule_id"] in numbers else row["late_seconds"],
        "subject": None if subject is None else safe(subject, LONGEST),
        "message": safe(row["message"], SENTENCE),
        "evidence": [one | {"file": safe(one["file"]), "event": safe(one["event"])} for one in evidence[:WITNESSES]],
        "more": max(len(evidence) - WITNESSES, 0),
        "vague": row["fingerprint"] in vague,
        "waiver": waiver and {
            "reason": safe(waiver.reason), "approver": safe(waiver.approver), "expires": waiver.expires.isoformat()
        },
    }  # fmt: skip
