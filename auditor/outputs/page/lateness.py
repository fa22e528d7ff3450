"""How late: the violated deadlines of an audit, counted by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from auditor.engine.tables import fetched
from auditor.results.findings import Ranks

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
BINS = (
    (15 * _MINUTE, "15 min"), (_HOUR, "1 h"), (4 * _HOUR, "4 h"), (_DAY, "1 d"), (3 * _DAY, "3 d"), (7 * _DAY, "7 d"),
    (30 * _DAY, "30 d"), (90 * _DAY, "90 d"), (365 * _DAY, "1 y"),
)  # fmt: skip
LABELS = (*(label for _, label in BINS), "more")
MOST_RULES = 12  # that are drawn, those with the most late cases


@dataclass(frozen=True)
class Late:
    """The late cases of one rule; lengths in seconds."""

    rule_id: str
    cases: int
    open: int  # of these: not done when judged, late by at least so much
    median: float
    p90: float
    most: float


@dataclass(frozen=True)
class Lateness:
    """Late cases of all rules but drafts: by how much, and by rule."""

    answered: tuple[int, ...]  # done too late, by bin
    open: tuple[int, ...]  # not done when judged, by bin
    rules: tuple[Late, ...]  # most cases first

    @property
    def cases(self) -> int:
        """All late cases."""
        return sum(self.answered) + sum(self.open)


def lateness(audit: Audit) -> Lateness:
    """Counted over all violated findings, also those that the page does not list; two queries.

    Rules that ask for a number are left out: when it was reached after all is not known.
    """
    show = audit.show if "violated" in audit.show else ("violated",)
    ranks, rows = Ranks(audit, show), audit.held(show)
    counted = {one.rule.id for one in audit.counted if one.rule.obligation.kind != "count"}
    asked = [n for n, (one, verdict) in enumerate(ranks.entries) if verdict == "violated" and one.rule in counted]
    if not asked:
        return Lateness((0,) * len(LABELS), (0,) * len(LABELS), ())
    rows = rows.filter(rows.rank.isin(asked) & rows.late_seconds.notnull())
    rows = rows.mutate(
        open=rows.met_at.isnull(),
        bin=ibis.cases(*((rows.late_seconds <= most, n) for n, (most, _) in enumerate(BINS)), else_=len(BINS)),
    )
    by_bin = {(row["open"], row["bin"]): row["n"] for row in fetched(
        audit.log.backend, rows.group_by("open", "bin").agg(n=rows.count()))}  # fmt: skip
    late = rows.late_seconds
    by_rule = rows.group_by("rank").agg(
        cases=rows.count(), open=rows.open.cast("int64").sum(),
        median=late.quantile(0.5), p90=late.quantile(0.9), most=late.max(),
    )  # fmt: skip
    found = sorted(fetched(audit.log.backend, by_rule), key=lambda row: (-row["cases"], row["rank"]))
    answered, still = (
        tuple(by_bin.get((open_, number), 0) for number in range(len(LABELS))) for open_ in (False, True)
    )
    return Lateness(answered, still, tuple(
        Late(ranks.entries[row.pop("rank")][0].rule, **row) for row in found))  # fmt: skip
