"""How many matches lie in the window of a `count`: those up to its end, less those up to its start.

Matches and the ends of windows stand in one order of time, so that one running number serves every window, wherever it
ends: linear in the size of a subject, where a frame of the window's own length is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.logic import either
from auditor.engine.plans.marks import Mark
from auditor.engine.terms import STAMP


def counted(marks: Sequence[Mark], marked: ir.Table, active: ir.Table) -> ir.Table:
    """One row per activation, `row`, with the number of events in (`time`, `due`] for each mark, by its name.

    `marked` are the rows with their marks, `active` the activations with their `due`.
    """
    keys = list(dict.fromkeys(key for mark in marks for key in mark.keys))
    names = [mark.name for mark in marks]
    matches = marked.filter(either(*(marked[name].notnull() for name in names)))
    events = matches.select(*keys, "time", *names, row=ibis.null("int64"), ends=ibis.literal(False))
    absent = dict.fromkeys(names, ibis.null(STAMP))
    known = active.filter(active.subject.notnull())
    starts = known.select(*keys, "time", **absent, row=known.row, ends=ibis.literal(False))
    ends = known.select(*keys, time=known.due, **absent, row=known.row, ends=ibis.literal(True))
    line = events.union(starts).union(ends).view()
    order = [line.time, line.row.notnull()]  # what happens at a moment lies up to it
    numbers = {
        mark.name: line[mark.name].count().over(ibis.window(group_by=list(mark.keys), order_by=order, rows=(None, 0)))
        for mark in marks
    }
    line = line.mutate(**numbers)
    asked = line.filter(line.row.notnull())
    return asked.group_by("row").agg(**{name: _between(asked, name) for name in names}).view()


def _between(asked: ir.Table, name: str) -> Any:
    """The number up to the end less the number up to the start."""
    return asked[name].max(where=asked.ends) - asked[name].max(where=~asked.ends)
