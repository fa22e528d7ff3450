"""What is said of findings beside their verdict: known from an earlier audit or new, and waived or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

import ibis
import ibis.expr.types as ir

from auditor.engine.tables import fetched, given
from auditor.log.queries import hold
from auditor.results.findings import Ranks, order
from auditor.results.options import Verdict
from auditor.results.streams import batches
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    import pyarrow as pa

    from auditor.results.audit import Audit, RuleOutcome
    from auditor.results.waivers import Waivers

Status = Literal["new", "continuing", "waived"]
STATUSES: tuple[Status, ...] = get_args(Status)
MARKED: tuple[Verdict, ...] = ("violated", "undetermined")  # the verdicts that have a status


@dataclass(frozen=True)
class Known:
    """The violated and undetermined findings of an earlier audit: a table of KNOWN, times in UTC."""

    source: str  # what it is, for people: `baseline last-week.json`
    findings: pa.Table


@dataclass(frozen=True)
class Marks:
    """What an audit is marked with."""

    known: Known | None = None
    waivers: Waivers | None = None

    def __bool__(self) -> bool:
        return self.known is not None or self.waivers is not None


@dataclass(frozen=True)
class Recorded:
    """Which run of which series of a store an audit is."""

    store: str  # without password
    series: str
    run: int


@dataclass(frozen=True)
class Comparison:
    """An audit beside an earlier one: how many findings are new, continue, are resolved.

    Waived findings and those of drafts stand apart.
    """

    source: str
    new: int
    continuing: int
    resolved_findings: pa.Table  # the rows of `Known` that are resolved, worst first
    recorded: Recorded | None = None  # where the audit is recorded in a store

    @property
    def resolved(self) -> int:
        """How many findings of the earlier audit are none any more."""
        return len(self.resolved_findings)

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        names = ["rule_id", "severity", "verdict", "subject", "fingerprint"]
        return {
            "source": self.source, "new": self.new, "continuing": self.continuing, "resolved": self.resolved,
            "resolved_findings": self.resolved_findings.select(names).to_pylist(),
            **({"recorded": asdict(self.recorded)} if self.recorded else {}),
        }  # fmt: skip


def marked(audit: Audit, rows: ir.Table, show: tuple[str, ...]) -> ir.Table:
    """Held rows with their `status`, in the same order."""
    ranks = Ranks(audit, show)
    verdict = ranks.constant([verdict for _, verdict in ranks.entries], rows.rank)
    rows = rows.mutate(verdict=verdict, waived=ibis.literal(False), seen=ibis.literal(False))
    if audit.marks.waivers is not None:
        rows = _with_waived(audit, rows, ranks)
    if audit.marks.known is not None:
        rows = _with_seen(audit, rows, audit.marks.known)
    compared = ibis.literal("") if audit.marks.known is None else ibis.ifelse(rows.seen, "continuing", "new")
    status = ibis.cases((~rows.verdict.isin(MARKED), ""), (rows.waived, "waived"), else_=compared)
    rows = rows.mutate(status=status).drop("verdict", "waived", "seen")
    return hold(audit.log.backend, rows.order_by(order(rows)))


def _with_seen(audit: Audit, rows: ir.Table, known: Known) -> ir.Table:
    earlier = given(audit.log.backend, known.findings.select(["fingerprint", "verdict"]))
    earlier = earlier.select(known_fingerprint="fingerprint", known_verdict="verdict").distinct()
    same = [rows.fingerprint == earlier.known_fingerprint, rows.verdict == earlier.known_verdict]
    joined = rows.drop("seen").left_join(earlier, same)
    return joined.mutate(seen=joined.known_fingerprint.notnull()).drop("known_fingerprint", "known_verdict")


def _with_waived(audit: Audit, rows: ir.Table, ranks: Ranks) -> ir.Table:
    """Waivers are read in one place only, so the subjects of their rules are asked one by one."""
    import pyarrow as pa

    assert audit.marks.waivers is not None  # noqa: S101 - the caller has looked
    standing = audit.marks.waivers.standing(audit.judgement.as_of)
    rules = {one.rule for one, _ in ranks.entries if any(waiver.concerns(one.rule) for waiver in standing)}
    asked = [number for number, (one, verdict) in enumerate(ranks.entries) if one.rule in rules and verdict in MARKED]
    if not asked:
        return rows
    pairs = rows.filter(rows.rank.isin(asked) & rows.subject.notnull()).select("rank", "subject").distinct()
    found = [
        (rank, subject)
        for batch in batches(audit.log.backend, pairs)
        for rank, subject in zip(*(batch.column(name).to_pylist() for name in ("rank", "subject")), strict=True)
        if any(waiver.covers(ranks.entries[rank][0].rule, subject) for waiver in standing)
    ]
    columns = list(zip(*found, strict=True)) or [(), ()]
    table = pa.table({"w_rank": pa.array(columns[0], pa.int64()), "w_subject": pa.array(columns[1], pa.string())})
    covered = given(audit.log.backend, table)
    same = [rows.rank.cast("int64") == covered.w_rank, rows.subject == covered.w_subject]
    joined = rows.drop("waived").left_join(covered, same)
    return joined.mutate(waived=joined.w_rank.notnull()).drop("w_rank", "w_subject")


def tallies(audit: Audit) -> dict[tuple[str, str], dict[str, int]]:
    """How many findings of each rule and verdict have which status."""
    ranks, rows = Ranks(audit, MARKED), audit.held(MARKED)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in fetched(audit.log.backend, rows.group_by("rank", "status").agg(n=rows.count())):
        one, verdict = ranks.entries[row["rank"]]
        found.setdefault((one.rule, verdict), {})[row["status"]] = row["n"]
    return found


def compare(audit: Audit, known: Known, counted: Mapping[tuple[str, str], Mapping[str, int]]) -> Comparison:
    """The audit beside what is known; `counted` as of `tallies`."""
    rules = {outcome.rule.id for outcome in audit.counted}
    mine = [statuses for (rule, _), statuses in counted.items() if rule in rules]
    new, continuing = (sum(statuses.get(name, 0) for statuses in mine) for name in ("new", "continuing"))
    return Comparison(known.source, new, continuing, resolved(audit, known, audit.counted))


def resolved(audit: Audit, known: Known, outcomes: Iterable[RuleOutcome]) -> pa.Table:
    """What was known of these rules and is no finding any more, as far as this audit could have seen it."""
    import pyarrow as pa

    from auditor.results.arrow import KNOWN

    start, end = _told(audit)
    rules = [outcome.rule.id for outcome in outcomes if not outcome.unjudged]
    table = given(audit.log.backend, known.findings)
    table = table.filter(table.rule_id.isin(rules) & table.activated_at.between(ibis.literal(start), ibis.literal(end)))
    now = audit.held(MARKED).select(now="fingerprint")
    gone = table.anti_join(now, [table.fingerprint == now.now])
    severity = ibis.cases(*((gone.severity == name, number) for number, name in enumerate(SEVERITIES)), else_=9)
    gone = gone.order_by([severity, gone.rule_id, gone.subject, gone.fingerprint, gone.verdict])
    return pa.Table.from_batches(batches(audit.log.backend, gone), KNOWN)


def _told(audit: Audit) -> tuple[datetime, datetime]:
    """The time that the log tells of, as far as it is judged."""
    first = audit.log.observed_from or min(found.first for found in audit.log.profile.values())
    return first, audit.judgement.as_of
