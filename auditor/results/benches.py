"""Many small logs as one: cases that cannot see each other share a log and a moment of judgement.

An engine run costs far more than the few rows of a case.  So cases get ids of their own, and where a rule knows no
dates, its cases are moved to one moment of judgement: such a rule says the same at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.engine.clocks import transitions
from auditor.log.schema import ID_FIELDS, TIME_LATEST
from auditor.rules import expressions as ex
from auditor.rules.model import Effective, Pattern, Rule
from auditor.rules.offsets import EPOCH
from auditor.rules.ruletests import Case

_FINAL = ("assert", "agree", "preceded_by", "not_followed_by", "not_preceded_by", "not_accompanied_by")  # at once
ROOM = 160  # cases on one bench: the query grows with the rules of all of them
_MARK = "/"  # numbers have none


@dataclass(frozen=True)
class Seat:
    """A case on its bench, moved by `shift`; `number` is its place in the order of cases."""

    number: int
    rule: Rule
    case: Case
    shift: timedelta
    alone: bool

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as the bench has them."""
        marked = frozenset() if self.alone else {*ID_FIELDS, *self.rule.per}
        for row in self.case.rows:
            moved = {TIME_LATEST: row["time"], **row}
            yield {
                name: value + self.shift
                if isinstance(value, datetime)
                else f"{self.number}{_MARK}{value}"
                if name in marked and value is not None
                else value
                for name, value in moved.items()
            }

    def subject(self, text: str | None) -> str | None:
        """A subject of the bench as the case writes it."""
        if text is None or self.alone:
            return text
        if len(self.rule.per) == 1:
            return _unmarked(text)
        return json.dumps([_unmarked(value) for value in json.loads(text)], ensure_ascii=False)


@dataclass(frozen=True)
class Bench:
    """Cases that are judged together."""

    as_of: datetime
    covers: tuple[str, ...] | None
    seats: tuple[Seat, ...]


def benches(cases: Sequence[tuple[Rule, Case]]) -> list[Bench]:
    """All cases, on as few benches as their rules allow."""
    latest: dict[Effective, datetime] = {}
    for rule, case in cases:
        latest[rule.effective] = max(case.as_of, latest.get(rule.effective, case.as_of))
    later = _january(max(latest.values(), default=EPOCH))
    found: dict[Any, list[Seat]] = {}
    for number, (rule, case) in enumerate(cases):
        as_of, shift = _time(rule, case, (later, latest[rule.effective]))
        alone = not _separable(rule)
        seat = Seat(number, rule, case, shift, alone)
        found.setdefault((as_of, case.covers, _company(rule), number if alone else None), []).append(seat)
    return [
        Bench(as_of, covers, tuple(seats[first : first + ROOM]))
        for (as_of, covers, *_), seats in found.items()
        for first in range(0, len(seats), ROOM)
    ]


def _company(rule: Rule) -> tuple[Any, ...]:
    """What sets rules apart: events of all cases are one subject to a rule whose keys only its own cases mark, and
    each zone of calendar units has clocks of its own.
    """
    within = rule.obligation.within
    calendar = (rule.zone, bool(within.months)) if within is not None and within.calendar else None
    return rule.clock, calendar, None if set(rule.per) & set(ID_FIELDS) else rule.per


def _time(rule: Rule, case: Case, later: Sequence[datetime]) -> tuple[datetime, timedelta]:
    """The moment at which a case is judged, and how far its events are moved."""
    for moment in later:
        if _same_at(moment, rule, case):
            return moment, moment - case.as_of
    final = rule.obligation.kind in _FINAL and rule.clock is None and _last(case) <= case.as_of
    return later[0] if final else case.as_of, timedelta()


def _january(moment: datetime) -> datetime:
    """The next end of January: few zones change their clocks within a month or two of it."""
    return datetime(moment.year + 1, 1, 31, tzinfo=UTC)


def _unmarked(value: str) -> str:
    return value.partition(_MARK)[2]


def _separable(rule: Rule) -> bool:
    """Whether ids of its own keep a case apart, and change nothing for the rule: they are compared with each other
    alone.  Groups reach over all cases.
    """
    if rule.obligation.kind == "measure":
        return False
    ids = {*ID_FIELDS, *rule.per}
    return not any(_tells(expr, ids) for expr in _conditions(rule))


def _tells(expr: ex.Expr, ids: set[str]) -> bool:
    """Whether the values of ids matter, beyond which of them are equal."""
    match expr:
        case ex.Compare("==" | "!=", ex.Column(left), ex.Column(right)) if left == right:
            return False
        case ex.IsNone(ex.Column()):
            return False
        case ex.Column(name):
            return name in ids
    return any(_tells(part, ids) for part in _parts(expr))


def _same_at(as_of: datetime, rule: Rule, case: Case) -> bool:
    """Whether the rule says the same of the case when all of it is moved to another, later moment of judgement."""
    demand, shift = rule.obligation, as_of - case.as_of
    if rule.clock is not None or demand.kind == "measure" or any(_dated(expr) for expr in _conditions(rule)):
        return False
    first, last = min((row["time"] for row in case.rows), default=case.as_of), max(_last(case), case.as_of)
    start, end = (bound and bound.replace(tzinfo=UTC) for bound in (rule.effective.start, rule.effective.end))
    if (start is not None and first < start) or (end is not None and last + shift >= end):
        return False
    if demand.within is None or not demand.within.calendar:
        return True
    room = timedelta(days=demand.within.days + 2)
    spans = ((first - room + moved, last + room + moved) for moved in (timedelta(), shift))
    return not demand.within.months and not any(_clocks_change(rule.zone, *span) for span in spans)


def _last(case: Case) -> datetime:
    return max((row.get(TIME_LATEST, row["time"]) for row in case.rows), default=case.as_of)


def _clocks_change(zone: str, first: datetime, last: datetime) -> bool:
    return bool(transitions(zone, first.replace(tzinfo=None), last.replace(tzinfo=None)))


def _dated(expr: ex.Expr) -> bool:
    return (isinstance(expr, ex.Literal_) and expr.type == "instant") or any(_dated(part) for part in _parts(expr))


def _parts(expr: ex.Expr) -> tuple[ex.Expr, ...]:
    match expr:
        case ex.And(parts) | ex.Or(parts) | ex.Call(_, parts):
            return parts
        case ex.Compare(_, left, right) | ex.Arithmetic(_, left, right):
            return left, right
        case ex.Not(operand) | ex.IsNone(operand):
            return (operand,)
        case ex.Member(item, options):
            return item, *options
    return ()


def _conditions(rule: Rule) -> Iterator[ex.Expr]:
    """Every condition and value that a rule reads."""
    demand = rule.obligation
    patterns = [rule.when, rule.unless, demand.pattern, demand.before]
    if rule.clock is not None:
        patterns += [pattern for pause in rule.clock.pauses for pattern in (pause.start, pause.end)]
    found = [pattern.where for pattern in patterns if isinstance(pattern, Pattern)]
    yield from (expr for expr in (*found, demand.condition, demand.length, demand.due) if expr is not None)
