"""Which events of a name get slots in the rows of subjects where names repeat, and their numbers by time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.logic import both, expression
from auditor.engine.plans.case_rows import MOST, OCCURRENCE, CaseRows
from auditor.engine.tables import fetched

SEVERAL = (2, 3, 4)  # how many events of a name may have slots
SLOTS = 40  # in one row, about
SHARE = 0.02  # of the subjects have so many events of a name: then they get slots
FEW = 3_000  # subjects that pairs judge sooner than another query is made


def countable(source: CaseRows, table: ir.Table) -> ir.BooleanValue:
    """Whether the events of a subject can be numbered."""
    known = [table[f"k{i}"].notnull() for i in range(len(source.per))]
    return expression(both(table.size <= MOST, *known))


def room(source: CaseRows, some: ir.Table) -> tuple[int, dict[str, int]]:
    """How many subjects there are in some case rows, and by name how many events of it should get a slot."""
    asked: dict[str, Any] = {"subjects": some.count()}
    for i, name in enumerate(source.names):
        asked |= {f"n{i}_{n}": (source.number_of(some, name) >= n).sum() for n in SEVERAL}
    found = fetched(source.facts.log.backend, some.aggregate(**asked))[0]
    enough = SHARE * found["subjects"]
    wanted = {
        name: max((n for n in SEVERAL if (found[f"n{i}_{n}"] or 0) > enough), default=1)
        for i, name in enumerate(source.names)
    }
    while sum(wanted.values()) > SLOTS and max(wanted.values()) > 1:
        most = max(wanted.values())
        wanted = {name: min(n, most - 1) for name, n in wanted.items()}
    return found["subjects"], wanted


def numbered(events: ir.Table, per: Sequence[str]) -> ir.Table:
    """The events with their number among those of one name in their subject, by time; of several at once any order."""
    order = ibis.window(group_by=[*(events[key] for key in per), events.event], order_by=[events.time, events.place])
    return events.mutate(**{OCCURRENCE: ibis.row_number().over(order) + 1})
