"""Windows: rows of a subject in time order, each with the nearest match before and after it.

Linear in the size of a subject.  Exact where every time is one moment, no condition names the activating event, and
no `nth` is asked. The activating event is left out by frames that end one row before it; what happens at the same
moment stands in one of the two directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns, plain
from auditor.engine.logic import Truth, both, either, expression, negation
from auditor.engine.plans.frame import RECEIVED, Branch, strict_at, terms_of
from auditor.engine.plans.rows import Bits, Group, names_trigger, tests_of
from auditor.engine.terms import STAMP, Ends, Mode, Search, Sight, effective_truths
from auditor.log.schema import TIME
from auditor.rules.model import Pattern, Rule


def windows_hold(facts: Facts, rule: Rule) -> bool:
    """Whether ordered rows can answer the rule exactly."""
    if not plain(rule) or rule.clock is not None:
        return False
    return facts.precise and rule.nth is None and not any(map(names_trigger, patterns(rule).values()))


@dataclass(frozen=True)
class WindowsFrame:
    """The rules of a group over the narrow rows of all groups (materialised, with `identity`)."""

    facts: Facts
    rows: ir.Table
    group: Group
    rules: tuple[Rule, ...]
    bits: Bits
    by: tuple[str, ...] = ()

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

    def has(self, table: ir.Table, mask: str, test: Pattern | None) -> Truth:
        """Whether rows certainly (`known`) or possibly (`maybe`) pass a test."""
        if test is None:
            return True
        word, bit = self.bits.of[test]
        found: Truth = (table[f"{mask}{word}"] & bit) != 0
        return found

    @property
    def table(self) -> ir.Table:
        """One row per event on which some rule may activate, with the nearest matches of every pattern around it."""
        rows, made = self.rows.filter(self.rows.grp == self.group.number), {}
        nothing, subject_known = ibis.null(STAMP), rows.subject.notnull()
        for pattern, i in self._patterns().items():
            made[f"known{i}_at"] = ibis.ifelse(
                expression(both(self.has(rows, "known", pattern), subject_known)), rows.time, nothing
            )
            if self.doubtful(pattern):
                made[f"maybe{i}_at"] = ibis.ifelse(
                    expression(both(self.has(rows, "maybe", pattern), subject_known)), rows.time, nothing
                )
        active = either(*(self._activates(rows, rule)[0] for rule in self.rules))
        if self._needs_receipt:
            received = ibis.ifelse((rows.event == RECEIVED) & subject_known, 1, 0)
            made["protected"] = received.max().over(ibis.window(group_by="subject")) > 0
        marked = rows.mutate(**made, active=expression(active))
        near = {
            name: window
            for column in made
            if column.endswith("_at")
            for name, window in self._near(marked, column).items()
        }
        table = marked.mutate(**near)
        return table.filter(table.active)

    def _activates(self, rows: ir.Table, rule: Rule) -> tuple[Truth, Truth]:
        """Whether the rule possibly activates on a row, and whether that is unsure."""
        tests = tests_of(rule)
        when, where = tests["when"], tests.get("jurisdiction")
        inside, _ = effective_truths(rule.effective.start, rule.effective.end, (rows.time, rows.time), precise=True)
        present = both(
            self.has(rows, "maybe", when), self.has(rows, "maybe", where), inside,
            rows.event.isin(self.facts.activating(rule)), (rows.repeats & self.group.masks[rule.id]) != 0,
        )  # fmt: skip
        return present, negation(both(self.has(rows, "known", when), self.has(rows, "known", where)))

    def _near(self, marked: ir.Table, column: str) -> dict[str, Any]:
        value, tick = marked[column], ibis.interval(microseconds=1)
        ahead, behind = [marked.time, marked.row], [marked.time.desc(), marked.row.desc()]
        found = {
            f"before_{column}": value.max().over(ibis.window(group_by="subject", order_by=ahead, rows=(None, -1))),
            f"after_{column}": value.min().over(ibis.window(group_by="subject", order_by=behind, rows=(None, -1))),
        }
        if int(column.removesuffix("_at")[5:]) in self._strict():
            back = ibis.window(group_by="subject", order_by=marked.time, range=(None, -tick))
            on = ibis.window(group_by="subject", order_by=marked.time.desc(), range=(None, -tick))
            found[f"well_before_{column}"] = value.max().over(back)
            found[f"well_after_{column}"] = value.min().over(on)
        return found

    def _strict(self) -> set[int]:
        """The patterns that some rule looks for strictly before or after its activation."""
        numbers = self._patterns()
        return {
            numbers[pattern] for rule in self.rules for part, pattern in patterns(rule).items() if strict_at(rule, part)
        }

    @property
    def _needs_receipt(self) -> bool:
        return self.facts.observed_from is not None and self.group.per == ("report_id",)

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The one branch of a rule."""
        present, unsure = self._activates(table, rule)
        finder, moment = _WindowsFinder(self, table, rule), table[TIME]
        terms = terms_of(
            rule, self.facts, present=present, unsure=unsure, straddles=False, start=(moment, moment),
            subject_known=table.subject.notnull(), protected=table.protected if self._needs_receipt else False,
            finder=finder,
        )  # fmt: skip
        finder.lo = terms.lo(1)
        attributes = {field: table[f"f_{field}"] for field in self.by}
        return [Branch(rule, terms, table.event, table.place, table.subject, attributes)]


class _WindowsFinder:
    """Answers searches from the nearest matches on each side."""

    def __init__(self, frame: WindowsFrame, table: ir.Table, rule: Rule) -> None:
        self.frame, self.table, self.rule = frame, table, rule
        self.parts = patterns(rule)
        self.numbers = frame._patterns()
        self.lo: Ends | None = None

    def doubtful(self, part: str) -> bool:
        """Whether the part's condition can be unknown."""
        return True if part == "assert" else self.frame.doubtful(self.parts[part])

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        test = tests_of(self.rule)["assert"]
        known = self.frame.has(self.table, "known", test)
        return known, self.frame.has(self.table, "maybe", test), known

    def find(self, search: Search) -> Any:
        table, pattern = self.table, self.parts[search.part]
        member = "maybe" if search.sight is Sight.LOOSE and self.frame.doubtful(pattern) else "known"
        column = f"{member}{self.numbers[pattern]}_at"
        backward = search.mode in (Mode.LAST, Mode.BEGUN)
        if strict_at(self.rule, search.part):
            return table[f"well_before_{column}"] if backward else table[f"well_after_{column}"]
        before, after = table[f"before_{column}"], table[f"after_{column}"]
        until = ibis.cases((after == table.time, after), else_=before)
        since = ibis.cases((before == table.time, before), else_=after)
        if backward:
            return until
        around = self.rule.obligation.kind in ("accompanied_by", "not_accompanied_by")
        if not around or search.part == "bound" or search.mode is Mode.SINCE:
            return since
        if self.lo is None:
            return ibis.coalesce(before, after)
        # the window reaches back: what lies in it before the activation will do, else the first after it
        return ibis.cases((until >= self.lo[0], until), else_=since)
