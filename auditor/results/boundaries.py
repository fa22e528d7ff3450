"""What each rule says just inside and just outside its limits: small logs made from the rule, judged by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from auditor.log.schema import TIME, Field
from auditor.results.ruletests import judged
from auditor.rules import expressions as ex
from auditor.rules.activations import Activation
from auditor.rules.examples import assignments, sample
from auditor.rules.instants import step
from auditor.rules.model import NEXT, Obligation, Pattern, Rule, RuleSet
from auditor.rules.offsets import shown
from auditor.rules.phrases import instant, listed
from auditor.rules.ruletests import Case, epoch

ATTEMPTS = 6  # activating events tried for each rule
MOST_MATCHES = 50
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
AROUND = (-SECOND, timedelta(), SECOND)
_FORWARD = ("followed_by", "accompanied_by", "not_followed_by", "not_accompanied_by", "count")
_BACKWARD = ("preceded_by", "accompanied_by", "not_preceded_by", "not_accompanied_by")
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A small log in words, and what the rule says of it; None: it does not activate."""

    what: str
    found: Activation | None


@dataclass(frozen=True)
class Probed:
    """A rule at its limits, and why there are no examples, or not all."""

    rule: Rule
    told: tuple[Told, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Point:
    what: str
    rows: tuple[Row, ...]
    as_of: datetime
    at: datetime  # the activation that is asked for


def probe(ruleset: RuleSet) -> tuple[Probed, ...]:
    """Every rule at its limits."""
    tries = [(rule, base) for rule in ruleset.rules for base in _bases(rule, ruleset.fields)]
    answers = judged([(_asking(base.rule), base.case()) for _, base in tries], ruleset.fields)
    active: dict[str, tuple[_Base, Activation]] = {}
    for (rule, base), found in zip(tries, answers, strict=True):
        for one in found:
            certain = one.reason is None or rule.obligation.kind == "assert"  # whose values come with each example
            if one.activated_at == base.start and certain:
                active.setdefault(rule.id, (base, one))
    makers = {id: _Points(base, one.due_at, ruleset.fields) for id, (base, one) in active.items()}
    points = [
        (makers[rule.id].base.rule, point)
        for rule in ruleset.rules
        if rule.id in makers
        for point in makers[rule.id].all()
    ]
    verdicts = judged([(rule, _case(rule, point)) for rule, point in points], ruleset.fields)
    told: dict[str, list[Told]] = {}
    for (rule, point), found in zip(points, verdicts, strict=True):
        mine = next((one for one in found if one.activated_at == point.at), None)
        told.setdefault(rule.id, []).append(Told(point.what, mine))
    return tuple(_probed(rule, told.get(rule.id, []), makers.get(rule.id)) for rule in ruleset.rules)


def _probed(rule: Rule, told: list[Told], points: _Points | None) -> Probed:
    if rule.obligation.kind == "measure":
        return Probed(rule, (), ("a figure of many cases has no limit that one case shows",))
    if points is None:
        return Probed(rule, (), ("no event was found that activates it",))
    missing = list(points.missing)
    if told and len({one.found and one.found.verdict for one in told}) == 1:
        missing.append("no event was found that makes a difference to it")
    return Probed(rule, tuple(told), tuple(missing))


def _case(rule: Rule, point: _Point) -> Case:
    return Case(rule.id, point.what, point.rows, point.as_of, "met", None, point.at, rule.zone, rule.place)


def _asking(rule: Rule) -> Rule:
    """A rule that activates alike and tells how far the time allowed reaches, where the rule itself does not."""
    demand = rule.obligation
    if demand.pattern is None or demand.kind not in _FORWARD or demand.kind in ("followed_by", "accompanied_by"):
        return rule
    if demand.within is None and demand.length is None:
        return rule
    probe = Obligation("followed_by", demand.pattern, within=demand.within, length=demand.length, text=demand.text)
    return replace(rule, obligation=probe)


def _bases(rule: Rule, fields: Mapping[str, Field]) -> Iterator[_Base]:
    """Activating events to try."""
    if rule.obligation.kind == "measure":
        return
    event = rule.when.events[0] if rule.when.events else "report.received"
    stated = _stated(rule, fields)
    for values in islice(assignments(rule.when.where, fields), ATTEMPTS):
        named = {key: f"{key.removesuffix('_id')}-1" for key in ("report_id", *rule.per)}
        place = {"jurisdiction": rule.jurisdiction[0]} if rule.jurisdiction else {}
        yield _Base(rule, event, {**named, **place, **stated, **values})


def _stated(rule: Rule, fields: Mapping[str, Field]) -> Row:
    """Values for what the rule reads of the activating event: instants a day after it."""
    demand = rule.obligation
    patterns = [demand.pattern, demand.before, rule.unless]
    read = [pattern.where for pattern in patterns if isinstance(pattern, Pattern)] + [demand.length, demand.due]
    names = {column for expr in read for column in ex.columns(expr) if column.trigger and column.name != TIME}
    start = epoch(rule.effective)
    return {
        c.name: start + DAY if c.type == "instant" else sample(c, fields) for c in sorted(names, key=lambda c: c.name)
    }


@dataclass(frozen=True)
class _Base:
    """A rule and values of an event that may activate it."""

    rule: Rule
    event: str
    values: Row

    @property
    def start(self) -> datetime:
        return epoch(self.rule.effective)

    def rows(self, at: datetime, count: int | None = None) -> tuple[Row, ...]:
        """The activating event, after as many others a minute apart as `nth` asks for (or `count` in all)."""
        number = (self.rule.nth or 1) if count is None else count
        return tuple(
            {"event": self.event, "time": at - timedelta(minutes=number - 1 - i), **self.values} for i in range(number)
        )

    def case(self) -> Case:
        return Case(self.rule.id, "", self.rows(self.start), self.start, "met", None, self.start, self.rule.zone)


class _Points:
    """The small logs at the limits of one rule."""

    def __init__(self, base: _Base, due: datetime | None, fields: Mapping[str, Field]) -> None:
        self.base, self.rule, self.fields, self.start = base, base.rule, fields, base.start
        self.limit = None if due is None else due - base.start
        self.missing: list[str] = []

    def all(self) -> Iterator[_Point]:
        kind = self.rule.obligation.kind
        if kind == "assert":
            yield from self._asserted()
        elif kind == "agree":
            yield from self._agreeing()
        elif kind == "count":
            yield from self._counted()
        else:
            yield from self._matched()
        yield from self._nth()
        yield from self._effective()

    # Events

    def _point(self, what: str, *rows: Row, judged_at: timedelta | None = None) -> _Point:
        times = [row["time"] for row in rows]
        end = max([self.start + (self.limit or timedelta()), *times]) + DAY
        as_of = end if judged_at is None else self.start + judged_at
        return _Point(what, (*self.base.rows(self.start), *rows), as_of, self.start)

    def _other(self, pattern: Pattern) -> Row | None:
        """An event that matches a pattern of the rule, but for its time."""
        values = next(assignments(pattern.where, self.fields, trigger=self.base.values), None)
        if values is None:
            self.missing.append(f"no values were found for {' or '.join(pattern.events or ('any event',))}")
            return None
        ids = {key: self.base.values[key] for key in ("report_id", *self.rule.per)}
        return {"event": pattern.events[0] if pattern.events else "review.queued", **ids, **values}

    def _at(self, row: Row, offset: timedelta) -> Row:
        return {**row, "time": self.start + offset}

    def _placed(self, row: Row, offset: timedelta) -> _Point:
        return self._point(f"{row['event']} {_beside(offset)} {self.base.event}", self._at(row, offset))

    # Obligations

    def _matched(self) -> Iterator[_Point]:
        """A match around each end of the window, and none when time is nearly and just over."""
        demand = self.rule.obligation
        assert demand.pattern is not None  # noqa: S101 - all other kinds look for events
        match = self._other(demand.pattern)
        if match is not None:
            for offset in sorted(self._ends()):
                yield self._placed(match, offset)
        if self.limit is not None and demand.kind in ("followed_by", "accompanied_by"):
            for after in (timedelta(), SECOND):
                at = self.limit + after
                yield self._point(f"no {_events(demand.pattern)}, judged {_beside(at)} {self.base.event}", judged_at=at)
        if demand.before is not None and match is not None:
            yield from self._bounded(match, demand.before)

    def _ends(self) -> set[timedelta]:
        kind, ends = self.rule.obligation.kind, {timedelta()}
        if self.limit is not None and kind in _FORWARD:
            ends.add(self.limit)
        within = self.rule.obligation.within
        if within is not None and kind in _BACKWARD:
            if self.rule.clock is not None:
                self.missing.append("limits before an event are not looked for on a clock")
            else:
                start = self.start.replace(tzinfo=None)
                ends.add(step(start, within, self.rule.zone, -1) - start)
        return {end + around for end in ends for around in AROUND}

    def _bounded(self, match: Row, before: Any) -> Iterator[_Point]:
        bound = dict(self.base.rows(self.start)[-1]) if before == NEXT else self._other(before)
        if bound is None:
            return
        half = HOUR if self.limit is None else self.limit / 2
        half -= timedelta(microseconds=half.microseconds)
        name = f"the next {bound['event']}" if before == NEXT else bound["event"]
        for around in AROUND:
            what = f"{match['event']} {_beside(around)} {name}"
            yield self._point(what, self._at(match, half + around), self._at(bound, half))

    def _counted(self) -> Iterator[_Point]:
        demand = self.rule.obligation
        match = None if demand.pattern is None else self._other(demand.pattern)
        bounds = {number for number in (demand.at_least, demand.at_most) if number is not None}
        if match is None or self.limit is None:
            return
        if max(bounds) > MOST_MATCHES:
            self.missing.append(f"more than {MOST_MATCHES} events would be needed")
            return
        for number in sorted({n + d for n in bounds for d in (-1, 0, 1) if n + d >= 0}):
            rows = [self._at(match, i * SECOND) for i in range(1, number + 1)]
            yield self._point(f"{number} × {match['event']} in time", *rows)
        for edge in (timedelta(), self.limit):
            for offset in (edge + around for around in AROUND):
                rows = [self._at(match, self.limit - (i + 2) * SECOND) for i in range(min(bounds, default=1) - 1)]
                what = f"{len(rows)} × {match['event']} in time and one {_beside(offset)} {self.base.event}"
                yield self._point(what, *rows, self._at(match, offset))

    def _asserted(self) -> Iterator[_Point]:
        condition = self.rule.obligation.condition
        assert condition is not None  # noqa: S101 - an assertion has one
        where = self.rule.when.where
        for truth, word in ((True, "holds"), (False, "does not hold")):
            wanted: ex.Expr = condition if truth else ex.Not(condition)
            both = wanted if where is None else ex.And((where, wanted))
            values = next(assignments(both, self.fields), None)
            if values is None:
                self.missing.append(f"no values were found for which the condition {word}")
                continue
            base = replace(self.base, values={**self.base.values, **values})
            told = ", ".join(f"{name} {value}" for name, value in sorted(values.items()) if value is not None)
            what = f"the condition {word}" + (f" ({told})" if told else "")
            yield _Point(what, base.rows(self.start), self.start, self.start)

    def _agreeing(self) -> Iterator[_Point]:
        column = self.rule.obligation.column
        assert column is not None  # noqa: S101 - agreement is about one
        first = sample(column, self.fields)
        different = ex.Compare("!=", column, ex.Literal_(first, column.type))
        second = next(assignments(different, self.fields), None)
        if second is None:
            self.missing.append("no two values were found")
            return
        base = replace(self.base, values={**self.base.values, column.name: first})
        for value, word in ((first, "the same"), (second[column.name], "another")):
            later = {**base.rows(self.start)[-1], "time": self.start + SECOND, column.name: value}
            yield _Point(
                f"{word} {column.name} 1 s later", (*base.rows(self.start), later), self.start + DAY, self.start
            )

    # When it activates at all

    def _nth(self) -> Iterator[_Point]:
        if self.rule.nth is None:
            return
        if self.rule.nth > MOST_MATCHES:
            self.missing.append(f"more than {MOST_MATCHES} events would be needed")
            return
        for number in (self.rule.nth - 1, self.rule.nth):
            if number:
                rows = self.base.rows(self.start, number)
                yield _Point(f"{number} × {self.base.event}", rows, self.start, self.start)

    def _effective(self) -> Iterator[_Point]:
        for edge in (self.rule.effective.start, self.rule.effective.end):
            if edge is not None:
                for around in (-SECOND, timedelta()):
                    at = (edge + around).replace(tzinfo=UTC)
                    what = f"{self.base.event} {_beside(around)} {instant(edge, self.rule.zone)}"
                    yield _Point(what, tuple(self._moved(row, at) for row in self.base.rows(at)), at, at)

    def _moved(self, row: Row, at: datetime) -> Row:
        """Instants that the event states move with it."""
        shift = at - self.start
        return {k: v + shift if isinstance(v, datetime) and k != "time" else v for k, v in row.items()}


def _events(pattern: Pattern) -> str:
    return listed(pattern.events, "or") if pattern.events else "event"


def _beside(offset: timedelta) -> str:
    """`24 h 00 min 01 s after`, `at the moment of`."""
    if not offset:
        return "at the moment of"
    return f"{shown(abs(offset), full=True)} {'after' if offset > timedelta() else 'before'}"
