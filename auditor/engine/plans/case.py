"""Case form: one row per subject, made by one GROUP BY; a rule is then arithmetic on that row.

Exact for a rule where every event that it uses has a slot and no learned value that it uses changes.  `repeats` tells
by bits where that is not so; where a rule's own bits are set, another plan judges it.  The first rows have one slot for
each event name, so that nothing need be sorted; there `repeats` is nothing or everything.  Where names repeat, rows
with more slots go on from them (`case_repeats.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, columns_used, patterns, plain
from auditor.engine.logic import Truth, both, either, expression, negation
from auditor.engine.plans.case_events import flag, whole
from auditor.engine.plans.case_finder import CaseFinder, CaseRow
from auditor.engine.plans.case_rows import CaseRows, Slot
from auditor.engine.plans.clocked import clock_moves
from auditor.engine.plans.frame import RECEIVED, Branch, Shift, signs, subject_text, terms_of
from auditor.engine.plans.rows import tests_of
from auditor.engine.shifts import shift
from auditor.engine.terms import Ends, effective_truths
from auditor.rules.model import Rule

REPEATING = 1 << 60  # for the rules that no row of slots can answer where an event name repeats
UNKNOWN_SUBJECT = 1 << 61  # set only where every bit is
EVERY_BIT = (1 << 62) - 1


def case_form_holds(rule: Rule) -> bool:
    """Whether one row per subject can answer the rule: `nth` must count events of one name, and its limit be plain."""
    if not plain(rule):
        return False
    return rule.nth is None or (rule.when.events is not None and len(rule.when.events) == 1)


def slots_hold(facts: Facts, rule: Rule) -> bool:
    """Whether it can, too, where event names repeat: what `nth` counts must not be in doubt."""
    if rule.nth is None:
        return True
    return facts.precise and not any(facts.may_be_unknown(rule.when.where, n, ()) for n in facts.occurring(rule.when))


@dataclass(frozen=True)
class CaseFrame:
    """The rules of some case rows over these rows."""

    source: CaseRows
    rows: ir.Table

    @property
    def facts(self) -> Facts:
        """What is known of the log."""
        return self.source.facts

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order."""
        return self.source.rules

    @cached_property
    def table(self) -> ir.Table:
        """The case rows with their times, with `repeats`, and with what clocks make of the activations."""
        source, packing, table = self.source, self.source.packing, self.rows
        if packing is not None:
            table = table.mutate(**{f"e{i}": packing.time(table[f"q{i}"]) for i in source.slots.values()})
        return self._clocked(table.mutate(repeats=self._repeats(table)))

    def _repeats(self, table: ir.Table) -> Any:
        """What has no slot and what changes in the subject, as bits; every one where the subject is unknown."""
        source, bits = self.source, self.source.fault_bits
        changes = [
            (~ibis.coalesce(table[f"low_{key}"] == table[f"high_{key}"], ibis.literal(True)), bits[key])
            for key in source.inherited
            if key in bits
        ]
        faults: list[Truth]
        if source.first is not None:
            ties = [(self._at_once(table, name), bits[name]) for name in source.names if len(source.slots_of(name)) > 1]
            found = reduce(lambda a, b: a | b, [flag(*one) for one in (*ties, *changes)], table.beyond)
        else:
            there = [ibis.ifelse(table[f"e{i}"].notnull(), 1, 0) for i in source.slots.values()]
            faults = [table.size != reduce(lambda a, b: a + b, there), *(changed for changed, _ in changes)]
            found = flag(expression(either(*faults)), EVERY_BIT)
        known = [table[f"k{i}"].notnull() for i in range(len(source.per))]
        return ibis.ifelse(expression(both(*known)), found, whole(EVERY_BIT))

    def _at_once(self, table: ir.Table, name: str) -> Any:
        """Whether two events of a name have one time: they may be the same, and nobody can say which is the second."""
        times = [table[f"e{self.source.slots[slot]}"] for slot in self.source.slots_of(name)]
        same = [ibis.coalesce(a == b, ibis.literal(False)) for a, b in pairwise(times)]
        return expression(either(*same))

    def mask(self, rule: Rule) -> int:
        """The bits of all that a rule uses."""
        source, bits = self.source, self.source.fault_bits
        used = {name for p in (rule.when, *patterns(rule).values()) for name in self.facts.occurring(p)}
        fields = {column.name for column in columns_used(rule)} | set(source.by)
        used |= fields | {slot.name for field in fields if (slot := source.source(field)) is not None}
        return reduce(lambda a, b: a | b, (bits[key] for key in used & set(bits)), UNKNOWN_SUBJECT)

    # Branches

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """One branch for each slot whose event may activate the rule."""
        return [
            self._branch(table, rule, slot)
            for name in self.facts.activating(rule)
            for slot in self.source.slots_of(name)
            if rule.nth is None or rule.nth <= slot.occurrence
        ]

    def _branch(self, table: ir.Table, rule: Rule, slot: Slot) -> Branch:
        row = CaseRow(self.source, table)
        start = row.times(slot)
        place = tests_of(rule).get("jurisdiction")
        known, maybe, timed = row.test(slot, rule.when.where, slot)
        here, perhaps, _ = row.test(slot, place.where if place else None, slot)
        effective = rule.effective
        inside, straddles = effective_truths(effective.start, effective.end, start, precise=self.facts.precise)
        finder = CaseFinder(row, rule, slot)
        terms = terms_of(
            rule,
            self.facts,
            shift=self._moved(table, rule, slot) if clock_moves(rule) else None,
            present=both(
                (table.repeats & self.mask(rule)) == 0,
                start[0].notnull(),
                maybe,
                perhaps,
                self._is_nth(row, rule, slot),
                inside,
            ),
            unsure=negation(both(known, here)) if maybe is not known or perhaps is not here else False,
            straddles=either(straddles, both(timed, negation(known))) if timed is not known else straddles,
            start=start,
            subject_known=True,
            protected=self._protected(table),
            finder=finder,
        )
        finder.lo = terms.lo(1)
        return Branch(
            rule,
            terms,
            ibis.literal(slot.name),
            row.place(slot),
            subject_text([table[f"k{j}"] for j in range(len(self.source.per))]),
            {field: row.value(slot, field) for field in self.source.by},
            finder.locate,
        )

    def _is_nth(self, row: CaseRow, rule: Rule, slot: Slot) -> Truth:
        """Whether as many events of the name as `nth` wants match, up to that of the slot."""
        slots = self.source.slots_of(slot.name)
        if rule.nth is None or len(slots) == 1:
            return True
        if rule.when.where is None:
            return slot.occurrence == rule.nth
        matching = [row.test(one, rule.when.where, one)[0] for one in slots if one <= slot]
        found: Truth = reduce(lambda a, b: a + b, [ibis.ifelse(one, 1, 0) for one in matching]) == rule.nth
        return found

    def _protected(self, table: ir.Table) -> Truth:
        """Whether the report's own receipt is in the log."""
        received = self.source.slots_of(RECEIVED)
        if self.facts.observed_from is None or self.source.per != ("report_id",) or not received:
            return False
        found: Truth = table[f"e{self.source.slots[received[0]]}"].notnull()
        return found

    # Clocks

    def _clocked(self, table: ir.Table) -> ir.Table:
        for number, rule in enumerate(self.rules):
            clock, within = rule.clock, rule.obligation.within
            if clock is None or within is None or not clock_moves(rule):
                continue
            for sign in signs(rule):
                moved = shift(clock, within, sign, *self.facts.span)
                table = table.mutate(the_map=ibis.literal(0, "int64"))
                for slot in (one for name in self.facts.activating(rule) for one in self.source.slots_of(name)):
                    i = self.source.slots[slot]
                    for end in "e" if self.facts.precise else "el":
                        table = moved.look_up(table, "the_map", f"{end}{i}", _moved(number, i, sign, end))
                table = table.drop("the_map")
        return table

    def _moved(self, table: ir.Table, rule: Rule, slot: Slot) -> Shift:
        number, i = self.rules.index(rule), self.source.slots[slot]

        def shifted(sign: int) -> Ends:
            earliest, *latest = (table[_moved(number, i, sign, end)] for end in ("e" if self.facts.precise else "el"))
            return earliest, latest[0] if latest else earliest

        return shifted


def _moved(rule: int, slot: int, sign: int, end: str) -> str:
    """The column of an activation that a clock has moved."""
    return f"m{rule}_{slot}_{'on' if sign > 0 else 'back'}_{end}"
