"""The worst violations, for outputs that have room for a few."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from auditor.outputs.rows import texts
from auditor.outputs.samples import freshness
from auditor.results.findings import Ranks, order

if TYPE_CHECKING:
    from auditor.results.audit import Audit
    from auditor.rules.model import Severity


def worst(audit: Audit, severities: Collection[Severity], most: int) -> list[dict[str, Any]]:
    """The first violated findings of these severities that count: worst first, then new before continuing ones.

    Fields as in `docs/formats.md`, times as texts.  Drafts and waived findings are left out.
    """
    ranks = Ranks(audit, audit.show)
    counted = {outcome.rule.id for outcome in audit.counted}
    chosen = [
        number for number, (one, verdict) in enumerate(ranks.entries)
        if verdict == "violated" and one.severity in severities and one.rule in counted
    ]  # fmt: skip
    if not chosen:
        return []
    table = audit.held()
    table = table.filter(table.rank.isin(chosen))
    keys: list[Any] = []
    if audit.marks:
        table = table.filter(table.status != "waived")
        keys = [freshness(table)]
        numbers = [one.severity_number for one, _ in ranks.entries]
        if len(set(numbers)) > 1:  # the same number everywhere would be read as that of a column
            keys.insert(0, ranks.constant(numbers, table.rank, "int64"))
    told = ranks.told(table.order_by([*keys, *order(table)]).limit(most))
    return [row for batch in audit.batches(texts(told)) for row in batch.to_pylist()]
