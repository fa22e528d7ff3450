"""The rows of subjects where event names repeat: their first rows go on with what is made of the events of those names
that have several slots.  All else stands in the first rows already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.plans.case import CaseFrame
from auditor.engine.plans.case_events import flag, grouped, whole
from auditor.engine.plans.case_rows import CaseRows
from auditor.engine.plans.occurrences import numbered
from auditor.rules.model import Rule


def with_room(first: CaseRows, rows: ir.Table, rules: tuple[Rule, ...], room: Mapping[str, int]) -> CaseFrame:
    """Some of the rules of `first` over some of its `rows`; `room` tells how many events of a name have a slot."""
    source = replace(first, rules=rules, cases=None, first=first, room=room)
    return CaseFrame(source, _continued(source, first, rows))


def _continued(source: CaseRows, first: CaseRows, rows: ir.Table) -> ir.Table:
    """What `source` tells of the subjects of `rows`; `beyond` tells by bits of which names there are more events than
    slots."""
    keys = [f"k{i}" for i in range(len(source.per))]
    told = rows.select(*keys, *_told(source), beyond=_beyond(source, first, rows))
    if not source.grouped:
        return told
    events = source.events.filter(source.events.event.isin(sorted(source.grouped)))
    events = events.semi_join(told, list(zip(source.per, keys, strict=True)))
    made = grouped(source, numbered(events, source.per))
    joined = told.left_join(made.rename({f"made_{key}": key for key in keys}), [(key, f"made_{key}") for key in keys])
    # a subject without such events passes no test of them
    tests = {c: ibis.coalesce(joined[c], whole(0)) for c in made.columns if c.startswith("test")}
    return joined.mutate(**tests).drop(*(f"made_{key}" for key in keys)).view()


def _told(source: CaseRows) -> list[str]:
    """The columns of the first rows that stay."""
    slots = {slot: i for slot, i in source.slots.items() if slot.name not in source.grouped}
    words = {word for (slot, _, _), (word, _) in source.bits.items() if slot in slots}
    fields = [name for name in source.inherited if name not in source.gathered]
    return [
        *(f"{column}{i}" for i in slots.values() for column in source.moment),
        *(f"v{i}_{name}" for slot, i in slots.items() for name in source.carried(slot)),
        *(f"test{word}" for word in sorted(words)),
        *(f"{end}_{name}" for name in fields for end in ("low", "high")),
        *(f"since_{name}" for name in fields if source.facts.declared(name).scope == "learned"),
    ]


def _beyond(source: CaseRows, first: CaseRows, rows: ir.Table) -> Any:
    """A bit for each name that has more events than slots."""
    return reduce(
        lambda a, b: a | b,
        [
            flag(first.number_of(rows, name) > len(source.slots_of(name)), source.fault_bits[name])
            for name in source.names
        ],
    )
