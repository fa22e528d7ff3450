"""What a case row tells of one activation: the values and tests of its events, and the nearest of those that can play a
part, found with `least` and `greatest` over their slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import patterns
from auditor.engine.logic import Truth, both, greatest, least
from auditor.engine.plans.case_rows import KINDS, CaseRows, Slot
from auditor.engine.plans.frame import absent, ordered, strict_at
from auditor.engine.plans.rows import truths
from auditor.engine.plans.witnesses import packed
from auditor.engine.terms import STAMP, Ends, Mode, Search, Sight
from auditor.rules import expressions as ex
from auditor.rules.model import Pattern, Rule


@dataclass(frozen=True)
class CaseRow:
    """What stands in the slots of a table of case rows."""

    rows: CaseRows
    table: ir.Table

    def times(self, slot: Slot) -> Ends:
        """Earliest and latest time of the event; null where there is none."""
        i = self.rows.slots[slot]
        earliest = self.table[f"e{i}"]
        return earliest, earliest if self.rows.facts.precise else self.table[f"l{i}"]

    def place(self, slot: Slot) -> Any:
        """The place of the event; null where there is none."""
        i, packing = self.rows.slots[slot], self.rows.packing
        return self.table[f"p{i}"] if packing is None else packing.place(self.table[f"q{i}"])

    def value(self, slot: Slot, field: str) -> Any:
        """The value of a field that is carried for events of this name; null where it is missing."""
        rows, table, facts = self.rows, self.table, self.rows.facts
        if field not in facts.log.fields:
            return absent(facts, field)
        made = []
        if rows.states(slot.name, field):
            made.append(table[f"v{rows.slots[slot]}_{field}"])
        if rows.inherits(slot.name, field):
            made.append(self._from_report(slot, field))
        if not made:
            return absent(facts, field)
        value = made[0] if len(made) == 1 else ibis.coalesce(*made)
        return value.cast("boolean") if facts.declared(field).type == "bool" else value

    def _from_report(self, slot: Slot, field: str) -> Any:
        """The value that the event takes from its report: the one stated there, by then if it is learned."""
        rows, table = self.rows, self.table
        source, learned = rows.source(field), rows.facts.declared(field).scope == "learned"
        if source is not None:
            value, since = table[f"v{rows.slots[source]}_{field}"], self.times(source)[0]
        else:
            value = table[f"low_{field}"]
            since = table[f"since_{field}"] if learned else None
        if learned:
            return ibis.ifelse(since <= self.times(slot)[0], value, ibis.null(value.type()))
        return (
            value
            if source is not None
            else ibis.ifelse(value == table[f"high_{field}"], value, ibis.null(value.type()))
        )

    def test(self, slot: Slot, condition: ex.Expr | None, trigger: Slot) -> tuple[Truth, Truth, Truth]:
        """Whether the event passes certainly, possibly, and possibly when only times are in doubt."""
        if condition is None:
            return True, True, True
        if not self.rows.settled(slot.name, condition):
            return truths(self.rows.facts, condition, _Resolver(self, slot, trigger), [slot.name], [trigger.name])
        known, maybe, timed = (self.rows.bits.get((slot, condition, kind)) for kind in KINDS)
        sure = self._bit(known)
        return sure, sure if maybe is None else self._bit(maybe), sure if timed is None else self._bit(timed)

    def _bit(self, at: tuple[int, int] | None) -> Any:
        assert at is not None  # noqa: S101 - `known` is made for every test that one event settles
        word, bit = at
        return (self.table[f"test{word}"] & bit) != 0


@dataclass(frozen=True)
class _Resolver:
    row: CaseRow
    slot: Slot
    trigger: Slot

    def value(self, column: ex.Column) -> Any:
        return self.row.value(self.trigger if column.trigger else self.slot, column.name)

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:
        return self.row.times(self.trigger if trigger else self.slot)


@dataclass(frozen=True)
class _Other:
    """An event that can play a part: its times, whether it does (certainly, possibly when only times are in doubt,
    possibly), and its place."""

    name: str
    earliest: Any
    latest: Any
    known: Truth
    timed: Truth
    possible: Truth
    place: Any


class CaseFinder:
    """Answers searches over the slots of a part, that of the activating event left out."""

    def __init__(self, row: CaseRow, rule: Rule, trigger: Slot) -> None:
        self.row, self.rule, self.trigger = row, rule, trigger
        self.facts = row.rows.facts
        self.parts = patterns(rule)
        self._others: dict[str, list[_Other]] = {}
        self.start = row.times(trigger)
        self.lo: Ends | None = self.start

    def doubtful(self, part: str) -> bool:
        """Whether the part's condition can be unknown."""
        if part == "assert":
            return self.facts.may_be_unknown(self.rule.obligation.condition, self.trigger.name, ())
        pattern = self.parts[part]
        return any(
            self.facts.may_be_unknown(pattern.where, slot.name, (self.trigger.name,)) for slot in self._slots(pattern)
        )

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        return self.row.test(self.trigger, self.rule.obligation.condition, self.trigger)

    def find(self, search: Search) -> Any:
        made = [self._candidate(other, search) for other in self.others(search.part)]
        return greatest(made) if search.mode in (Mode.LAST, Mode.BEGUN) else least(made)

    def _candidate(self, other: _Other, search: Search) -> Any:
        tight = search.sight is Sight.TIGHT
        members = {Sight.TIGHT: other.known, Sight.LOOSE_TIMED: other.timed, Sight.LOOSE: other.possible}
        member = members[search.sight]
        strict = strict_at(self.rule, search.part)
        inside: Truth = True
        if search.mode in (Mode.LAST, Mode.BEGUN):
            edge, limit = (other.latest, self.start[0]) if tight else (other.earliest, self.start[1])
            inside = ordered(edge, limit, strict)
            value = other.earliest if tight or search.mode is Mode.BEGUN else other.latest
        else:
            lo = self.lo if search.mode is Mode.FIRST and search.part != "bound" else self.start
            if lo is not None:
                edge, limit = (other.earliest, lo[1]) if tight else (other.latest, lo[0])
                inside = ordered(limit, edge, strict)
            value = other.latest if tight else other.earliest
        wanted = both(member, inside)
        # a comparison with an event that is not there is null, and so is the value then
        return value if wanted is True else ibis.ifelse(wanted, value, ibis.null(STAMP))

    def _slots(self, pattern: Pattern) -> list[Slot]:
        names = self.facts.occurring(pattern)
        return [slot for name in names for slot in self.row.rows.slots_of(name) if slot != self.trigger]

    def others(self, part: str) -> list[_Other]:
        """The events that can play the part."""
        if part not in self._others:
            pattern = self.parts[part]
            self._others[part] = [self._other(pattern, slot) for slot in self._slots(pattern)]
        return self._others[part]

    def _other(self, pattern: Pattern, slot: Slot) -> _Other:
        earliest, latest = self.row.times(slot)
        known, maybe, timed = self.row.test(slot, pattern.where, self.trigger)
        return _Other(slot.name, earliest, latest, known, timed, maybe, self.row.place(slot))

    def locate(self, part: str, time: Any) -> tuple[Any, Any] | None:
        """Place and name (packed) and earliest time of the least-placed event of a part that has the witness time; None
        where no event can play the part."""
        others = self.others(part)
        if not others:
            return None
        # a bound is known by its latest moment, all other parts by their earliest
        by_latest = part == "bound" and not self.facts.precise
        found = []
        for other in others:
            hit = both(other.possible, (other.latest if by_latest else other.earliest) == time)
            number = packed(self.facts, other.place, other.name)
            found.append((other, ibis.ifelse(hit, number, ibis.null("int64"))))
        first = least([number for _, number in found])
        if not by_latest:
            return first, time
        arms = [(ibis.coalesce(number == first, ibis.literal(False)), other.earliest) for other, number in found]
        return first, ibis.cases(*arms, else_=ibis.null(STAMP))
