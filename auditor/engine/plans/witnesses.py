"""The events that decided, found for ordered rows by their times.

Of all events with a mark at one moment only the two that stand first in the files are kept: one of them is the
witness, the other one where the activating event is the first itself.  So a batch at one moment costs no pairs.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts
from auditor.engine.plans.marks import Mark, Marks
from auditor.rules.model import Pattern


def packed(facts: Facts, place: Any, event: Any) -> Any:
    """Place and event name (a column, or the name itself) as one number, in the order of places."""
    if isinstance(event, str):
        number = ibis.literal(facts.names.index(event), "int64")
    else:
        number = event.cases(*((name, i) for i, name in enumerate(facts.names)), else_=0).cast("int64")
    return place * (1 << _bits(facts)) + number


def unpacked(facts: Facts, number: Any) -> tuple[Any, Any]:
    """Place and number of the event name."""
    bits = _bits(facts)
    return number >> bits, (number & ((1 << bits) - 1)).cast("int32")


def _bits(facts: Facts) -> int:
    """Bits of the number of an event name."""
    return len(facts.names).bit_length()


def witnessed(marks: Marks, rows: ir.Table, base: ir.Table, pattern: Pattern, part: str) -> ir.Table:
    """`base` with `{part}_packed`: the least-placed other event that possibly matches the pattern at `w_{part}`.

    `rows` are the rows with their marks; `base` has `subject event place` of each activation, and what ties it.
    """
    facts, kept = marks.facts, base.columns
    base = base.mutate(own=packed(facts, base.place, base.event))
    for mark in marks.of(pattern):
        first = _firsts(facts, rows, mark)
        same = [*((key, f"of_{key}") for key in mark.keys), (f"w_{part}", "of_time")]
        joined = base.left_join(first, same)
        other = ibis.ifelse(joined.first == joined.own, joined.second.nullif(joined.own), joined.first)
        base = joined.select(*base.columns, **{f"{mark.name}_packed": other}).view()
    found = marks.told(base, pattern, lambda name: base[f"{name}_packed"], ibis.least, loose=True)
    return base.select(*kept, **{f"{part}_packed": found}).view()


def _firsts(facts: Facts, rows: ir.Table, mark: Mark) -> ir.Table:
    """The `first` and `second` event with a mark at each moment, alike in the mark's keys; the first alone is both."""
    found = rows.filter(rows[mark.name].notnull())
    found = found.select(*mark.keys, "time", packed=packed(facts, found.place, found.event)).view()
    keys = [*mark.keys, "time"]
    order = ibis.window(group_by=keys, order_by="packed")
    found = found.mutate(rank=ibis.row_number().over(order))
    found = found.filter(found.rank < 2)
    return found.group_by(**{f"of_{key}": found[key] for key in keys}).agg(
        first=found.packed.min(), second=found.packed.max()
    )
