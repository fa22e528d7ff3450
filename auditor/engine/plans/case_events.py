"""The rows of subjects made from events, by one GROUP BY."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import Resolver
from auditor.engine.logic import Truth, expression
from auditor.engine.plans.case_rows import KINDS, OCCURRENCE, SLOT, CaseRows, Slot
from auditor.engine.plans.rows import RowResolver, truths
from auditor.rules import expressions as ex


def grouped(source: CaseRows, events: ir.Table) -> ir.Table:
    """One row per subject: `k0 …` its keys, and what `source` groups.  Rows that no others go on from have `size`, how
    many events there are, and `tally0 …`; else the events must have their `OCCURRENCE`."""
    rows = _rows(source, events)
    made: dict[str, Any] = {"size": rows.count(where=rows.slot >= 0)} if source.first is None else {}
    for slot, i in _slots(source).items():
        here = rows.slot == i
        made |= {f"{column}{i}": rows[column].min(where=here) for column in source.moment}
        for name in source.carried(slot):
            made[f"v{i}_{name}"] = rows[f"f_{name}"].max(where=here)
    made |= {column: rows[column].bit_or() for column in rows.columns if column.startswith("test")}
    made |= {column: rows[column].sum() for column in rows.columns if column.startswith("tally")}
    for name in source.gathered:
        value = rows[f"f_{name}"]
        made |= {f"low_{name}": value.min(), f"high_{name}": value.max()}
        if source.facts.declared(name).scope == "learned":
            made[f"since_{name}"] = rows.time.min(where=value.notnull())
    return rows.group_by([f"k{i}" for i in range(len(source.per))]).agg(**made)


def _slots(source: CaseRows) -> dict[Slot, int]:
    return {slot: i for slot, i in source.slots.items() if slot.name in source.grouped}


def _rows(source: CaseRows, events: ir.Table) -> ir.Table:
    """The events with what the grouping takes of each."""
    slots, packing = _slots(source), source.packing
    hits = [(_has(source, events, slot), i) for slot, i in slots.items()]
    events = events.mutate(**{SLOT: ibis.cases(*hits, else_=-1).cast("int16")})
    if packing is None:
        moments = {"e": events.time, "p": events.place}
    else:
        moments = {"q": packing.packed(events.time, events.place)}
    latest = {} if source.facts.precise else {"l": events.time_latest}
    fields = sorted({*source.gathered, *(name for slot in slots for name in source.carried(slot))})
    return events.select(
        **{f"k{i}": events[key] for i, key in enumerate(source.per)},
        slot=events[SLOT], time=events.time, **moments, **latest, **_tests(source, events),
        **(_tallies(source, events) if source.first is None else {}),
        **{f"f_{name}": source.comparable(events[name], name) for name in fields},
    )  # fmt: skip


def _has(source: CaseRows, events: ir.Table, slot: Slot) -> Any:
    """Whether an event has the slot."""
    named = events.event == slot.name
    return named if source.first is None else named & (events[OCCURRENCE] == slot.occurrence)


def _tests(source: CaseRows, events: ir.Table) -> dict[str, Any]:
    """Words of bits: which tests the event of a slot passes."""
    resolver = RowResolver(source.facts, events)
    sums: dict[int, dict[Slot, list[Any]]] = {}
    for slot, word, bit, truth in passed(source, lambda _: resolver):
        sums.setdefault(word, {}).setdefault(slot, []).append(flag(expression(truth), bit))
    return {
        f"test{word}": ibis.cases(
            *((events[SLOT] == source.slots[slot], reduce(lambda a, b: a + b, some)) for slot, some in by_slot.items()),
            else_=whole(0),
        )
        for word, by_slot in sums.items()
    }


def passed(source: CaseRows, resolver: Callable[[str], Resolver]) -> Iterator[tuple[Slot, int, int, Truth]]:
    """Slot, word, bit and truth of each test of a grouped event; `resolver` is asked by event name."""
    found: dict[tuple[str, ex.Expr], tuple[Truth, ...]] = {}
    for (slot, condition, kind), (word, bit) in source.bits.items():
        if slot.name not in source.grouped:
            continue
        key = slot.name, condition
        if key not in found:
            found[key] = truths(source.facts, condition, resolver(slot.name), [slot.name])
        yield slot, word, bit, found[key][KINDS.index(kind)]


def _tallies(source: CaseRows, events: ir.Table) -> dict[str, Any]:
    """What adds up to the number of events by name, a few bits each."""
    arms: dict[int, list[tuple[Any, float]]] = {}
    for name in source.names:
        word, low = source.tally(name)
        arms.setdefault(word, []).append((events.event == name, float(1 << low)))
    return {f"tally{word}": ibis.cases(*some, else_=0.0) for word, some in arms.items()}


def flag(truth: Any, bit: int) -> Any:
    """The bit where it is true, else no bit."""
    return ibis.ifelse(truth, whole(bit), whole(0))


def whole(value: int) -> Any:
    """A whole number of 64 bits."""
    return ibis.literal(value, "int64")
