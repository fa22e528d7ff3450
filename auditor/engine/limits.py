"""t ⊕ D and t ⊖ D for all rules with a named clock, in one query: the rules are data.

Each limit is an interval: its inner end is the one over the shortest pauses, its outer end the one over the longest.
As pauses can be in doubt, there is an interval for each level of doubt; those that cannot differ share their columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from auditor.base.durations import Duration
from auditor.engine.facts import Facts
from auditor.engine.openhours import SECOND, keeps_hours
from auditor.engine.pauses import Pauses, Reading, Stop, never_runs, readings
from auditor.engine.pieces import DAY, apart
from auditor.engine.plans.rows import Bits
from auditor.engine.tables import constants
from auditor.engine.terms import STAMP, Ends, shape_of
from auditor.engine.timetable import Timetable
from auditor.rules.model import NamedClock, Rule

End = Literal["lo", "due"]
KEYS = ("rule", "row")


@dataclass(frozen=True)
class Limits:
    """The limits of the rules that have a clock and a length.

    `rules` are numbered as in the column `rule` of activations, `groups` has the group of each by its id.  `rows` are
    the narrow rows (materialised) whose `bits` know the patterns of every pause.  `stated` is the longest length, in
    microseconds, that an activating event states.
    """

    facts: Facts
    rules: tuple[Rule, ...]
    groups: Mapping[str, int]
    rows: ir.Table
    bits: Bits
    stated: int = 0

    def table(self, active: ir.Table) -> ir.Table:
        """One row per activation of these rules: `rule row` and the columns that `ends` names, null where the limit
        is never reached.

        `active` has `rule row grp subject time`, `time_latest` where times are imprecise, and `length` (microseconds)
        where a rule takes its length from the activating event.
        """
        asked = self._asked(active)
        if self._pausing:
            found = self._hours.limits(asked, self._pauses.table)
            stands = found.stands & found.subject.notnull() & (found.length != 0)
            found = found.mutate(reached=ibis.ifelse(stands, ibis.null(STAMP), found.reached))
        else:
            found = self._hours.limits(asked)
        if self._day_maps:
            found = self._hours.working_days(self._day_maps).look_up(found, "days", "moment", "by_days")
            found = found.mutate(reached=ibis.coalesce(found.by_days, found.reached))
        columns = {
            f"{end}{reading.number}": found.reached.max(where=(found.columns_of & bit) != 0)
            for (end, reading), bit in self._columns.items()
        }
        made: ir.Table = found.group_by(list(KEYS)).agg(**columns)
        return made

    def ends(self, table: ir.Table, end: End, level: int) -> Ends:
        """The earliest and the latest moment of a limit at a level of doubt; null where it is never reached."""
        inner, outer = (table[f"{end}{self._readings[longest, level].number}"] for longest in (False, True))
        return (inner, outer) if end == "due" else (outer, inner)

    # What is asked

    @cached_property
    def _timed(self) -> list[tuple[int, Rule]]:
        return [
            (number, rule)
            for number, rule in enumerate(self.rules)
            if rule.clock is not None and (rule.obligation.within or rule.obligation.length)
        ]

    @cached_property
    def _clocks(self) -> tuple[NamedClock, ...]:
        return tuple(dict.fromkeys(rule.clock for _, rule in self._timed if rule.clock is not None))

    @cached_property
    def _pausing(self) -> tuple[Stop, ...]:
        found = [
            Stop(self._clocks.index(rule.clock), self.groups[rule.id], pause)
            for _, rule in self._timed
            if rule.clock is not None
            for pause in rule.clock.pauses
        ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _readings(self) -> dict[tuple[bool, int], Reading]:
        return readings(self.facts, [stop.pause for stop in self._pausing])

    @cached_property
    def _columns(self) -> dict[tuple[End, Reading], int]:
        """A bit for each column of the answer."""
        distinct = dict.fromkeys(self._readings.values())
        ends: tuple[End, ...] = ("lo", "due")
        return {key: 1 << i for i, key in enumerate((end, reading) for end in ends for reading in distinct)}

    @cached_property
    def _day_maps(self) -> list[tuple[NamedClock, int]]:
        """Each number of working days on a clock, negative for backwards."""
        found = [
            (rule.clock, sign * rule.obligation.within.days)
            for _, rule in self._timed
            if rule.clock is not None and rule.obligation.within is not None and _in_days(rule)
            for sign in map(_sign, _ends_of(rule))
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def _hours(self) -> Timetable:
        longest = dict.fromkeys(self._clocks, 0)
        for _, rule in self._timed:
            if rule.clock is not None and not _in_days(rule):
                longest[rule.clock] = max(longest[rule.clock], _most(rule.obligation.within))
        first = min(found.first for found in self.facts.log.profile.values())
        return Timetable(self._clocks, first, self.facts.as_of, tuple(longest.values()), self.stated)

    @cached_property
    def _pauses(self) -> Pauses:
        distinct = tuple(dict.fromkeys(self._readings.values()))
        return Pauses(self.facts, self.rows, self.bits, self._pausing, distinct, self._hours.positions)

    def _questions(self) -> list[dict[str, Any]]:
        """For each rule, each end of its window and each reading, what is asked; alike readings at once."""
        distinct = list(dict.fromkeys(self._readings.values()))
        sides = [[r for r in distinct if r.longest], [r for r in distinct if not r.longest]]
        alike = [distinct] if self.facts.precise else sides
        return [
            self._question(number, rule, end, some)
            for number, rule in self._timed
            for end in _ends_of(rule)
            for some in ([[r] for r in distinct] if rule.clock and rule.clock.pauses else alike)
        ]

    def _question(self, number: int, rule: Rule, end: End, some: list[Reading]) -> dict[str, Any]:
        clock, within = rule.clock, rule.obligation.within
        assert clock is not None  # noqa: S101 - only rules with a clock are timed
        days = _in_days(rule)
        return {
            "asked_rule": number,
            "clock": None if days else self._clocks.index(clock),
            "days": self._day_maps.index((clock, _sign(end) * within.days)) if days and within else None,
            "fixed": None if within is None or within.calendar else within.seconds * SECOND,
            "reading": some[0].number,
            "columns_of": reduce(lambda a, b: a | b, (self._columns[end, reading] for reading in some)),
            "ahead": end == "due",
            "at_latest": some[0].longest is (end == "due"),
            "stands": never_runs(self.facts, clock.pauses, some[0]),
        }

    def _asked(self, active: ir.Table) -> ir.Table:
        """Every question to every activation: `moment` and `length` beside what `_questions` has."""
        questions = self._questions()
        flags = ("ahead", "at_latest", "stands")
        columns = {name: [q[name] for q in questions] for name in questions[0]}
        kinds = {name: "boolean" if name in flags else "int64" for name in columns}
        asked = constants(self.facts.log.backend, columns, kinds)
        found = active.inner_join(asked, [("rule", "asked_rule")]).view()
        precise = self.facts.precise
        moment = found.time if precise else ibis.ifelse(found.at_latest, found.time_latest, found.time)
        found = found.mutate(moment=moment)
        lengths = [found.fixed, *self._spans(found)]
        if "length" in active.columns:
            lengths.append(found.length)
        kept = ("rule", "row", "grp", "subject", *(name for name in questions[0] if name != "asked_rule"))
        return found.select(*kept, "moment", length=ibis.coalesce(*lengths)).view()

    def _spans(self, table: ir.Table) -> list[Any]:
        """How long the calendar units of a clock that only pauses take from each moment on."""
        spans = []
        for number, rule in self._timed:
            clock, within = rule.clock, rule.obligation.within
            if clock is None or within is None or not within.calendar or keeps_hours(clock):
                continue
            plain = self.facts.clock_for(clock.zone, [within])
            ahead, back = plain.shift(table.moment, within), plain.shift(table.moment, within, -1)
            span = ibis.ifelse(table.ahead, apart(table.moment, ahead), apart(back, table.moment))
            spans.append(ibis.ifelse(table.rule == number, span, ibis.null("int64")))
        return spans


def _in_days(rule: Rule) -> bool:
    """Whether the length is counted in working days."""
    clock, within = rule.clock, rule.obligation.within
    return within is not None and within.calendar and clock is not None and keeps_hours(clock)


def _ends_of(rule: Rule) -> tuple[End, ...]:
    shape = shape_of(rule)
    if shape["around"]:
        return "lo", "due"
    return ("lo",) if shape["backward"] else ("due",)


def _sign(end: End) -> int:
    return 1 if end == "due" else -1


def _most(within: Duration | None) -> int:
    """The most microseconds that a length can take."""
    if within is None:
        return 0
    return (within.days + within.months * 31 + 2) * DAY if within.calendar else within.seconds * SECOND
