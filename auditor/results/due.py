"""What falls due next: pending obligations with a due time in the time to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.base.diagnostics import UnusableError
from auditor.base.durations import Duration, parse_duration
from auditor.engine.tables import fetched
from auditor.log.queries import hold
from auditor.results.audit import Audit
from auditor.results.bands import Band, bands
from auditor.results.check import DEFAULT_RULES, check
from auditor.results.findings import Ranks
from auditor.results.messages import AT_THE_LATEST
from auditor.results.moments import after
from auditor.results.options import Verdict, instant
from auditor.results.streams import keeps_order
from auditor.results.wording import iso, seconds_between

PENDING: tuple[Verdict, ...] = ("pending",)
FIELDS = (
    "band", "due_at", "in_seconds", "severity", "rule_id", "draft", "subject_key", "subject", "activated_at", "message",
    "refs", "fingerprint",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """Pending obligations by urgency; moments are UTC without zone."""

    audit: Audit
    start: datetime  # from which the time to come counts: the moment of judgement, or a later one that was asked for
    end: datetime  # the last moment that is told of
    length: Duration

    @property
    def uncertain(self) -> bool:
        """Whether the log ends before the time to come begins: what fell due in between may be met by now."""
        return self.start > self.audit.judgement.as_of

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The parts of the time to come, the most urgent first."""
        return bands(self.start, self.end, self.length, uncertain=self.uncertain)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many obligations are in each band, and how many fall due `later` or pend `without` due time."""
        rows = self.audit.held(PENDING)
        names = {number: band.name for number, band in enumerate(self.bands)} | {None: "without"}
        number = ibis.ifelse(rows.due_at.isnull(), ibis.null("int64"), self._band(rows))
        grouped = rows.mutate(number=number).group_by("number").agg(n=ibis._.count())
        found = {names.get(row["number"], "later"): row["n"] for row in fetched(self.audit.log.backend, grouped)}
        return dict.fromkeys([*(band.name for band in self.bands), "later", "without"], 0) | found

    @property
    def listed(self) -> int:
        """How many obligations fall due until the end."""
        return sum(self.counts[band.name] for band in self.bands)

    @cached_property
    def rows(self) -> ir.Table:
        """One row for each obligation that falls due until the end, in total order: band, severity, due time, rule,
        subject, fingerprint.  Columns FIELDS, and numbers for band, severity and rule; times are UTC without zone.

        `in_seconds` counts from the start: negative where that has passed.
        """
        ranks, rows = Ranks(self.audit, PENDING), self.audit.held(PENDING)
        said = ranks.said(rows.filter(rows.due_at <= ibis.literal(self.end, "timestamp(6)")))
        entries = [one for one, _ in ranks.entries]
        drafts = {outcome.rule.id for outcome in self.audit.outcomes if outcome.rule.draft}
        left = seconds_between(ibis.literal(self.start, "timestamp(6)"), said.due_at)
        table = said.mutate(
            number=self._band(said),
            in_seconds=left,
            severity_number=ranks.constant([one.severity_number for one in entries], said["rank"], "int64"),
            rule_number=ranks.constant([one.rule_number for one in entries], said["rank"], "int64"),
            draft=ranks.constant([one.rule in drafts for one in entries], said["rank"], "boolean"),
            message=self._message(ranks, said, left),
        )
        table = table.mutate(band=ranks.constant([band.name for band in self.bands], table.number))
        backend = self.audit.log.backend
        table = hold(backend, table.order_by(order(table)).select("number", "severity_number", "rule_number", *FIELDS))
        return table if keeps_order(backend) else table.order_by(order(table))

    def _band(self, rows: ir.Table) -> ir.IntegerValue:
        """The number of the band of each row; after the end one more."""
        limits = [ibis.literal(band.until, "timestamp(6)") for band in self.bands]
        return ibis.cases(*((rows.due_at <= limit, n) for n, limit in enumerate(limits)), else_=len(limits))

    @staticmethod
    def _message(ranks: Ranks, said: ir.Table, left: ir.IntegerValue) -> ir.StringValue:
        entries = [one for one, _ in ranks.entries]
        wanted = [f"{one.wanted} {one.times}" if one.few else one.wanted for one in entries]
        due = iso(said.due_at)
        if "due_local" in said.columns:
            due = ibis.coalesce(said.due_local, due)
        verb = ibis.ifelse(left >= 0, " is due by ", " was due by ")
        if "vague" in said.columns:
            due += ibis.ifelse(said.vague, AT_THE_LATEST, "")
        basis = ranks.constant([one.deadline for one in entries], said["rank"])
        return ranks.constant(wanted, said["rank"]) + verb + due + basis


def order(rows: ir.Table) -> list[Any]:
    """Sort keys: band, severity, due time, rule, subject, fingerprint."""
    names = ("number", "severity_number", "due_at", "rule_number", "subject", "fingerprint")
    return [rows[name].asc(nulls_first=False) for name in names]


def due(
    log: Any,
    next: str | Duration = "24h",
    rules: Any = DEFAULT_RULES,
    mapping: Any = None,
    *,
    as_of: datetime | str | None = None,
    only: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    max_rejects: float = 0.001,
    memory: str | None = None,
) -> Due:
    """What is pending and falls due within `next` (a duration as in rules) from the end of the log, or from `as_of`.

    Days and months are counted by the clocks of the log's zone.  Where `as_of` lies after the end of the log, the log
    is judged as of its end, and what fell due since then is told as well.  Raises as `check` does.
    """
    length = parsed(next) if isinstance(next, str) else next
    moment = None if as_of is None else instant(as_of)
    asked = None if moment is None else moment.replace(tzinfo=UTC)
    audit = check(
        log, rules, mapping, as_of=asked, show=PENDING, only=only, settings=settings, max_rejects=max_rejects,
        memory=memory,
    )  # fmt: skip
    start = max(audit.judgement.as_of, moment or datetime.min)
    return Due(audit, start, after(start, length, audit.log.zone or "UTC"), length)


def parsed(text: str) -> Duration:
    """A length as rules write it.  Raises UnusableError for anything else."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UnusableError("bad-duration", f"`{text}` is not a duration", help=str(error)) from None
