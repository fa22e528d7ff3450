"""How long the activations of measures took: from each to the first match of its end, at the least and at the most.

What is unknown or imprecise makes the two readings differ; at which level of doubt they first do is the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition, compile_lack
from auditor.engine.facts import Facts
from auditor.engine.logic import Truth, both, certain, choose, either, expression, negation, possible
from auditor.engine.pauses import Pauses, Reading, Stop, never_runs, readings, without_pauses
from auditor.engine.pieces import apart
from auditor.engine.plans.frame import RECEIVED
from auditor.engine.plans.pairs import PairResolver
from auditor.engine.plans.rows import Bits, Group, names_trigger, tests_of
from auditor.engine.terms import STAMP, effective_truths
from auditor.engine.timetable import Timetable
from auditor.rules.model import Measure, Pause, Rule

LEVELS = (1, 2, 3, 4)
NOTHING = ibis.null("int64")


@dataclass(frozen=True)
class Durations:
    """The activations of some measures among the narrow rows (materialised, duplicates collapsed) of their groups."""

    facts: Facts
    rows: ir.Table
    groups: tuple[Group, ...]
    bits: Bits

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The measures."""
        return tuple(rule for group in self.groups for rule in group.rules)

    def of(self, rule: Rule) -> ir.Table:
        """One row per activation of a rule: `time`, the `f_…` of its event, and how long it took.

        `shortest` and `longest` are microseconds on the rule's clock (null: for ever), `shortest_ended` and
        `longest_ended` whether they are finished.  `sure` is false where it may not count at all; it then took
        anything.  `doubt` is the first level at which the two readings differ, 0 where none is.
        """
        [group] = [group.number for group in self.groups if rule in group.rules]
        return _Course(self.facts, rule, group, self.rows, self.bits).table


@dataclass(frozen=True)
class _Span:
    """A stretch of time from an activation: columns where it begins and ends, and which pauses count."""

    begins: str
    ends: str
    reading: Reading | None


@dataclass(frozen=True)
class _Course:
    """The activations of one measure, and what came of them."""

    facts: Facts
    rule: Rule
    group: int
    rows: ir.Table
    bits: Bits

    @property
    def table(self) -> ir.Table:
        """See `Durations.of`."""
        found = self._with_starts_later(self._with_left_out(self._with_ends(self._activations)))
        found = self._with_lengths(found)
        since = self._unsure_since(found)
        unknown = found.subject.isnull()
        sure = both(since.isnull(), ~unknown)
        length, ended = self._shortest(found, LEVELS[-1])
        longest, surely_ended = self._longest(found, LEVELS[-1])
        differing = ((either(since <= level, self._differ(found, level)), level) for level in LEVELS)
        doubt = choose(
            (unknown, _level(2)), *((_known(met), _level(level)) for met, level in differing), otherwise=_level(0)
        )
        kept = [column for column in found.columns if column.startswith("f_")]
        return found.select(
            "time", *kept,
            left_out=_known(found.surely_left_out), sure=sure, doubt=doubt,
            shortest=ibis.ifelse(sure, length, 0), shortest_ended=ibis.ifelse(sure, expression(ended), True),
            longest=ibis.ifelse(sure, longest, NOTHING), longest_ended=ibis.ifelse(sure, surely_ended, False),
        )  # fmt: skip

    # What is known of the rule

    @cached_property
    def _measure(self) -> Measure:
        measure = self.rule.obligation.measure
        assert measure is not None  # noqa: S101 - only measures come here
        return measure

    @cached_property
    def _own(self) -> ir.Table:
        return self.rows.filter(self.rows.grp == self.group)

    def _has(self, table: ir.Table, mask: str, test: str, prefix: str = "") -> Truth:
        """Whether the event of a row passes a test of the rule certainly (`known`), possibly (`maybe`), or possibly
        when only times are in doubt (`timed`)."""
        pattern = tests_of(self.rule).get(test)
        if pattern is None:
            return True
        if mask == "timed":
            mask = self.bits.timed(self.facts)
        word, bit = self.bits.of[pattern]
        return (table[f"{prefix}{mask}{word}"] & bit) != 0

    # Activations

    @property
    def _activations(self) -> ir.Table:
        """The possible activations; `unsure` is the level from which on one may not be one, 0 where it is."""
        own, rule = self._own, self.rule
        known = both(self._has(own, "known", "when"), self._has(own, "known", "jurisdiction"))
        maybe = both(self._has(own, "maybe", "when"), self._has(own, "maybe", "jurisdiction"))
        ends = (own.time, own.time if self.facts.precise else own.time_latest)
        inside, straddles = effective_truths(rule.effective.start, rule.effective.end, ends, precise=self.facts.precise)
        by_time = both(self._has(own, "timed", "when"), negation(self._has(own, "known", "when")))
        unsure = choose((either(straddles, by_time), _level(1)), (negation(known), _level(2)), otherwise=_level(0))
        named = own.event.isin(self.facts.activating(rule))
        kept = ["row", "subject", "time", *([] if self.facts.precise else ["time_latest"])]
        kept += [column for column in own.columns if column.startswith("f_")]
        return own.filter(expression(both(maybe, inside, named))).select(*kept, unsure=unsure).view()

    # What came of them

    def _with_ends(self, active: ir.Table) -> ir.Table:
        """Beside each activation: its earliest match that is possible (`first_maybe`), possible when only times are in
        doubt (`first_timed`) and known (`first_known`), each possibly after it, and the least latest end of its certain
        matches (`last_known`)."""
        pairs = self._pairs(active)
        known, timed, maybe = (self._has(pairs, mask, "match", "o_") for mask in ("known", "timed", "maybe"))
        where = self._measure.end.where
        if names_trigger(self._measure.end) and where is not None:
            resolver = PairResolver(self.facts, pairs)
            condition = compile_condition(where, resolver)
            likely = certain(condition)
            if self.facts.turns_on_time(where):
                likely = possible(condition) & ~compile_lack(where, resolver)
            known, timed, maybe = both(known, certain(condition)), both(timed, likely), both(maybe, possible(condition))
        precise = self.facts.precise
        start_late, end_late = (pairs.time, pairs.o_time) if precise else (pairs.time_latest, pairs.o_time_latest)
        perhaps_after, after = end_late >= pairs.time, pairs.o_time >= start_late
        ends = pairs.group_by(of=pairs.row).agg(
            first_maybe=pairs.o_time.min(where=both(maybe, perhaps_after)),
            first_timed=pairs.o_time.min(where=both(timed, perhaps_after)),
            first_known=pairs.o_time.min(where=both(known, perhaps_after)),
            last_known=end_late.min(where=both(known, after)),
        )
        return _beside(active, ends, [("row", "of")], "first_maybe", "first_timed", "first_known", "last_known")

    def _pairs(self, active: ir.Table) -> ir.Table:
        """Each activation beside the other events of its subject that possibly match."""
        others = self._own.filter(expression(self._has(self._own, "maybe", "match")))
        others = others.rename({f"o_{column}": column for column in others.columns})
        found = active.inner_join(others, [("subject", "o_subject")]).view()
        return found.filter(found.row != found.o_row)

    def _with_left_out(self, table: ir.Table) -> ir.Table:
        """With `maybe_left_out`, `timed_left_out` and `surely_left_out`, null where no event of the subject speaks for
        it."""
        names = ("surely_left_out", "timed_left_out", "maybe_left_out")
        if self._measure.leave_out is None:
            return table.mutate(**dict.fromkeys(names, ibis.literal(False)))
        rows = self._own.filter(expression(self._has(self._own, "maybe", "left_out")))
        marks = {mask: expression(self._has(rows, mask, "left_out")) for mask in ("known", "timed")}
        said = rows.select(out="subject", known_out=marks["known"], timed_out=marks["timed"])
        said = said.group_by("out").agg(
            surely_left_out=said.known_out.any(), timed_left_out=said.timed_out.any(), maybe_left_out=ibis.literal(True)
        )
        return _beside(table, said, [("subject", "out")], *names)

    def _with_starts_later(self, table: ir.Table) -> ir.Table:
        """With `starts_later`: whether events of the subject may lie before the start of the log."""
        if self.facts.observed_from is None or self.rule.per != ("report_id",):
            return table.mutate(starts_later=ibis.literal(self.facts.observed_from is not None))
        received = self._own.filter(self._own.event == RECEIVED).select(whole="subject").distinct()
        found = table.left_join(received, [("subject", "whole")])
        return found.select(*(found[c] for c in table.columns), starts_later=found.whole.isnull()).view()

    def _unsure_since(self, table: ir.Table) -> Any:
        """The level from which on an activation may not count; null where it does."""
        levels = [ibis.ifelse(table.unsure > 0, table.unsure, ibis.null("int8"))]
        if self._measure.leave_out is not None:
            unrecorded = self.facts.unrecorded(self._measure.leave_out)
            hidden = choose(
                (_known(table.timed_left_out), _level(1)), (_known(table.maybe_left_out), _level(2)),
                (unrecorded, _level(3)), (table.starts_later, _level(4)),
                otherwise=ibis.null("int8"),
            )  # fmt: skip
            levels.append(hidden)
        return reduce(lambda a, b: ibis.coalesce(ibis.least(a, b), a, b), levels)

    # How long they took

    def _shortest(self, table: ir.Table, level: int) -> tuple[Any, Truth]:
        """From the latest start to the earliest possible match, over the longest pauses; and whether it ended."""
        span, end = self._span(level, longest=False), self._measure.end
        hidden: Truth = level >= 3 and self.facts.unrecorded(end)
        if level >= 4 and self.facts.observed_from is not None:
            earlier = table.time < ibis.literal(self.facts.observed_from, STAMP)
            hidden = either(hidden, both(table.starts_later, earlier))
        stands = span.reading is not None and never_runs(self.facts, self._pauses, span.reading)
        length = choose((hidden, _none()), (stands, _none()), otherwise=table[self._column(span)])
        return length, either(hidden, table[span.ends].notnull())

    def _longest(self, table: ir.Table, level: int) -> tuple[Any, Any]:
        """From the earliest start to the least latest end of certain matches, over the shortest pauses."""
        span = self._span(level, longest=True)
        return table[self._column(span)], table[span.ends].notnull()

    def _differ(self, table: ir.Table, level: int) -> Truth:
        (shortest, ended), (longest, surely_ended) = self._shortest(table, level), self._longest(table, level)
        if self._span(level, longest=False) == self._span(level, longest=True) and level < 3:
            return False
        return either(shortest != longest, expression(ended) != surely_ended)

    def _span(self, level: int, *, longest: bool) -> _Span:
        """What is measured in a reading at a level of doubt; alike ones are equal."""
        precise = self.facts.precise
        reading = self._readings[not longest, level] if self._pauses else None
        if longest:
            return _Span("time", "first_known" if precise else "last_known", reading)
        start = "time" if precise else "time_latest"
        sure = "first_known" if precise else "first_timed"
        return _Span(start, "first_maybe" if level >= 2 and self._doubtful else sure, reading)

    @cached_property
    def _doubtful(self) -> bool:
        """Whether a match can be unknown."""
        end, activations = self._measure.end, self.facts.activating(self.rule)
        return any(self.facts.may_be_unknown(end.where, name, activations) for name in self.facts.occurring(end))

    @cached_property
    def _spans(self) -> list[_Span]:
        both_ways = (self._span(level, longest=longest) for level in LEVELS for longest in (False, True))
        return list(dict.fromkeys(both_ways))

    def _column(self, span: _Span) -> str:
        return f"span{self._spans.index(span)}"

    # On the rule's clock

    @property
    def _pauses(self) -> Sequence[Pause]:
        return self.rule.clock.pauses if self.rule.clock is not None else ()

    @cached_property
    def _readings(self) -> dict[tuple[bool, int], Reading]:
        return readings(self.facts, self._pauses)

    def _with_lengths(self, table: ir.Table) -> ir.Table:
        """With the length of each span in microseconds; what has no end is measured up to A."""
        moment = ibis.literal(self.facts.as_of, STAMP)
        if self.rule.clock is None:
            lengths = {
                self._column(span): ibis.greatest(apart(table[span.begins], ibis.coalesce(table[span.ends], moment)), 0)
                for span in self._spans
            }
            return table.mutate(**lengths)
        asked = [
            table.select(
                "row", "subject",
                clock=ibis.literal(0, "int64"), grp=ibis.literal(self.group, "int8"),
                span=ibis.literal(number, "int64"),
                reading=ibis.literal(span.reading.number if span.reading else 0, "int64"),
                begins=table[span.begins], ends=ibis.coalesce(table[span.ends], moment),
            )
            for number, span in enumerate(self._spans)
        ]  # fmt: skip
        found = self._open(asked[0] if len(asked) == 1 else ibis.union(*asked))
        lengths = {self._column(s): found.length.max(where=found.span == n) for n, s in enumerate(self._spans)}
        return _beside(table, found.group_by(of=found.row).agg(**lengths), [("row", "of")], *lengths)

    def _open(self, asked: ir.Table) -> ir.Table:
        """With `length`: the open time from `begins` to `ends`."""
        assert self.rule.clock is not None  # noqa: S101 - asked only of rules with a clock
        first = min(found.first for found in self.facts.log.profile.values())
        positions = Timetable((self.rule.clock,), first, self.facts.as_of, (0,)).positions
        names = {"begins": "began", "ends": "ended"}
        for moment, position in names.items():
            asked = positions.look_up(asked, "clock", moment, position)
        if self._pauses:
            stops = tuple(Stop(0, self.group, pause) for pause in self._pauses)
            distinct = tuple(dict.fromkeys(self._readings.values()))
            still = Pauses(self.facts, self.rows, self.bits, stops, distinct, positions).table
            for position in names.values():
                asked = without_pauses(asked, still, position, f"running_{position}")
            asked = asked.drop(*names.values()).rename({name: f"running_{name}" for name in names.values()})
        return asked.mutate(length=ibis.greatest(asked.ended - asked.began, 0))


def _beside(table: ir.Table, found: ir.Table, on: list[tuple[str, str]], *columns: str) -> ir.Table:
    """`table` with columns of `found`, null where it has no row."""
    joined = table.left_join(found, on)
    made: ir.Table = joined.select(*(joined[c] for c in table.columns), **{c: joined[c] for c in columns})
    return made.view()  # closes the chain of joins: a later join must see this one's columns


def _known(flag: Any) -> Any:
    return ibis.coalesce(expression(flag), ibis.literal(False))


def _level(number: int) -> Any:
    return ibis.literal(number, "int8")


def _none() -> Any:
    return ibis.literal(0, "int64")
