"""Where the windows of pairs begin and end: by a duration, on a clock, or as the activating event states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_instant, compile_length
from auditor.engine.facts import Facts, pause_patterns
from auditor.engine.limits import End, Limits
from auditor.engine.logic import Truth, both, choose, either, expression, negation
from auditor.engine.plans.frame import absent
from auditor.engine.plans.rows import Bits
from auditor.engine.tables import fetched
from auditor.engine.terms import STAMP, Ends, timed
from auditor.log.schema import TIME
from auditor.rules import expressions as ex
from auditor.rules.model import Rule

KEYS = ("rule", "row")
HIDDEN = 4  # the level of doubt of what happened before the log; a report whose receipt is in it has none


@dataclass(frozen=True)
class Bounds:
    """The ends of windows of numbered rules; `groups` has the group of each rule by its id, `rows` are the narrow
    rows, `constant` tells what the rules of a table's rows demand."""

    facts: Facts
    rules: tuple[Rule, ...]
    groups: Mapping[str, int]
    rows: ir.Table
    bits: Bits
    constant: Callable[[ir.Table, str], Any]

    @property
    def stating(self) -> bool:
        """Whether some rule takes its limit from the activating event."""
        return any(rule.obligation.length is not None or rule.obligation.due is not None for rule in self.rules)

    @property
    def doubtful(self) -> bool:
        """Whether conditions of pauses can be unknown."""
        return any(
            self.facts.may_be_unknown(pattern.where, name, ())
            for rule in self.rules
            if timed(rule)
            for pattern in pause_patterns(rule)
            for name in self.facts.occurring(pattern)
        )

    @property
    def _clocked(self) -> bool:
        return any(rule.clock is not None and timed(rule) for rule in self.rules)

    @cached_property
    def _named(self) -> Limits:
        """The names of the clocks' columns."""
        return self._limits()

    def lo(self, table: ir.Table, level: int) -> Ends:
        """Where the windows of activations begin; null where they are open."""
        return self._end(table, "lo", level)

    def due(self, table: ir.Table, level: int) -> Ends:
        """Where they end by a length of time or a stated instant; null where they are open."""
        return self._end(table, "due", level)

    def _end(self, table: ir.Table, end: End, level: int) -> Ends:
        plain = table[f"{end}_early"], table[f"{end}_late"]
        if not self._clocked:
            return plain
        clocked = self._named.ends(table, end, level)
        if level == HIDDEN and "protected" in table.columns:
            seen = self._named.ends(table, end, level - 1)
            clocked = tuple(ibis.ifelse(table.protected, a, b) for a, b in zip(seen, clocked, strict=True))
        return tuple(ibis.ifelse(table[f"clocked_{end}"], a, b) for a, b in zip(clocked, plain, strict=True))

    def bounded(self, active: ir.Table) -> ir.Table:
        """`active` with the columns that `lo` and `due` read, and `stated`."""
        if self.stating:
            active = self._stated(active)
        start = (active.time, active.time if self.facts.precise else active.time_latest)
        asserts, backward, around, timed = (
            self.constant(active, name) for name in ("asserts", "backward", "around", "timed")
        )
        ends = start[:1] if self.facts.precise else start
        nothing = ibis.null(STAMP)
        low = [
            choose(
                (negation(either(backward, around)), end), (timed, self._shifted(active, end, -1)), otherwise=nothing
            )
            for end in ends
        ]
        ahead = both(timed, negation(backward))
        high: list[Any] = [
            choose((asserts, end), (ahead, self._shifted(active, end, 1)), otherwise=nothing) for end in ends
        ]
        if self.stating:
            high = [ibis.coalesce(due, end) for due, end in zip((active.due_from, active.due_to), high, strict=False)]
        made = active.mutate(lo_early=low[0], lo_late=low[-1], due_early=high[0], due_late=high[-1])
        return self._with_clocks(made) if self._clocked else made

    def _with_clocks(self, active: ir.Table) -> ir.Table:
        """`active` with the limits that clocks set, and which ends they set."""
        active = active.view()
        read = [name for name in (*KEYS, "grp", "subject", "time", "time_latest", "length") if name in active.columns]
        found = self._limits(self._longest(active)).table(active.select(*read))
        found = found.rename({f"limit_{key}": key for key in KEYS})
        joined = active.left_join(found, [(key, f"limit_{key}") for key in KEYS])
        clocked = joined.limit_rule.notnull()
        backward, around = (self.constant(joined, name) for name in ("backward", "around"))
        made = joined.mutate(
            clocked_lo=expression(both(clocked, either(backward, around))),
            clocked_due=expression(both(clocked, negation(backward))),
        )
        return made.drop(*(f"limit_{key}" for key in KEYS)).view()

    def _longest(self, active: ir.Table) -> int:
        """The longest length that an activating event of a rule with a clock states."""
        if "length" not in active.columns:
            return 0
        numbers = [number for number, rule in enumerate(self.rules) if rule.clock is not None]
        asked = active.filter(active.rule.isin(numbers)).aggregate(longest=active.length.max())
        return fetched(self.facts.log.backend, asked)[0]["longest"] or 0

    def _limits(self, longest: int = 0) -> Limits:
        return Limits(self.facts, self.rules, self.groups, self.rows, self.bits, longest)

    # What the activating event states

    def _stated(self, active: ir.Table) -> ir.Table:
        """`active` with `length` (microseconds), `due_from` and `due_to`, and whether what should be is `stated`."""
        resolver = _Trigger(self.facts, active)
        length: Any = ibis.null("int64")
        due: list[Any] = [ibis.null(STAMP), ibis.null(STAMP)]
        missing: Truth = ibis.literal(False)
        for number, rule in enumerate(self.rules):
            here, demand = active.rule == number, rule.obligation
            if demand.length is not None:
                found = compile_length(demand.length, resolver)
                length = ibis.ifelse(here, found, length)
                missing = missing | (here & found.isnull())
            if demand.due is not None:
                ends = compile_instant(demand.due, resolver)
                due = [ibis.ifelse(here, end, other) for end, other in zip(ends, due, strict=True)]
                missing = missing | (here & ends[0].isnull())
        return active.mutate(length=length, due_from=due[0], due_to=due[1], stated=~missing).view()

    def _shifted(self, table: ir.Table, moment: Any, sign: int) -> Any:
        """The moment a rule's duration later or earlier, without its clock."""
        durations = [rule.obligation.within for rule in self.rules if rule.obligation.within]
        step = table.seconds.as_interval("s")
        elapsed = moment + step if sign > 0 else moment - step
        if self.stating:
            stated = table.length.as_interval("us")
            elapsed = ibis.ifelse(table.length.isnull(), elapsed, moment + stated if sign > 0 else moment - stated)
        if not any(duration.calendar for duration in durations):
            return elapsed
        arms = []
        for zone in sorted({rule.zone for rule in self.rules}):
            clock = self.facts.clock_for(zone, durations)
            arms.append((table.zone == zone, clock.shift_columns(moment, table.months, table.days, sign)))
        shifted = arms[0][1] if len(arms) == 1 else ibis.cases(*arms)
        return ibis.ifelse((table.days != 0) | (table.months != 0), shifted, elapsed)


@dataclass(frozen=True)
class _Trigger:
    """Values of the activating event on its own row."""

    facts: Facts
    active: ir.Table

    def value(self, column: ex.Column) -> Any:
        if column.name not in self.facts.log.fields:
            return absent(self.facts, column.name)
        return self.active[f"f_{column.name}"]

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:  # noqa: ARG002 - there is only the activating event
        earliest = self.active[TIME]
        return earliest, earliest if self.facts.precise else self.active.time_latest
