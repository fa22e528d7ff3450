"""What stands in the row of a subject.

Each event that has a place in the row has a slot.  `q0` is the time and place of slot 0 packed in one number (`p0` the
place, where one cannot hold both), `e0` its time, `l0` its latest time where times are imprecise.  Tests of one event
are made before the grouping and stand as bits in `test0 …`; a value is carried (`v0_actor`) only where a condition
reads reads it of two events, or of the whole report (`low_category`, `high_category`, `since_category`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns
from auditor.engine.plans.frame import RECEIVED
from auditor.engine.plans.packing import Packing
from auditor.engine.plans.rows import WORD, tests_of
from auditor.log.log import Cases
from auditor.rules import expressions as ex
from auditor.rules.model import Rule

OF_TRIGGER = ("when", "assert", "jurisdiction")  # the tests of a rule that its activating event is put to
KINDS = ("known", "maybe", "timed")
SLOT, OCCURRENCE = "slot of event", "occurrence of event"  # columns beside those of a log, which have no blanks
LAST_BIT = 59
DIGIT = 5  # bits in which the events of one name are counted
MOST = (1 << DIGIT) - 1  # events of a subject up to which the counts by name are right
DIGITS = 10  # in a floating-point number, whose sum no number of events can make fail
Test = tuple["Slot", ex.Expr, str]  # that the event of a slot is put to, and of which kind its answer is


@dataclass(frozen=True, order=True)
class Slot:
    """The place of one event in the row of its subject: of the first of its name, of the second …"""

    name: str
    occurrence: int = 1


@dataclass(frozen=True)
class CaseRows:
    """The rows of the subjects of one key, for some rules.

    `events` are those up to A, duplicates included; `resolved` says that learned and standing values are filled in
    already (needed unless the subject is the report itself).  `by` are fields that groups ask for.  `cases` is the case
    table that the events come from, where its rows can be taken as they are.

    `first` are rows with one slot for each event name, for these rules among others, where these rows go on from them:
    `room` then tells how many events of a name have a slot here, one where it does not say.  What both tell has the
    same columns in both.
    """

    facts: Facts
    events: ir.Table
    rules: tuple[Rule, ...]
    per: tuple[str, ...]
    resolved: bool
    by: tuple[str, ...] = ()
    cases: Cases | None = None
    first: CaseRows | None = None
    room: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The event names that the rules use, and those that alone state a field which the rules read, sorted."""
        found = {
            name
            for rule in self.rules
            for pattern in (rule.when, *patterns(rule).values())
            for name in self.facts.occurring(pattern)
        }
        if self.facts.observed_from is not None and RECEIVED in self.facts.names:
            found.add(RECEIVED)
        read = {
            column.name for rule in self.rules for test in tests_of(rule).values() for column in ex.columns(test.where)
        }
        return tuple(sorted(found | {name for one in {*read, *self.by} if (name := self._only_source(one))}))

    def slots_of(self, name: str) -> list[Slot]:
        """The slots of an event name, in order of time."""
        return [Slot(name, i + 1) for i in range(self.room.get(name, 1))] if name in self.names else []

    @cached_property
    def slots(self) -> dict[Slot, int]:
        """Every slot with its number."""
        every = [slot for name in self.names for slot in self.slots_of(name)]
        told = {} if self.first is None else self.first.slots
        made = {slot: len(told) + i for i, slot in enumerate(slot for slot in every if slot.name in self.grouped)}
        return {slot: made[slot] if slot in made else told[slot] for slot in every}

    @cached_property
    def grouped(self) -> frozenset[str]:
        """The names whose events are grouped: all, or those of which the first rows do not tell what these must."""
        first = self.first
        if first is None:
            return frozenset(self.facts.names)
        return frozenset(name for name in self.facts.names if not self._told(first, name))

    def _told(self, first: CaseRows, name: str) -> bool:
        """Whether the first rows tell of the events of a name what these must."""
        slot = Slot(name)
        return not any(self.states(name, field) for field in self.gathered) and (
            name not in self.names
            or (
                self.slots_of(name) == first.slots_of(name)
                and set(self.carried(slot)) <= set(first.carried(slot))
                and {test for test in self.tests if test[0] == slot} <= first.bits.keys()
            )
        )

    # Where values come from

    def _only_source(self, field: str) -> str | None:
        """The one event name that ever states a field of the report."""
        if self.resolved or field not in self.facts.log.fields or self.facts.declared(field).scope == "event":
            return None
        stating = [name for name in self.facts.names if self.states(name, field)]
        return stating[0] if len(stating) == 1 else None

    def source(self, field: str) -> Slot | None:
        """The slot of the one event that states a field of the report, where only one can."""
        name = self._only_source(field)
        return Slot(name) if name is not None and self.room.get(name, 1) == 1 else None

    def states(self, name: str, field: str) -> bool:
        """Whether events of this name ever carry the field themselves."""
        return self.resolved or self.facts.missing(field, name) != "all"

    def inherits(self, name: str, field: str) -> bool:
        """Whether an event of this name may take the value of a field from elsewhere in its report."""
        if self.resolved or field == "report_id" or self.facts.declared(field).scope == "event":
            return False
        source = self.source(field)
        return self.facts.missing(field, name) != "none" and (source is None or source.name != name)

    def settled(self, name: str, condition: ex.Expr) -> bool:
        """Whether an event of this name carries all that the condition reads."""
        return not any(column.trigger or self.inherits(name, column.name) for column in ex.columns(condition))

    def _uses(self) -> Iterator[tuple[str, ex.Expr, tuple[str, ...]]]:
        """Every condition that is put to events of a name, and the names behind its `trigger`."""
        for rule in self.rules:
            activations = self.facts.activating(rule)
            for part, test in tests_of(rule).items():
                of_trigger = part in OF_TRIGGER
                for name in activations if of_trigger else self.facts.occurring(test):
                    itself = not of_trigger and activations == (name,) and len(self.slots_of(name)) == 1
                    if test.where is not None and not itself:
                        yield name, test.where, activations

    @cached_property
    def asked(self) -> dict[tuple[str, str], None]:
        """The (event name, field) pairs whose values are carried, in order."""
        found: dict[tuple[str, str], None] = {}
        for name, condition, activations in self._uses():
            if not self.settled(name, condition):
                for column in sorted(ex.columns(condition), key=lambda c: (c.name, c.trigger)):
                    found |= {(one, column.name): None for one in (activations if column.trigger else [name])}
        for rule in self.rules:
            found |= {(name, field): None for name in self.facts.activating(rule) for field in self.by}
        sources = [(self.source(field), field) for name, field in found if self.inherits(name, field)]
        found |= {(slot.name, field): None for slot, field in sources if slot is not None}
        return {key: None for key in found if key[1] in self.facts.log.fields}

    def carried(self, slot: Slot) -> list[str]:
        """The fields of which the event of a slot has a value in the row, sorted."""
        return sorted(field for name, field in self.asked if name == slot.name and self.states(name, field))

    @cached_property
    def inherited(self) -> tuple[str, ...]:
        """The learned and standing fields that events take from their report, where several may state them."""
        found = {field for name, field in self.asked if self.inherits(name, field)}
        return tuple(sorted(field for field in found if self.source(field) is None))

    @cached_property
    def gathered(self) -> tuple[str, ...]:
        """Those of them that are gathered from the grouped events, not told by the first rows."""
        return tuple(field for field in self.inherited if self.first is None or field not in self.first.inherited)

    @cached_property
    def tests(self) -> dict[Test, None]:
        """Each test of one event, by kind: `known`, and `maybe` and `timed` where they can differ; in order."""
        return dict.fromkeys(
            (slot, condition, kind)
            for name, condition, _ in self._uses()
            if self.settled(name, condition)
            for slot in self.slots_of(name)
            for kind in self._kinds(name, condition)
        )

    @cached_property
    def bits(self) -> dict[Test, tuple[int, int]]:
        """The word and the bit of each test."""
        told = {} if self.first is None else self.first.bits
        begin = max((word + 1 for word, _ in told.values()), default=0)
        made = [test for test in self.tests if test[0].name in self.grouped]
        numbered = {test: (begin + i // WORD, 1 << i % WORD) for i, test in enumerate(made)}
        return {test: numbered[test] if test in numbered else told[test] for test in self.tests}

    def _kinds(self, name: str, condition: ex.Expr) -> list[str]:
        doubtful, timed = self.facts.may_be_unknown(condition, name, ()), self.facts.turns_on_time(condition)
        return [kind for kind, there in zip(KINDS, (True, doubtful, timed), strict=True) if there]

    # The rows

    @cached_property
    def moment(self) -> str:
        """The letters of the columns that tell time and place of an event."""
        return ("q" if self.packing else "ep") + ("" if self.facts.precise else "l")

    @cached_property
    def packing(self) -> Packing | None:
        """How times and places are packed; None where a number cannot hold both."""
        last = max(found.last for found in self.facts.log.profile.values())
        return Packing.of(self.facts.log, self.facts.span[0], last)

    @cached_property
    def fault_bits(self) -> dict[str, int]:
        """A bit for each event name that may have too many events, and each learned field that may change; the last one
        is shared."""
        learned = [name for name in self.inherited if self.facts.declared(name).scope == "learned"]
        return {key: 1 << min(i, LAST_BIT) for i, key in enumerate([*self.names, *learned])}

    def tally(self, name: str) -> tuple[int, int]:
        """The word that counts the events of a name, and the lowest of the bits that do."""
        word, digit = divmod(self.names.index(name), DIGITS)
        return word, DIGIT * digit

    def number_of(self, table: ir.Table, name: str) -> Any:
        """How many events of a name a subject has, right for subjects of at most `MOST` events."""
        word, low = self.tally(name)
        return (table[f"tally{word}"].cast("int64") >> low) & MOST

    def comparable(self, value: Any, field: str) -> Any:
        """A value that has a least and a greatest on every engine."""
        return value.cast("int8") if self.facts.declared(field).type == "bool" else value
