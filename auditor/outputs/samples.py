"""What a page shows of the findings: the first ones of each rule, and doubts by reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from auditor.engine.tables import fetched
from auditor.results.findings import Ranks, order
from auditor.results.marks import STATUSES
from auditor.results.messages import why
from auditor.results.options import Verdict

if TYPE_CHECKING:
    from auditor.results.audit import Audit

PER_RULE = 5  # findings shown for a rule
FIELDS = ("rule_id", "verdict", "status", "message")
LONGEST = 40  # characters of an id; longer ones are cut in the engine already


@dataclass(frozen=True)
class Sample:
    """A finding as a page shows it."""

    verdict: str
    status: str
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
    """The first findings of each rule, new ones before others, undetermined ones left out."""
    ranks = Ranks(audit, audit.show)
    certain = [number for number, (_, verdict) in enumerate(ranks.entries) if verdict != "undetermined"]
    if not certain:
        return {}
    table = audit.held()
    table = table.filter(table.rank.isin(certain))
    table = table.mutate(rule=ranks.constant([one.rule_number for one, _ in ranks.entries], table.rank, "int64"))
    new = [freshness(table)] if audit.marks else []
    number = ibis.row_number().over(group_by=table.rule, order_by=[*new, *order(table)])
    table = table.mutate(number=number)
    first = table.filter(table.number < PER_RULE).order_by(["rank", "number"])
    told = ranks.said(first, FIELDS, certain)
    found: dict[str, list[Sample]] = {}
    chosen = told.select(*FIELDS, subject=told.subject.substr(0, LONGEST + 1))
    for row in fetched(audit.log.backend, chosen):
        found.setdefault(row.pop("rule_id"), []).append(Sample(**row))
    return found


def freshness(table: ir.Table) -> ir.IntegerValue:
    """New findings before those that continue, waived ones last."""
    return ibis.cases(*((table.status == name, number) for number, name in enumerate(STATUSES)), else_=0)


def doubts(audit: Audit, show: Sequence[Verdict] | None = None) -> list[Doubt]:
    """Undetermined findings by rule and reason, in the order of findings; `show` as in `Audit.findings`."""
    ranks = Ranks(audit, tuple(audit.show if show is None else show))
    doubtful = [number for number, (_, verdict) in enumerate(ranks.entries) if verdict == "undetermined"]
    if not doubtful:
        return []
    table = audit.held(show)
    table = table.filter(table.rank.isin(doubtful))
    nobody = ((table.reason == "missing_value") & table.subject.isnull()).fill_null(False)
    grouped = table.group_by(["rank", "reason", nobody.name("nobody")])
    first = table.subject.min().substr(0, LONGEST + 1)
    rows = fetched(audit.log.backend, grouped.agg(cases=table.count(), first=first))
    told: list[Doubt] = []
    for rank, (one, _) in enumerate(ranks.entries):
        mine = []
        for row in (row for row in rows if row["rank"] == rank):
            cause = why(one, row["reason"], audit.log.observed_from, subject=not row["nobody"])
            mine.append(Doubt(one.rule, cause, row["cases"], row["first"]))
        told += sorted(mine, key=lambda doubt: (-doubt.cases, doubt.why))
    return told
