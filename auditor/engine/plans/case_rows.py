"""One row per subject, made by one GROUP BY, and what stands in it.

Each event that has a place in the row has a slot.  `q0` is the time and place of slot 0 packed in one number (`p0` the
place, where one cannot hold both), `e0` its time, `l0` its latest time where times are imprecise.  Tests of one event
are made before the grouping and stand as bits in `test0 …`; a value is carried (`v0_actor`) only where a condition
reads it of two events, or of the whole report (`low_category`, `high_category`, `since_category`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, expression
from auditor.engine.plans.frame import RECEIVED
from auditor.engine.plans.packing import Packing
from auditor.engine.plans.rows import WORD, RowResolver, tests_of, truths
from auditor.rules import expressions as ex
from auditor.rules.model import Rule

OF_TRIGGER = ("when", "assert", "jurisdiction")  # the tests of a rule that its activating event is put to
KINDS = ("known", "maybe", "timed")
SLOT, OCCURRENCE = "slot of event", "occurrence of event"  # columns beside those of a log, which have no blanks
LAST_BIT = 59
DIGIT = 5  # bits in which the events of one name are counted
MOST = (1 << DIGIT) - 1  # events of a subject up to which the counts by name are right
DIGITS = 10  # in a floating-point number, whose sum no number of events can make fail


@dataclass(frozen=True, order=True)
class Slot:
    """The place of one event in the row of its subject: of the first of its name, of the second …"""

    name: str
    occurrence: int = 1


@dataclass(frozen=True)
class CaseRows:
    """The rows of the subjects of one key, for some rules.

    `events` are those up to A, duplicates included; `resolved` says that learned and standing values are filled in
    already (needed unless the subject is the report itself).  `room` tells how many events of a name have a slot, one
    where it does not say; where it is given, `events` have their `OCCURRENCE`, from 1.  `by` are fields that groups ask
    for.
    """

    facts: Facts
    events: ir.Table
    rules: tuple[Rule, ...]
    per: tuple[str, ...]
    resolved: bool
    by: tuple[str, ...] = ()
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

    @cached_property
    def slots(self) -> dict[Slot, int]:
        """Every slot with its number."""
        found = [Slot(name, i + 1) for name in self.names for i in range(self.room.get(name, 1))]
        return {slot: number for number, slot in enumerate(found)}

    def slots_of(self, name: str) -> list[Slot]:
        """The slots of an event name, in order of time."""
        return [slot for slot in self.slots if slot.name == name]

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

    @cached_property
    def inherited(self) -> tuple[str, ...]:
        """The learned and standing fields that events take from their report, where several may state them."""
        found = {field for name, field in self.asked if self.inherits(name, field)}
        return tuple(sorted(field for field in found if self.source(field) is None))

    @cached_property
    def bits(self) -> dict[tuple[Slot, ex.Expr, str], tuple[int, int]]:
        """Word and bit of each test of one event, by kind: `known`, and `maybe` and `timed` where they can differ."""
        found = dict.fromkeys(
            (slot, condition, kind)
            for name, condition, _ in self._uses()
            if self.settled(name, condition)
            for slot in self.slots_of(name)
            for kind in self._kinds(name, condition)
        )
        return {key: (i // WORD, 1 << i % WORD) for i, key in enumerate(found)}

    def _kinds(self, name: str, condition: ex.Expr) -> list[str]:
        doubtful, timed = self.facts.may_be_unknown(condition, name, ()), self.facts.turns_on_time(condition)
        return [kind for kind, there in zip(KINDS, (True, doubtful, timed), strict=True) if there]

    # The rows

    @cached_property
    def packing(self) -> Packing | None:
        """How times and places are packed; None where a number cannot hold both."""
        last = max(found.last for found in self.facts.log.profile.values())
        return Packing.of(self.facts.log, self.facts.span[0], last)

    @property
    def table(self) -> ir.Table:
        """One row per subject: `k0 …` its keys, `size` how many events it has, and what this module tells of."""
        rows = self._rows()
        made: dict[str, Any] = {} if self.room else {"size": rows.count(where=rows.slot >= 0)}
        for slot, i in self.slots.items():
            here = rows.slot == i
            made |= {f"{column}{i}": rows[column].min(where=here) for column in "qelp" if column in rows.columns}
            for name in sorted(asked for event, asked in self.asked if event == slot.name):
                if self.states(slot.name, name):
                    made[f"v{i}_{name}"] = rows[f"f_{name}"].max(where=here)
        made |= {column: rows[column].bit_or() for column in rows.columns if column.startswith(("test", "beyond"))}
        made |= {column: rows[column].sum() for column in rows.columns if column.startswith("tally")}
        for name in self.inherited:
            value = rows[f"f_{name}"]
            made |= {f"low_{name}": value.min(), f"high_{name}": value.max()}
            if self.facts.declared(name).scope == "learned":
                made[f"since_{name}"] = rows.time.min(where=value.notnull())
        found = rows.group_by([f"k{i}" for i in range(len(self.per))]).agg(**made)
        if self.packing is None:
            return found
        return found.mutate(**{f"e{i}": self.packing.time(found[f"q{i}"]) for i in self.slots.values()})

    def _rows(self) -> ir.Table:
        """The events with what the grouping takes of each."""
        events, number = self.events, self.slots.items()
        occurrence = events[OCCURRENCE] if self.room else 1
        if self.room:
            hits = [((events.event == slot.name) & (occurrence == slot.occurrence), i) for slot, i in number]
        else:
            hits = [(events.event == slot.name, i) for slot, i in number]
        events = events.mutate(**{SLOT: ibis.cases(*hits, else_=-1).cast("int16")})
        if self.packing is None:
            moments = {"e": events.time, "p": events.place}
        else:
            moments = {"q": self.packing.packed(events.time, events.place)}
        latest = {} if self.facts.precise else {"l": events.time_latest}
        return events.select(
            **{f"k{i}": events[key] for i, key in enumerate(self.per)},
            slot=events[SLOT], time=events.time, **moments, **latest, **self._tests(events),
            **(self._beyond(events) if self.room else self._tallies(events)),
            **{f"f_{name}": self._comparable(events[name], name) for name in sorted({name for _, name in self.asked})},
        )  # fmt: skip

    def _comparable(self, value: Any, field: str) -> Any:
        return value.cast("int8") if self.facts.declared(field).type == "bool" else value

    def _tests(self, events: ir.Table) -> dict[str, Any]:
        """A word of bits: which tests the event of a slot passes."""
        resolver = RowResolver(self.facts, events)
        found: dict[tuple[str, ex.Expr], tuple[Truth, ...]] = {}
        sums: dict[tuple[int, Slot], list[Any]] = {}
        for (slot, condition, kind), (word, bit) in self.bits.items():
            key = slot.name, condition
            if key not in found:
                found[key] = truths(self.facts, condition, resolver, [slot.name])
            passed = expression(found[key][KINDS.index(kind)])
            sums.setdefault((word, slot), []).append(ibis.ifelse(passed, _whole(bit), _whole(0)))
        return {
            f"test{word}": ibis.cases(
                *(
                    (events[SLOT] == self.slots[slot], reduce(lambda a, b: a + b, some))
                    for (at, slot), some in sums.items()
                    if at == word
                ),
                else_=_whole(0),
            )
            for word in sorted({word for word, _ in sums})
        }

    def _beyond(self, events: ir.Table) -> dict[str, Any]:
        """A bit for the name of an event that has no slot because too many came before it."""
        bit = ibis.cases(
            *((events.event == name, _whole(self.fault_bits[name])) for name in self.names), else_=_whole(0)
        )
        return {"beyond": ibis.ifelse(events[SLOT] < 0, bit, _whole(0))}

    @cached_property
    def fault_bits(self) -> dict[str, int]:
        """A bit for each event name that may have too many events, and each learned field that may change; the last one
        is shared."""
        learned = [name for name in self.inherited if self.facts.declared(name).scope == "learned"]
        return {key: 1 << min(i, LAST_BIT) for i, key in enumerate([*self.names, *learned])}

    def _tallies(self, events: ir.Table) -> dict[str, Any]:
        """What adds up to the number of events by name, a few bits each."""
        words = range((len(self.names) + DIGITS - 1) // DIGITS)
        return {
            f"tally{word}": ibis.cases(
                *(
                    (events.event == name, float(1 << DIGIT * (i % DIGITS)))
                    for i, name in enumerate(self.names)
                    if i // DIGITS == word
                ),
                else_=0.0,
            )
            for word in words
        }

    def number_of(self, table: ir.Table, name: str) -> Any:
        """How many events of a name a subject has, right for subjects of at most `MOST` events."""
        i = self.names.index(name)
        return (table[f"tally{i // DIGITS}"].cast("int64") >> DIGIT * (i % DIGITS)) & MOST


def _whole(value: int) -> Any:
    return ibis.literal(value, "int64")
