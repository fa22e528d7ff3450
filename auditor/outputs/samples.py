"""What a page shows of the findings: the first ones of each rule, and doubts by reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from auditor.results.findings import order

if TYPE_CHECKING:
    from auditor.results.audit import Audit

PER_RULE = 5  # findings shown for a rule
LONGEST = 40  # characters of an id; longer ones are cut in the engine already


@dataclass(frozen=True)
class Sample:
    """A finding as a page shows it."""

    verdict: str
    subject: str | None
    message: str


@dataclass(frozen=True)
class Doubt:
    """The undetermined findings of one rule that share a reason."""

    rule_id: str
    why: str
    cases: int
    subject: str | None  # one of them


def samples(audit: Audit) -> dict[str, list[Sample]]:
    """The first findings of each rule, undetermined ones left out."""
    table = audit.held()
    table = table.filter(table.verdict != "undetermined")
    number = ibis.row_number().over(group_by=table.rule_number, order_by=order(table))
    table = table.mutate(number=number)
    table = table.filter(table.number < PER_RULE).order_by(["rule_number", "number"])
    found: dict[str, list[Sample]] = {}
    chosen = table.select("rule_id", "verdict", "message", subject=table.subject.substr(0, LONGEST + 1))
    for batch in audit.batches(chosen):
        for row in batch.to_pylist():
            found.setdefault(row.pop("rule_id"), []).append(Sample(**row))
    return found


def doubts(audit: Audit) -> list[Doubt]:
    """Undetermined findings by rule and reason, in the order of findings."""
    table = audit.held()
    table = table.filter(table.verdict == "undetermined")
    keys = ["severity_number", "rule_number", "rule_id", "why"]
    grouped = table.group_by(keys).agg(cases=table.count(), subject=table.subject.min())
    grouped = grouped.order_by(["severity_number", "rule_number", ibis.desc("cases"), "why"])
    chosen = grouped.select("rule_id", "why", "cases", subject=grouped.subject.substr(0, LONGEST + 1))
    return [Doubt(**row) for batch in audit.batches(chosen) for row in batch.to_pylist()]
