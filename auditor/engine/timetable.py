"""Where durations end on named clocks, for all rules that have one in a single query: t ⊕ D and t ⊖ D.

t ⊕ D is the least x at or after t with at least D of open time in [t, x), t ⊖ D the greatest x at or before t with at
least D in [x, t).  Positions count open time, and a clock's own map leads back to the greatest instant of a position;
as all is whole microseconds, the least instant of a position is the one after the greatest of the position before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import ibis
import ibis.expr.types as ir

from auditor.engine import openhours, workdays
from auditor.engine.pauses import with_pauses, without_pauses
from auditor.engine.pieces import DAY, Pieces, later, micros
from auditor.rules.model import NamedClock


@dataclass(frozen=True)
class Timetable:
    """Numbered clocks, for the instants of [first, last] (naive UTC) and durations of up to `longest` of each clock.

    These are microseconds.  Raises UnusableError when it is read and a clock is not open for so long.  Durations of up
    to `stated` come from the log, where one odd value is no reason to stop: what they do not reach by the year 2400
    they never reach.
    """

    clocks: tuple[NamedClock, ...]
    first: datetime
    last: datetime
    longest: tuple[int, ...]
    stated: int = 0

    @cached_property
    def _open(self) -> list[list[tuple[int, int]]]:
        return [
            openhours.reaching(clock, *self._days, longest, self.stated)
            for clock, longest in zip(self.clocks, self.longest, strict=True)
        ]

    @cached_property
    def _days(self) -> tuple[int, int]:
        """The whole days of the instants."""
        first, last = micros(self.first), micros(self.last)
        return first - first % DAY, last - last % DAY + DAY

    @cached_property
    def positions(self) -> Pieces:
        """Open time of each clock up to each instant."""
        found = {number: openhours.positions(some, *self._days) for number, some in enumerate(self._open)}
        return Pieces.of("instant", "position", found)

    @cached_property
    def instants(self) -> Pieces:
        """The greatest instant of each clock at each position."""
        return Pieces.of("position", "instant", {n: openhours.instants(some) for n, some in enumerate(self._open)})

    def working_days(self, asked: Sequence[tuple[NamedClock, int]]) -> Pieces:
        """The instants so many working days later (negative: earlier) on a clock, one map for each that is asked."""
        made = {n: workdays.shifted(clock, days, *self._days) for n, (clock, days) in enumerate(asked)}
        return Pieces.of("instant", "instant", made)

    def limits(self, table: ir.Table, pauses: ir.Table | None = None) -> ir.Table:
        """`table` with `reached`: `moment` ⊕ `length` (microseconds) where `ahead`, else `moment` ⊖ `length`.

        `clock` numbers the clock.  With `pauses` (as `Pauses.table`), `grp`, `subject` and `reading` name those that
        count.  Null where the clock stands for ever before the length is used up.
        """
        found = self.positions.look_up(table, "clock", "moment", "position")
        if pauses is not None:
            found = without_pauses(found, pauses, "position", "running")
            found = found.drop("position").rename(position="running")
        target = ibis.ifelse(found.ahead, found.position + found.length - 1, found.position - found.length)
        found = found.mutate(target=target)
        if pauses is not None:
            found = with_pauses(found, pauses, "target", "resumed")
            found = found.drop("target").rename(target="resumed")
        found = self.instants.look_up(found, "clock", "target", "latest")
        reached = ibis.cases(
            (found.length == 0, found.moment),
            (found.ahead, later(found.latest, ibis.literal(1, "int64"))),
            else_=found.latest,
        )
        return found.mutate(reached=reached).select(*table.columns, "reached")
