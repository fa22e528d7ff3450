"""Windows: rows of a subject in time order, each with the nearest match before and after it.

Linear in the size of a subject.  Exact where every time is one moment and no condition names the activating event; one pass serves all such
rules.  The activating event is left out by frames that end one row before it; what happens at the same moment stands in one of the two
directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition
from auditor.engine.facts import Facts, names_trigger, patterns
from auditor.engine.logic import Truth, both, certain, either, expression, possible
from auditor.engine.plans.case import RECEIVED
from auditor.engine.plans.frame import Branch
from auditor.engine.plans.rows import RowResolver, activations, attributes, membership
from auditor.engine.verdicts import Anchor, Candidate, Search, Sight
from auditor.rules.model import Pattern, Rule

_MOMENT = "timestamp(6)"


def windows_hold(facts: Facts, rule: Rule) -> bool:
    """Whether ordered rows can answer the rule exactly."""
    return facts.precise and not names_trigger(rule)


@dataclass(frozen=True)
class WindowsFrame:
    """Several rules with one key over narrow rows; `rows` are all rows of the subjects, materialised.

    Subjects whose `repeats` have no bit of a rule's mask are judged elsewhere.
    """

    facts: Facts
    rows: ir.Table
    rules: tuple[Rule, ...]
    masks: tuple[int, ...]
    by: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        return [f"k{i}" for i in range(len(self.rules[0].per))]

    def _patterns(self) -> dict[Pattern, int]:
        found: dict[Pattern, int] = {}
        for rule in self.rules:
            for pattern in patterns(rule).values():
                found.setdefault(pattern, len(found))
        return found

    def doubtful(self, pattern: Pattern) -> bool:
        """Whether the pattern's condition can be unknown on these rows."""
        names = self.facts.occurring(pattern)
        return any(self.facts.may_be_unknown(pattern.where, name, ()) for name in names)

    @property
    def table(self) -> ir.Table:
        """One row per event on which some rule may activate, with the nearest matches of every pattern around it."""
        rows, made = self.rows, {}
        subject_known = self._subject_known(rows)
        for pattern, i in self._patterns().items():
            known, maybe = membership(self.facts, rows, pattern, RowResolver(self.facts, rows, rows))
            nothing = ibis.null(_MOMENT)
            made[f"known{i}"] = ibis.ifelse(expression(both(known, subject_known)), rows.time, nothing)
            if self.doubtful(pattern):
                made[f"maybe{i}"] = ibis.ifelse(expression(both(maybe, subject_known)), rows.time, nothing)
        active: Truth = False
        for j, rule in enumerate(self.rules):
            found = activations(self.facts, rows, rule, self.keys)
            here = both(found.present, (rows.repeats & self.masks[j]) != 0)
            made[f"present{j}"] = expression(here)
            made[f"unsure{j}"] = expression(found.unsure)
            made[f"straddles{j}"] = expression(found.straddles)
            active = either(active, here)
        if self._needs_receipt:
            received = ibis.ifelse(expression(both(rows.event == RECEIVED, subject_known)), 1, 0)
            made["protected"] = received.max().over(ibis.window(group_by=self.keys)) > 0
        made["active"] = expression(active)
        marked = rows.mutate(**made)
        near = {name: made for column in marked.columns for name, made in self._near(marked, column).items()}
        table = marked.mutate(**near)
        return table.filter(table.active)

    def _near(self, marked: ir.Table, column: str) -> dict[str, Any]:
        if not column.startswith(("known", "maybe")):
            return {}
        value, keys, tick = marked[column], self.keys, ibis.interval(microseconds=1)
        ahead, behind = [marked.time, marked.row], [marked.time.desc(), marked.row.desc()]
        return {
            f"before_{column}": value.max().over(ibis.window(group_by=keys, order_by=ahead, rows=(None, -1))),
            f"after_{column}": value.min().over(ibis.window(group_by=keys, order_by=behind, rows=(None, -1))),
            **(
                {
                    f"well_before_{column}": value.max().over(
                        ibis.window(group_by=keys, order_by=marked.time, range=(None, -tick))
                    ),
                    f"well_after_{column}": value.min().over(
                        ibis.window(group_by=keys, order_by=marked.time.desc(), range=(None, -tick))
                    ),
                }
                if int(column[5:]) in self._strict()
                else {}
            ),
        }

    def _strict(self) -> set[int]:
        """The patterns that some rule looks for strictly before or after its activation."""
        numbers = self._patterns()
        found = set()
        for rule in self.rules:
            parts = patterns(rule)
            if rule.obligation.kind in ("not_followed_by", "not_preceded_by"):
                found.add(numbers[parts["match"]])
            if rule.obligation.before == "next":
                found.add(numbers[parts["bound"]])
        return found

    @property
    def _needs_receipt(self) -> bool:
        return self.facts.observed_from is not None and self.rules[0].per == ("report_id",)

    def _subject_known(self, rows: ir.Table) -> Truth:
        found: Truth = True
        for key in self.keys:
            found = both(found, rows[key].notnull())
        return found

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The one branch of a rule."""
        j = self.rules.index(rule)
        candidate = Candidate(
            rule, table[f"present{j}"], table[f"unsure{j}"], table[f"straddles{j}"], table.time, table.time,
            self._subject_known(table), table.protected if self._needs_receipt else False,
            _WindowsFinder(self, table, rule), precise=True,
        )  # fmt: skip
        subject = tuple(table[key] for key in self.keys)
        return [Branch(candidate, table.event, table.place, subject, attributes(self.facts, table, self.by))]


class _WindowsFinder:
    """Answers searches from the nearest matches on each side."""

    def __init__(self, frame: WindowsFrame, table: ir.Table, rule: Rule) -> None:
        self.frame, self.table, self.rule = frame, table, rule
        self.parts = patterns(rule)
        self.numbers = frame._patterns()

    def doubtful(self, part: str) -> bool:
        """Whether the part's condition can be unknown."""
        if part == "assert":
            return True
        return self.frame.doubtful(self.parts[part])

    def find(self, search: Search) -> Any:
        table = self.table
        if search.part == "assert":
            condition = self.rule.obligation.condition
            assert condition is not None  # noqa: S101 - an assert obligation always has its condition
            found = compile_condition(condition, RowResolver(self.frame.facts, table, table))
            return certain(found) if search.sight is Sight.TIGHT else possible(found)
        pattern = self.parts[search.part]
        member = "maybe" if search.sight is Sight.LOOSE and self.frame.doubtful(pattern) else "known"
        column = f"{member}{self.numbers[pattern]}"
        if search.strict:
            return table[f"well_before_{column}"] if search.backward else table[f"well_after_{column}"]
        before, after = table[f"before_{column}"], table[f"after_{column}"]
        if search.anchor is Anchor.OPEN:
            return ibis.coalesce(before, after)
        until = ibis.cases((after == table.time, after), else_=before)
        since = ibis.cases((before == table.time, before), else_=after)
        if search.anchor is Anchor.BEFORE:
            within = self.rule.obligation.within
            assert within is not None  # noqa: S101 - only windows with a duration reach before their start
            start = self.frame.facts.clock(self.rule).shift(table.time, within, -1)
            return ibis.cases((until >= start, until), else_=since)
        return until if search.backward else since
