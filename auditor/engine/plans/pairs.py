"""Pairs: each activation beside each other event of its subject.  Exact always; quadratic in the size of a subject.

The searches of a rule become aggregates over the joined pairs, one column each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition
from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, both, certain, expression, possible
from auditor.engine.plans.case import RECEIVED
from auditor.engine.plans.frame import Branch
from auditor.engine.plans.rows import RowResolver, activations, attributes, membership
from auditor.engine.verdicts import Anchor, Candidate, Search, Sight, Verdicts
from auditor.rules.model import Rule

OTHER = "o_"


@dataclass(frozen=True)
class PairsFrame:
    """One rule over narrow rows; `rows` are all rows of the subjects, materialised.

    Subjects whose `repeats` have no bit of `mask` are judged elsewhere.
    """

    facts: Facts
    rows: ir.Table
    rule: Rule
    mask: int
    by: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (self.rule,)

    @property
    def keys(self) -> list[str]:
        return [f"k{i}" for i in range(len(self.rule.per))]

    @property
    def table(self) -> ir.Table:
        """One row per possible activation, with a column for each search that the verdict needs."""
        _, matching = membership(
            self.facts, self.rows, self.rule.when, RowResolver(self.facts, self.rows, self.rows)
        )
        rows = self.rows.filter(expression(matching) & ((self.rows.repeats & self.mask) != 0))
        found = activations(self.facts, rows, self.rule, self.keys)
        marked = rows.mutate(
            present=expression(found.present), unsure=expression(found.unsure), straddles=expression(found.straddles)
        )
        active = marked.filter(marked.present)
        base = active
        for part, searches in self._searches(active).items():
            answers = self._answers(active, part, searches).rename(answered="row")
            joined = base.left_join(answers, base.row == answers.answered)
            base = joined.drop("answered")
        if self.facts.observed_from is not None and self.rule.per == ("report_id",):
            received = self.rows.filter(self.rows.event == RECEIVED).select(received=self.rows.k0).distinct()
            joined = base.left_join(received, base.k0 == received.received)
            base = joined.mutate(protected=joined.received.notnull()).drop("received")
        return base

    def _searches(self, active: ir.Table) -> dict[str, list[Search]]:
        """Every search that verdict, due time and witnesses ask, by part."""
        asked: dict[Search, None] = {}
        recorder = _Recorder(self, active, asked)
        branch = self._candidate(active, recorder)
        verdicts = Verdicts(branch, self.facts)
        verdicts.code()
        verdicts.reason()
        verdicts.due_at()
        for part in patterns(self.rule):
            verdicts.witness(part)
        if self.rule.obligation.kind != "assert":
            verdicts.met_at(ibis.literal(0, type="int8"))
        grouped: dict[str, list[Search]] = {}
        for search in asked:
            grouped.setdefault(search.part, []).append(search)
        return grouped

    def _answers(self, active: ir.Table, part: str, searches: list[Search]) -> ir.Table:
        others = self.rows.rename({f"{OTHER}{column}": column for column in self.rows.columns})
        pattern = patterns(self.rule)[part]
        subject = [active[key] == others[f"{OTHER}{key}"] for key in self.keys]
        pairs = active.inner_join(others, [*subject, active.row != others[f"{OTHER}row"]])
        # inside a target, `trigger` is the activating event; in a `next` bound the other event is an activation itself
        resolver = RowResolver(self.facts, pairs, pairs, prefix=f"{OTHER}f_")
        known, maybe = membership(self.facts, pairs, pattern, resolver, OTHER)
        marked = pairs.mutate(known_member=expression(known), possible_member=expression(maybe))
        marked = marked.filter(marked.possible_member)
        made = {column_of(search): self._aggregate(marked, search) for search in searches}
        return marked.group_by("row").agg(**made)

    def _aggregate(self, pairs: ir.Table, search: Search) -> Any:
        tight = search.sight is Sight.TIGHT
        member = pairs.possible_member if search.sight is Sight.LOOSE else pairs.known_member
        low, high = self._anchor(pairs, search)
        earliest = pairs[f"{OTHER}time"]
        latest = earliest if self.facts.precise else pairs[f"{OTHER}time_latest"]
        if search.backward:
            edge, limit = (latest, low) if tight else (earliest, high)
            ordered = edge < limit if search.strict else edge <= limit
            value = earliest if tight or search.begins else latest
            return value.max(where=member & ordered)
        edge, limit = (earliest, high) if tight else (latest, low)
        ordered = True if limit is None else edge > limit if search.strict else edge >= limit
        value = latest if tight else earliest
        return value.min(where=both(member, ordered))

    def _anchor(self, pairs: ir.Table, search: Search) -> tuple[Any, Any]:
        if search.anchor is Anchor.OPEN:
            return None, None
        low = pairs.time
        high = low if self.facts.precise else pairs.time_latest
        if search.anchor is Anchor.BEFORE:
            within = self.rule.obligation.within
            assert within is not None  # noqa: S101 - only windows with a duration reach before their start
            clock = self.facts.clock(self.rule)
            return clock.shift(low, within, -1), clock.shift(high, within, -1)
        return low, high

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The one branch of the rule."""
        candidate = self._candidate(table, _PairsFinder(self, table))
        return [
            Branch(
                candidate,
                table.event,
                table.place,
                tuple(table[key] for key in self.keys),
                attributes(self.facts, table, self.by),
            )
        ]

    def _candidate(self, table: ir.Table, finder: Any) -> Candidate:
        known: Truth = True
        for key in self.keys:
            known = both(known, table[key].notnull())
        protected: Truth = table.protected if "protected" in table.columns else False
        latest = table.time if self.facts.precise else table.time_latest
        earliest = table.time
        return Candidate(
            self.rule, table.present, table.unsure, table.straddles, earliest,
            earliest if self.facts.precise else latest, known, protected, finder, self.facts.precise,
        )  # fmt: skip


class _PairsFinder:
    """Reads the columns that the join has made."""

    def __init__(self, frame: PairsFrame, table: ir.Table) -> None:
        self.frame, self.table = frame, table

    def doubtful(self, part: str) -> bool:
        """Unknown conditions are always entertained in this plan: it serves the subjects where they occur."""
        if part == "assert":
            return True
        return patterns(self.frame.rule)[part].where is not None

    def find(self, search: Search) -> Any:
        if search.part == "assert":
            condition = self.frame.rule.obligation.condition
            assert condition is not None  # noqa: S101 - an assert obligation always has its condition
            found = compile_condition(condition, RowResolver(self.frame.facts, self.table, self.table))
            return certain(found) if search.sight is Sight.TIGHT else possible(found)
        return self.table[column_of(search)]


class _Recorder(_PairsFinder):
    """Notes what is asked, and answers with a column of the right type."""

    def __init__(self, frame: PairsFrame, table: ir.Table, asked: dict[Search, None]) -> None:
        super().__init__(frame, table)
        self.asked = asked

    def find(self, search: Search) -> Any:
        if search.part == "assert":
            return super().find(search)
        self.asked[search] = None
        return self.table.time


def column_of(search: Search) -> str:
    """The name of the column that answers a search."""
    marks = ("strict" if search.strict else "", "back" if search.backward else "", "begins" if search.begins else "")
    return "_".join(("q", search.part, search.sight.value, search.anchor.value, *(m for m in marks if m)))
