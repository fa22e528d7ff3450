"""The worst violations, for outputs that have room for a few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from auditor.outputs.rows import texts
from auditor.outputs.samples import freshness
from auditor.results.findings import Ranks, order

if TYPE_CHECKING:
    from auditor.results.audit import Audit
    from auditor.rules.model import Severity


def worst(audit: Audit, severity: Severity, most: int) -> list[dict[str, Any]]:
    """Violated findings of a severity that count: new ones before continuing ones, the first of each rule before any
    second one, so that one rule does not hide the others.

    Fields as in `docs/formats.md`, times as texts.  Drafts and waived findings are left out.
    """
    ranks = Ranks(audit, audit.show)
    counted = {outcome.rule.id for outcome in audit.counted}
    chosen = [
        number for number, (one, verdict) in enumerate(ranks.entries)
        if verdict == "violated" and one.severity == severity and one.rule in counted
    ]  # fmt: skip
    if not chosen:
        return []
    table = audit.held()
    table = table.filter(table.rank.isin(chosen))
    if audit.marks:
        table = table.filter(table.status != "waived")
    fresh = [freshness(table)] if audit.marks else []
    number = ibis.row_number().over(group_by=table.rank, order_by=[*fresh, *order(table)])
    table = table.mutate(number=number)
    told = ranks.told(table.order_by([*fresh, table.number, *order(table)]).limit(most))
    return [row for batch in audit.batches(texts(told)) for row in batch.to_pylist()]
