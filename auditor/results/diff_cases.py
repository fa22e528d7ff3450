"""The activations on which two versions of rules disagree, found and kept in the engine.

Each is a case: one row with both sides.  Where one event activates both versions for the same subject, they share a
fingerprint; a side without that activation is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import ibis
import ibis.expr.types as ir

from auditor.engine.tables import fetched
from auditor.log.queries import hold, release, view
from auditor.results.findings import Ranks
from auditor.results.options import VERDICTS
from auditor.results.streams import keeps_order

if TYPE_CHECKING:
    from auditor.results.audit import Audit
    from auditor.rules.changes import RuleChange
    from auditor.rules.model import Rule

Kind = Literal["appears", "vanishes", "verdict", "due"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SIDES = ("before", "after")
TOLD = ("verdict", "reason", "due_at", "message")  # of each side
BEFORE = "@before"  # ends the id of a rule as it was; the id of a rule has no `@`
_SHARED = ("rule", "fingerprint", "subject", "activated_at", "event")
_OWN = ("rank", "reason", "due_at", "met_at", "late_seconds", "decided")


@dataclass(frozen=True)
class Cases:
    """Where the findings of two versions of rules differ; `audit` has judged both, `changes` are worst first."""

    audit: Audit
    changes: Sequence[RuleChange]

    @cached_property
    def held(self) -> ir.Table:
        """One row per case, in order: `rule` and `kind` by number, what both sides share, and what each has."""
        backend = self.audit.log.backend
        # each side is held by itself: in one query, both plans would claim their memory at once
        before, after = sides = [hold(backend, self._details(side)) for side in SIDES]
        joined = before.outer_join(after, [before.before_fingerprint == after.after_fingerprint]).view()
        shared = {name: ibis.coalesce(joined[f"after_{name}"], joined[f"before_{name}"]) for name in _SHARED}
        own = [f"{side}_{name}" for side in SIDES for name in self._own]
        before_verdict, after_verdict = (self._verdict(joined[f"{side}_rank"]) for side in SIDES)
        kind = self._kind(before_verdict, after_verdict, joined.before_due_at, joined.after_due_at)
        rows = joined.select(*own, **shared, kind=kind)
        rows = rows.filter(rows.kind.notnull())
        made = hold(backend, rows.order_by(_order(rows)))
        for side in sides:
            release(backend, side)
        return made

    @cached_property
    def counted(self) -> Mapping[str, Mapping[tuple[Kind, str | None, str | None], int]]:
        """How many cases of each rule change in which way, and from which verdict to which; None: no activation."""
        rows = self.held
        keys = {f"{side}_verdict": self._verdict(rows[f"{side}_rank"]) for side in SIDES}
        grouped = rows.mutate(**keys).group_by(["rule", "kind", *keys])
        found: dict[str, dict[tuple[Kind, str | None, str | None], int]] = {}
        for row in fetched(self.audit.log.backend, grouped.agg(n=lambda t: t.count())):
            ways = found.setdefault(self.changes[row["rule"]].rule.id, {})
            ways[KINDS[row["kind"]], row["before_verdict"], row["after_verdict"]] = row["n"]
        return found

    def told(self, most: int | None = None) -> ir.Table:
        """The cases as in `docs/formats.md`, worst first, times in UTC without zone; `most` of each rule."""
        rows = self.held
        if most is not None:
            number = ibis.row_number().over(group_by=rows.rule, order_by=_order(rows)[1:])
            rows = rows.mutate(number=number).filter(lambda t: t.number < most)
        if most is not None or not keeps_order(self.audit.log.backend):
            rows = rows.order_by(_order(rows))
        for side in SIDES:
            rows = self._said(rows, side)
        return rows.select(
            rule_id=Ranks.constant([change.rule.id for change in self.changes], rows.rule),
            severity=Ranks.constant([change.severity for change in self.changes], rows.rule),
            change=Ranks.constant(list(KINDS), rows.kind),
            subject_key=ibis.coalesce(rows.after_subject_key, rows.before_subject_key),
            **{name: rows[name] for name in ("subject", "activated_at", "fingerprint", *SIDES)},
        )

    @cached_property
    def _ranks(self) -> Ranks:
        return Ranks(self.audit, VERDICTS)

    @property
    def _own(self) -> tuple[str, ...]:
        return (*_OWN, "vague") if self.audit.log.health.imprecise else _OWN

    def _rules(self, side: str) -> dict[str, str]:
        """The rules of a side: the id that the audit knows them by, and their own."""
        rules: list[Rule | None] = [getattr(change, side) for change in self.changes]
        return {known_as(rule, side): rule.id for rule in rules if rule is not None}

    def _verdict(self, rank: Any) -> Any:
        return self._ranks.constant([verdict for _, verdict in self._ranks.entries], rank)

    def _kind(self, before: Any, after: Any, due_before: Any, due_after: Any) -> Any:
        """The number of the way in which two verdicts differ; null where that is none that is shown."""
        then, now = (verdict.isin(self.audit.show).fill_null(False) for verdict in (before, after))
        way = [
            now & ~then,
            then & ~now,
            now & then & (before != after),
            now & then & ~due_before.identical_to(due_after),
        ]
        return ibis.cases(*((true, number) for number, true in enumerate(way)), else_=ibis.null("int64"))

    @cached_property
    def _among(self) -> ir.Table:
        """Rule and place of the activating events that may make a case: found by what costs little to tell."""
        sides = []
        for side in SIDES:
            rows = self.audit.judgement.activations(self._rules(side))
            rows = rows.filter(rows.verdict.isin(self.audit.show))  # what is found on neither side is no case
            own = rows.rule_id.replace(BEFORE, "")
            sides.append(rows.mutate(rule_id=own).rename({f"{side}_{name}": name for name in rows.columns}))
        before, after = sides
        same = [before[f"before_{name}"] == after[f"after_{name}"] for name in ("rule_id", "place", "event")]
        same.append(before.before_subject.identical_to(after.after_subject))
        joined = before.outer_join(after, same).view()
        kind = self._kind(joined.before_verdict, joined.after_verdict, joined.before_due_at, joined.after_due_at)
        differing = joined.filter(kind.notnull())
        named = {
            name: ibis.coalesce(differing[f"after_{name}"], differing[f"before_{name}"])
            for name in ("rule_id", "place")
        }
        return hold(self.audit.log.backend, differing.select(**named).distinct())

    def _details(self, side: str) -> ir.Table:
        """Everything that the engine tells of the activations of one side that may be cases."""
        rules, among = self._rules(side), self._among
        if side == "before":
            among = among.mutate(rule_id=among.rule_id + BEFORE)
        found = self.audit.judgement.findings(VERDICTS, rules, among)
        ranked = self._ranks.ranked(view(self.audit.log.backend, found))
        numbers = {change.rule.id: number for number, change in enumerate(self.changes)}
        rule = [numbers[rules[one.rule]] if one.rule in rules else -1 for one, _ in self._ranks.entries]
        ranked = ranked.mutate(rule=self._ranks.constant(rule, ranked.rank, "int64"))
        return ranked.select(**{f"{side}_{name}": ranked[name] for name in (*_SHARED, *self._own)})

    def _said(self, rows: ir.Table, side: str) -> ir.Table:
        """The cases with what is said of one side, in a column of its name; null where it has no activation."""
        said = self._ranks.said(rows.mutate(**{name: rows[f"{side}_{name}"] for name in self._own}))
        there = rows[f"{side}_rank"].notnull()
        whole = ibis.struct({name: said[name] for name in TOLD})
        columns = {side: ibis.ifelse(there, whole, ibis.null(whole.type())), f"{side}_subject_key": said.subject_key}
        return view(self.audit.log.backend, said.select(*rows.columns, **columns))


def known_as(rule: Rule, side: str) -> str:
    """The id that the audit of both versions knows a rule by."""
    return f"{rule.id}{BEFORE}" if side == "before" else rule.id


def _order(rows: ir.Table) -> list[Any]:
    """Sort keys: rule, kind, time, subject, fingerprint: a total order."""
    return [
        rows.rule.asc(), rows.kind.asc(), rows.activated_at.asc(), rows.subject.asc(nulls_first=False),
        rows.fingerprint.asc(),
    ]  # fmt: skip
