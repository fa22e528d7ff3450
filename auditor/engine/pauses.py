"""Pauses: where a clock stands because of events of the subject, and what that makes of its positions.

A pause runs from a match of its start to the first other match of its end at or after it.  Where times or conditions
are in doubt it has a longest and a shortest reading at each level of doubt (docs/decisions.md, "clocks").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts
from auditor.engine.logic import both
from auditor.engine.pieces import Pieces
from auditor.engine.plans.rows import Bits
from auditor.engine.tables import constants
from auditor.rules.model import Pattern, Pause

BEGINNING, FOREVER = -(1 << 60), 1 << 60  # before and after all positions
STAMP = "timestamp(6)"
KEYS = ("clock", "grp", "subject", "reading")


@dataclass(frozen=True)
class Reading:
    """Durations as long, or as short, as the doubts of the levels up to `level` allow."""

    number: int
    longest: bool
    level: int


@dataclass(frozen=True)
class Stop:
    """A pause of the clock with a number, for the subjects of one group of rules."""

    clock: int
    grp: int
    pause: Pause


def readings(facts: Facts, pauses: Sequence[Pause]) -> dict[tuple[bool, int], Reading]:
    """The reading for each (longest, level); those that cannot differ are one."""
    ends = [pattern for pause in pauses for pattern in (pause.start, pause.end)]
    new = {
        1: True,
        2: any(_doubtful(facts, pattern) for pattern in ends),
        3: any(facts.unrecorded(pattern) for pattern in ends),
        4: bool(pauses) and facts.observed_from is not None,
    }
    found: dict[tuple[bool, int], Reading] = {}
    for level, differs in new.items():
        for longest in (True, False):
            if level == 1 and not longest and facts.precise:
                found[longest, level] = found[True, level]
            elif differs:
                found[longest, level] = Reading(len(set(found.values())), longest, level)
            else:
                found[longest, level] = found[longest, level - 1]
    return found


def _doubtful(facts: Facts, pattern: Pattern) -> bool:
    return any(facts.may_be_unknown(pattern.where, name, ()) for name in facts.occurring(pattern))


def never_runs(facts: Facts, pauses: Sequence[Pause], reading: Reading) -> bool:
    """Whether an event that the log cannot record may have stopped the clock for good."""
    return reading.longest and reading.level >= 3 and any(facts.unrecorded(pause.start) for pause in pauses)


@dataclass(frozen=True)
class Pauses:
    """The pauses of all subjects, in the positions that the clocks would have without them.

    `rows` are the narrow rows (materialised) with the bits of every pause; `positions` those of the clocks' hours.
    """

    facts: Facts
    rows: ir.Table
    bits: Bits
    stops: tuple[Stop, ...]
    readings: tuple[Reading, ...]
    positions: Pieces

    @property
    def table(self) -> ir.Table:
        """One row per pause, apart: `clock grp subject reading`, `begins` and `ends`; the pausing clock's position
        `still` in it; `next_begins` and `next_still` of the pause after it."""
        starts = self._starts(self._marks)
        made = [self._read(starts, reading) for reading in self.readings]
        if self.facts.observed_from is not None:
            made += [self._hidden(reading) for reading in self.readings if reading.longest and reading.level == 4]
        spans = made[0] if len(made) == 1 else ibis.union(*made)
        for name in ("since", "until"):
            spans = self.positions.look_up(spans, "clock", name, f"{name}_position")
        return _apart(
            spans.select(
                *KEYS,
                since=ibis.coalesce(spans.since_position, BEGINNING),
                until=ibis.coalesce(spans.until_position, FOREVER),
            )
        )

    @property
    def _constants(self) -> ir.Table:
        words, stops = self.bits.words, self.stops
        masks = {
            f"{end}_mask{word}": [self.bits.mask([getattr(stop.pause, end)], word) for stop in stops]
            for word in words
            for end in ("start", "end")
        }
        columns = {
            "stop": list(range(len(stops))),
            "clock": [stop.clock for stop in stops],
            "stop_grp": [stop.grp for stop in stops],
            **masks,
        }
        unrecorded = [self.facts.unrecorded(stop.pause.end) for stop in stops]
        kinds = dict.fromkeys(columns, "int64") | {"unrecorded": "boolean"}
        return constants(self.facts.log.backend, {**columns, "unrecorded": unrecorded}, kinds)

    @property
    def _marks(self) -> ir.Table:
        """One row per pause of a clock and event that possibly starts or ends it."""
        rows = self.rows.filter(self.rows.subject.notnull())
        found = rows.inner_join(self._constants, [("grp", "stop_grp")]).view()
        timed = self.bits.timed(self.facts)
        flags = {
            name: reduce(
                lambda a, b: a | b,
                ((found[f"{mask}{word}"] & found[f"{end}_mask{word}"]) != 0 for word in self.bits.words),
            )
            for name, mask, end in (
                ("starts", "known", "start"),
                ("timed_start", timed, "start"),
                ("may_start", "maybe", "start"),
                ("stops", "known", "end"),
                ("timed_stop", timed, "end"),
                ("may_stop", "maybe", "end"),
            )
        }
        late = found.time if self.facts.precise else found.time_latest
        made = found.select(
            "stop", "clock", "grp", "subject", "row", "unrecorded", early=found.time, late=late, **flags
        )
        return made.filter(made.may_start | made.may_stop)

    def _starts(self, marks: ir.Table) -> ir.Table:
        """One row per event that possibly starts a pause, and where the pause ends in each reading."""
        ends = marks.filter(marks.may_stop).rename({f"end_{column}": column for column in marks.columns})
        starts = marks.filter(marks.may_start).drop("stops", "may_start", "timed_stop", "may_stop")
        same = [starts.stop == ends.end_stop, starts.subject == ends.end_subject, starts.row != ends.end_row]
        found = starts.left_join(ends, same)
        after, maybe_after = found.end_early >= found.late, found.end_late >= found.early
        made = found.group_by(list(starts.columns)).agg(
            until_longest=found.end_late.min(where=found.end_stops & after),
            until_timed=found.end_early.min(where=found.end_timed_stop & maybe_after),
            until_maybe=found.end_early.min(where=maybe_after),
        )
        return made.view()

    def _read(self, starts: ir.Table, reading: Reading) -> ir.Table:
        """The pauses of one reading: `since` to `until`, null where they are never closed."""
        if reading.longest:
            chosen = starts if reading.level >= 2 else starts.filter(starts.timed_start)
            return _spans(chosen, reading, chosen.early, chosen.until_longest)
        keep: Any = starts.starts
        if reading.level >= 3:
            keep = keep & ~starts.unrecorded
        if reading.level >= 4 and self.facts.observed_from is not None:
            keep = keep & (starts.early >= ibis.literal(self.facts.observed_from, STAMP))
        chosen = starts.filter(keep)
        until = chosen.until_timed if reading.level < 2 else chosen.until_maybe
        closed = ibis.ifelse(until.isnull(), ibis.null(STAMP), ibis.greatest(until, chosen.late))
        return _spans(chosen, reading, chosen.late, closed)

    def _hidden(self, reading: Reading) -> ir.Table:
        """The pauses that events before the start of the log may have begun: from the beginning of time."""
        assert self.facts.observed_from is not None  # noqa: S101 - asked only where it is declared
        marks = self._marks
        ends = marks.filter(marks.stops & (marks.early >= ibis.literal(self.facts.observed_from, STAMP)))
        first = ends.group_by(["stop", "subject"]).agg(until=ends.late.min())
        first = first.rename(end_stop="stop", end_subject="subject")
        subjects = self.rows.filter(self.rows.subject.notnull()).select("grp", "subject").distinct()
        stops = self._constants.select("stop", "clock", "stop_grp")
        every = subjects.inner_join(stops, [("grp", "stop_grp")]).view()
        found = every.left_join(first, [("stop", "end_stop"), ("subject", "end_subject")]).view()
        return _spans(found, reading, ibis.null(STAMP), found.until)


def _spans(table: ir.Table, reading: Reading, since: Any, until: Any) -> ir.Table:
    return table.select(
        "clock", "grp", "subject", reading=ibis.literal(reading.number, "int64"), since=since, until=until
    )


def _apart(spans: ir.Table) -> ir.Table:
    """The union of pauses in positions, apart and in order, with the time that each takes away."""
    upto = ibis.window(group_by=[spans[key] for key in KEYS], order_by=[spans.since, spans.until], rows=(None, -1))
    covered = ibis.coalesce(spans.until.max().over(upto), BEGINNING)
    begins = ibis.greatest(spans.since, covered)
    made = spans.select(*KEYS, begins=begins, ends=spans.until).view()
    made = made.filter(made.begins < made.ends)
    before = ibis.window(group_by=[made[key] for key in KEYS], order_by=made.begins, rows=(None, -1))
    lengths = (made.ends - made.begins).cast(
        "decimal(38, 0)"
    )  # a sum of int64 is wider on some engines, unknown to Ibis
    taken = ibis.coalesce(lengths.sum().over(before).cast("int64"), 0)
    made = made.mutate(still=made.begins - taken).view()
    order = ibis.window(group_by=[made[key] for key in KEYS], order_by=made.begins)
    return made.mutate(
        next_begins=ibis.coalesce(made.begins.lead().over(order), FOREVER),
        next_still=ibis.coalesce(made.still.lead().over(order), FOREVER),
    )


def without_pauses(table: ir.Table, pauses: ir.Table, position: str, name: str) -> ir.Table:
    """`table` with the column `name`: the pausing clock's position at a position that it has without its pauses."""
    found = _beside(table, pauses, position, "begins")
    value = found[position]
    running = found.pause_still + ibis.greatest(value - found.pause_ends, 0)
    return _with(table, found, name, ibis.ifelse(found.pause_begins.isnull(), value, running))


def with_pauses(table: ir.Table, pauses: ir.Table, position: str, name: str) -> ir.Table:
    """The way back: the greatest position with no more than so much running time before it; null for ever."""
    found = _beside(table, pauses, position, "still")
    value = found[position]
    resumed = ibis.ifelse(found.pause_ends == FOREVER, ibis.null("int64"), value - found.pause_still + found.pause_ends)
    return _with(table, found, name, ibis.ifelse(found.pause_begins.isnull(), value, resumed))


def _beside(table: ir.Table, pauses: ir.Table, position: str, start: str) -> Any:
    renamed = pauses.rename({f"pause_{column}": column for column in pauses.columns})
    same = [table[key] == renamed[f"pause_{key}"] for key in KEYS]
    value = table[position]
    inside = both(value >= renamed[f"pause_{start}"], value < renamed[f"pause_next_{start}"])
    return table.left_join(renamed, [*same, inside])


def _with(table: ir.Table, found: Any, name: str, value: Any) -> ir.Table:
    made: ir.Table = found.select(**{column: found[column] for column in table.columns}, **{name: value})
    return made.view()
