"""Windows: rows of a subject in time order, each with the nearest match before and after it, and numbers of matches.

Linear in the size of a subject.  Exact where every time is one moment, no `nth` is asked, no clock can be paused, and
conditions name the activating event only to ask for a value that both have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns, pause_patterns, plain
from auditor.engine.logic import Truth, both, either, expression, negation
from auditor.engine.plans.clocked import clock_moves, clock_shift, clocked
from auditor.engine.plans.frame import RECEIVED, Branch, Shift, plain_shift, strict_at, terms_of, upper
from auditor.engine.plans.marks import Join, Marks, Read, answerable
from auditor.engine.plans.nearest import Side, nearest
from auditor.engine.plans.rows import Bits, Group, tests_of
from auditor.engine.plans.running import counted
from auditor.engine.plans.witnesses import witnessed
from auditor.engine.terms import STAMP, Ends, Mode, Search, Sight, effective_truths
from auditor.rules.model import Rule


def windows_hold(facts: Facts, rule: Rule) -> bool:
    """Whether ordered rows can answer the rule exactly."""
    counting = rule.obligation.kind == "count" and rule.obligation.length is None and not pause_patterns(rule)
    if not facts.precise or rule.nth is not None or not (plain(rule) or counting):
        return False
    return all(map(answerable, patterns(rule).values()))


@dataclass(frozen=True)
class WindowsFrame:
    """The rules of a group over the narrow rows of all groups (materialised, with `identity`)."""

    facts: Facts
    rows: ir.Table
    group: Group
    rules: tuple[Rule, ...]
    bits: Bits
    by: tuple[str, ...] = ()

    @cached_property
    def marks(self) -> Marks:
        """The marks of the rules' patterns."""
        return Marks(self.facts, self.rules, self.bits)

    @property
    def table(self) -> ir.Table:
        """One row per event on which some rule may activate, with the nearest matches of every pattern around it and
        the numbers of matches that rules count."""
        marked, near = self._marked, dict[str, Any]()
        if self._needs_receipt:
            received = ibis.ifelse((marked.event == RECEIVED) & marked.subject.notnull(), 1, 0)
            near["protected"] = received.max().over(ibis.window(group_by="subject")) > 0
        for pattern in self.marks.numbers:
            for mark in self.marks.of(pattern):
                near |= nearest(marked, mark, strict=pattern in self.marks.strict)
        table = marked.mutate(**near)
        table = clocked(self.facts, table.filter(table.active), dict(enumerate(self.rules)))
        for number, rule in enumerate(self.rules):
            if rule.obligation.kind == "count":
                table = self._with_numbers(table, marked, number)
        return table

    @property
    def _marked(self) -> ir.Table:
        """The rows of the group with their marks, and whether some rule may activate on each."""
        rows = self.marks.keyed(self.rows.filter(self.rows.grp == self.group.number))
        active = either(*(self._activates(rows, rule)[0] for rule in self.rules))
        return rows.mutate(**self.marks.marked(rows), active=expression(active))

    def located(self, findings: ir.Table, rule: Rule) -> ir.Table:
        """Findings of a rule with the events, `…_packed`, that have the witness times `w_…` of its parts."""
        for part, pattern in patterns(rule).items():
            findings = witnessed(self.marks, self._marked, findings, pattern, part)
        return findings

    def _with_numbers(self, table: ir.Table, marked: ir.Table, number: int) -> ir.Table:
        """`table` with the numbers of matches in the windows of a rule that counts."""
        rule = self.rules[number]
        active = marked.filter(expression(self._activates(marked, rule)[0]))
        active = clocked(self.facts, active, {number: rule})
        due = upper(rule, (active.time, active.time), self._shift(active, number))
        assert due is not None  # noqa: S101 - a count has a length
        marks = self.marks.of(patterns(rule)["match"])
        found = counted(marks, marked, active.mutate(due=due[0].cast(STAMP)))
        found = found.rename(**{_number(number, mark.name): mark.name for mark in marks}, counted_row="row")
        return table.left_join(found, [("row", "counted_row")]).drop("counted_row").view()

    def _shift(self, table: ir.Table, number: int) -> Shift:
        rule = self.rules[number]
        return clock_shift(table, number) if clock_moves(rule) else plain_shift(rule, self.facts, (table.time,) * 2)

    def _activates(self, rows: ir.Table, rule: Rule) -> tuple[Truth, Truth]:
        """Whether the rule possibly activates on a row, and whether that is unsure."""
        tests, has = tests_of(rule), self.marks.has
        when, where = tests["when"], tests.get("jurisdiction")
        inside, _ = effective_truths(rule.effective.start, rule.effective.end, (rows.time, rows.time), precise=True)
        present = both(
            has(rows, "maybe", when), has(rows, "maybe", where), inside,
            rows.event.isin(self.facts.activating(rule)), (rows.repeats & self.group.masks[rule.id]) != 0,
        )  # fmt: skip
        return present, negation(both(has(rows, "known", when), has(rows, "known", where)))

    @property
    def _needs_receipt(self) -> bool:
        return self.facts.observed_from is not None and self.group.per == ("report_id",)

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The one branch of a rule."""
        present, unsure = self._activates(table, rule)
        finder, demand = _WindowsFinder(self, table, rule), rule.obligation
        terms = terms_of(
            rule, self.facts, present=present, unsure=unsure, straddles=False, start=(table.time, table.time),
            subject_known=table.subject.notnull(), protected=table.protected if self._needs_receipt else False,
            finder=finder, shift=self._shift(table, self.rules.index(rule)),
        )  # fmt: skip
        finder.lo = terms.lo(1)
        terms = replace(terms, at_least=_bound(demand.at_least), at_most=_bound(demand.at_most))
        attributes = {field: table[f"f_{field}"] for field in self.by}
        return [Branch(rule, terms, table.event, table.place, table.subject, attributes)]


def _number(rule: int, mark: str) -> str:
    """The column of how many events with a mark lie in the window of a rule."""
    return f"number{rule}_{mark}"


def _bound(number: int | None) -> Any:
    return None if number is None else ibis.literal(number, "int64")


class _WindowsFinder:
    """Answers searches from the nearest matches on each side."""

    def __init__(self, frame: WindowsFrame, table: ir.Table, rule: Rule) -> None:
        self.frame, self.table, self.rule = frame, table, rule
        self.parts = patterns(rule)
        self.lo: Ends | None = None

    def doubtful(self, part: str) -> bool:
        """Whether the part's condition can be unknown."""
        return True if part == "assert" else self.frame.marks.doubtful(self.parts[part])

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        test, has = tests_of(self.rule)["assert"], self.frame.marks.has
        known = has(self.table, "known", test)
        return known, has(self.table, "maybe", test), known

    def find(self, search: Search) -> Any:
        table, part, loose = self.table, search.part, search.sight is Sight.LOOSE
        if search.mode is Mode.COUNT:
            rule = self.frame.rules.index(self.rule)
            return self._told(part, lambda mark: table[_number(rule, mark)], add, loose=loose)
        backward = search.mode in (Mode.LAST, Mode.BEGUN)
        if strict_at(self.rule, part):
            return self._near(part, "well_before" if backward else "well_after", loose=loose)
        before, after = self._near(part, "before", loose=loose), self._near(part, "after", loose=loose)
        until = ibis.cases((after == table.time, after), else_=before)
        since = ibis.cases((before == table.time, before), else_=after)
        if backward:
            return until
        around = self.rule.obligation.kind in ("accompanied_by", "not_accompanied_by")
        if not around or part == "bound" or search.mode is Mode.SINCE:
            return since
        if self.lo is None:
            return ibis.coalesce(before, after)
        # the window reaches back: what lies in it before the activation will do, else the first after it
        return ibis.cases((until >= self.lo[0], until), else_=since)

    def _near(self, part: str, side: Side, *, loose: bool) -> Any:
        nearer = ibis.greatest if side in ("before", "well_before") else ibis.least
        return self._told(part, lambda mark: self.table[f"{side}_{mark}"], nearer, loose=loose)

    def _told(self, part: str, read: Read, join: Join, *, loose: bool) -> Any:
        return self.frame.marks.told(self.table, self.parts[part], read, join, loose=loose)
