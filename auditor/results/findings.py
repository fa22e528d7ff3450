"""The findings of an audit as one query: contract fields, contract order, total order of rows.

Millions of rows are sorted and kept as the engine found them, with one number for severity, rule and verdict; what is
said about them (messages, names of files, constants of rules) is put in on the way out.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.base.durations import MAX_YEARS
from auditor.engine.clocks import Clock, Span
from auditor.engine.evidence import Words
from auditor.engine.tables import constants, fetched
from auditor.log.log import ROWS_PER_FILE, Log
from auditor.log.queries import hold, view
from auditor.results.facts import Facts, facts
from auditor.results.messages import templates, with_message
from auditor.results.options import VERDICTS
from auditor.results.streams import keeps_order
from auditor.results.wording import iso, wall

if TYPE_CHECKING:
    from auditor.results.audit import Audit

CLOCKS_END = datetime(2399, 12, 30)  # wall clocks are known until then
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999)  # of the moments that readers of a result can show
FIELDS = [
    "rule_id", "severity", "verdict", "reason", "subject_key", "subject", "activated_at", "due_at", "met_at",
    "late_seconds", "message", "refs", "fingerprint", "status", "evidence",
]  # fmt: skip
TIMES = ("activated_at", "due_at", "met_at")
_CARRIED = (
    "reason", "subject", "activated_at", "event", "due_at", "met_at", "late_seconds", "fingerprint", "decided",
)  # fmt: skip


@dataclass(frozen=True)
class Ranks:
    """Every rule with every verdict that occurs, in the order of findings: severity, rule, verdict."""

    audit: Audit
    show: tuple[str, ...]

    @cached_property
    def entries(self) -> list[tuple[Facts, str]]:
        """Rule and verdict by rank."""
        counts = self.audit.judgement.counts
        rules = facts(self.audit.ruleset.rules, self.audit.log)
        known = sorted(rules, key=lambda one: (one.severity_number, one.rule_number))
        verdicts = [verdict for verdict in VERDICTS if verdict in self.show]
        return [(one, verdict) for one in known for verdict in verdicts if counts.get(one.rule, {}).get(verdict)]

    def ranked(self, found: ir.Table) -> ir.Table:
        """The engine's findings with `rank` and `vague`, and only with what is needed further on."""
        log = self.audit.log
        if log.health.imprecise:
            found = _with_vagueness(found, log, self.audit.judgement.words)
        numbers = range(len(self.entries))
        columns = {
            "rank_rule": [one.rule for one, _ in self.entries],
            "rank_verdict": [verdict for _, verdict in self.entries],
            "rank": numbers,
        }
        narrow = "int16" if len(numbers) < 1 << 15 else "int32"
        ranks = constants(log.backend, columns, {"rank_rule": "string", "rank_verdict": "string", "rank": narrow})
        joined = found.join(ranks, [found.rule_id == ranks.rank_rule, found.verdict == ranks.rank_verdict])
        return joined.select("rank", *_CARRIED, *(["vague"] if log.health.imprecise else []))

    def told(self, ranked: ir.Table) -> ir.Table:
        """The fields of the contract; the order of rows stays."""
        return self.said(ranked).select(FIELDS)

    def said(self, ranked: ir.Table, fields: Sequence[str] = FIELDS, among: Container[int] | None = None) -> ir.Table:
        """The same, or some `fields` of it, beside all that `ranked` has; where its rank is null, what depends on it is
        null.  `among` names the ranks that occur, where not all do.
        """
        audit = self.audit
        precise, words = not audit.log.health.imprecise, audit.judgement.words
        if audit.judgement.as_of.year > LATEST.year - MAX_YEARS:  # else nothing can fall due so late
            ranked = ranked.mutate(due_at=ibis.ifelse(ranked.due_at > LATEST, LATEST, ranked.due_at))
        wordings: list[str] = []
        bases: list[int] = []
        for rank, (one, verdict) in enumerate(self.entries):
            bases.append(len(wordings))
            if among is None or rank in among:
                wordings += templates(one, verdict, audit.log.observed_from, precise=precise)
        t = ranked.mutate(
            verdict=self.constant([verdict for _, verdict in self.entries], ranked.rank),
            base=self.constant(bases, ranked.rank, "int64"),
            wanted=self.constant([one.wanted for one, _ in self.entries], ranked.rank),
        )
        constants = {
            name: self.constant([getattr(one, field) for one, _ in self.entries], ranked.rank)
            for name, field in (
                ("rule_id", "rule"), ("severity", "severity"), ("subject_key", "subject_key"), ("refs", "refs"),
            )
            if name in fields
        }  # fmt: skip
        if any(one.zone for one, _ in self.entries):
            t = t.mutate(due_local=self._due_local(t))
        occurring = frozenset(verdict for _, verdict in self.entries)
        t = with_message(t, wordings or [""], occurring, audit.judgement.as_of, words, precise=precise)
        if "evidence" in fields:
            constants["evidence"] = t.decided.map(lambda item: _evidence(item, audit.log.health.files, words))
        return t.mutate(
            **constants,
            status=t.status if "status" in t.columns else ibis.literal(""),
            reason=t.reason.fill_null(""),
        )

    def _due_local(self, t: ir.Table) -> ir.StringValue:
        """When a finding is due by the clocks of its rule's zone, and the zone; in UTC where that cannot be told."""
        log = self.audit.log
        first = min(found.first for found in log.profile.values())
        last = min(fetched(log.backend, t.aggregate(last=t.due_at.max()))[0]["last"] or first, CLOCKS_END)
        zone = self.constant([one.zone for one, _ in self.entries], t.rank)
        arms = []
        for name in sorted({one.zone for one, _ in self.entries} - {""}):
            local = Clock(name, Span(min(first, last), last + timedelta(days=1))).local(t.due_at)
            arms.append(((zone == name) & (t.due_at <= CLOCKS_END), wall(local) + f" {name}"))
        return ibis.cases(*arms, else_=iso(t.due_at))

    @staticmethod
    def constant(values: list[Any], rank: Any, kind: str = "string") -> Any:
        """The value of each rank: looked up, not joined, since a join may change the order of rows."""
        if len(set(values)) < 2:
            return ibis.literal(values[0] if values else None, kind)
        return ibis.literal(values, f"array<{kind}>")[rank.cast("int64")]


def held(audit: Audit, show: Sequence[str], found: ir.Table) -> ir.Table:
    """The engine's findings with these verdicts, in order, without what can be put in on the way out."""
    backend = audit.log.backend
    ranked = Ranks(audit, tuple(show)).ranked(view(backend, found))
    return hold(backend, ranked.order_by(order(ranked)))


def told(audit: Audit, show: Sequence[str], rows: ir.Table) -> ir.Table:
    """Held rows as findings of the contract, worst first: a total order."""
    return Ranks(audit, tuple(show)).told(rows if keeps_order(audit.log.backend) else rows.order_by(order(rows)))


def order(ranked: ir.Table) -> list[Any]:
    """Sort keys: severity, rule, verdict, time, subject, fingerprint."""
    return [
        ranked.rank.asc(), ranked.activated_at.asc(), ranked.subject.asc(nulls_first=False), ranked.fingerprint.asc(),
    ]  # fmt: skip


def _evidence(item: Any, files: tuple[str, ...], words: Words) -> ir.StructValue:
    file: ir.StringValue = ibis.literal(files[0] if files else "")
    if len(files) > 1:
        file = ibis.literal(list(files), "array<string>")[(item.place // ROWS_PER_FILE).cast("int64")]
    return ibis.struct(
        {
            "file": file,
            "row": item.place % ROWS_PER_FILE,
            "event": words.event(item.what),
            "time": item.time,
            "role": words.role(item.what),
        }
    )


def _with_vagueness(found: ir.Table, log: Log, words: Words) -> ir.Table:
    """Beside each finding: `vague`, whether the time of its activation, match or bound is an interval."""
    if log.health.imprecise == log.health.events:
        return found.mutate(vague=ibis.literal(True))
    events = log.events
    places = events.filter(events.time_latest > events.time).select("place").distinct()
    columns = found.columns
    found = found.mutate(
        place_0=found.place, **{f"place_{n}": _place(found, words, role) for n, role in ((1, "match"), (2, "bound"))}
    )
    for number in range(3):
        flags = places.select(**{f"at_{number}": places.place})
        found = found.left_join(flags, found[f"place_{number}"] == flags[f"at_{number}"])
    vague = found.at_0.notnull() | found.at_1.notnull() | found.at_2.notnull()
    return found.mutate(vague=vague).select([*columns, "vague"])


def _place(found: ir.Table, words: Words, role: str) -> ir.IntegerValue:
    return found.decided.filter(lambda item: words.plays(item.what, role))[0].place
