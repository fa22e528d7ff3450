"""Case form: one row per subject, made by one GROUP BY; a rule is then arithmetic on that row.

Exact for a rule where no event name that it uses repeats in the subject and no learned value that it uses changes.
`repeats` tells which do, one bit each; where a rule's own bits are set, another plan judges it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition, compile_lack
from auditor.engine.facts import Facts, columns_used, patterns, plain
from auditor.engine.logic import Truth, both, certain, either, greatest, least, negation, possible
from auditor.engine.plans.frame import Branch, Shift, absent, ordered, signs, strict_at, subject_text, terms_of
from auditor.engine.shifts import shift
from auditor.engine.terms import STAMP, Ends, Mode, Search, Sight, effective_truths
from auditor.rules import expressions as ex
from auditor.rules.model import Pattern, Rule

RECEIVED = "report.received"
LAST_BIT = 60
UNKNOWN_SUBJECT = 1 << 61  # set only where every bit is
EVERY_BIT = (1 << 62) - 1


def case_form_holds(rule: Rule) -> bool:
    """Whether one row per subject can answer the rule: `nth` must count events of one name, and its limit be plain."""
    if not plain(rule):
        return False
    return rule.nth is None or (rule.when.events is not None and len(rule.when.events) == 1)


@dataclass(frozen=True)
class CaseFrame:
    """Subjects of one key, one row each.

    `events` are the events up to A, duplicates included; `resolved` says that learned and standing values are
    filled in already (needed unless the subject is the report itself).  `by` are fields that groups ask for.
    """

    facts: Facts
    events: ir.Table
    rules: tuple[Rule, ...]
    per: tuple[str, ...]
    resolved: bool
    by: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The event names that the rules use, sorted."""
        found = {
            name
            for rule in self.rules
            for pattern in (rule.when, *patterns(rule).values())
            for name in self.facts.occurring(pattern)
        }
        if self.facts.observed_from is not None and RECEIVED in self.facts.names:
            found.add(RECEIVED)
        return tuple(sorted(found))

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each name, which its columns carry."""
        return {name: i for i, name in enumerate(self.names)}

    @property
    def counts(self) -> list[str]:
        """The columns that nobody needs once `repeats` is made."""
        return [f"n{i}" for i in self.number.values()]

    @cached_property
    def asked(self) -> dict[tuple[str, str], None]:
        """The (event name, field) pairs whose values the rules read, in order."""
        found: dict[tuple[str, str], None] = {}
        for rule in self.rules:
            activations = self.facts.activating(rule)
            for name in activations:
                extra = set(self.by) | ({"jurisdiction"} if rule.jurisdiction else set())
                wanted = ex.columns(rule.when.where) | ex.columns(rule.obligation.condition)
                for field in sorted({c.name for c in wanted} | extra):
                    found[name, field] = None
            for pattern in patterns(rule).values():
                for column in sorted(ex.columns(pattern.where), key=lambda c: (c.name, c.trigger)):
                    for name in activations if column.trigger else self.facts.occurring(pattern):
                        found[name, column.name] = None
        return {key: None for key in found if key[1] in self.facts.log.fields}

    def _own(self, name: str, field: str) -> bool:
        """Whether events of this name ever carry the field themselves."""
        return self.resolved or self.facts.missing(field, name) != "all"

    def _inherits(self, name: str, field: str) -> bool:
        """Whether the value may come from elsewhere in the report."""
        scope = self.facts.declared(field).scope
        return (
            not self.resolved
            and scope != "event"
            and field != "report_id"
            and self.facts.missing(field, name) != "none"
        )

    @property
    def inherited(self) -> tuple[str, ...]:
        """The learned and standing fields that some event takes from its report."""
        return tuple(sorted({field for name, field in self.asked if self._inherits(name, field)}))

    @property
    def table(self) -> ir.Table:
        """One row per subject: `e0 l0 p0 n0` earliest, latest, place and count of event name 0 …, `v0_category`
        values."""
        events = self.events
        wanted = {field for _, field in self.asked}
        number: Any = ibis.cases(*((events.event == name, i) for name, i in self.number.items()), else_=-1)
        rows = events.select(
            **{f"k{i}": events[key] for i, key in enumerate(self.per)},
            event_number=number.cast("int16"),
            time=events.time,
            **({} if self.facts.precise else {"time_latest": events.time_latest}),
            place=events.place,
            **{f"f_{field}": self._comparable(events[field], field) for field in sorted(wanted)},
        )
        made: dict[str, Any] = {}
        for name, i in self.number.items():
            here = rows.event_number == i
            made[f"e{i}"] = rows.time.min(where=here)
            if not self.facts.precise:
                made[f"l{i}"] = rows.time_latest.min(where=here)
            made[f"p{i}"] = rows.place.min(where=here)
            made[f"n{i}"] = rows.count(where=here)
            for field in sorted(f for n, f in self.asked if n == name):
                if self._own(name, field):
                    made[f"v{i}_{field}"] = rows[f"f_{field}"].max(where=here)
        for field in self.inherited:
            made[f"low_{field}"], made[f"high_{field}"] = rows[f"f_{field}"].min(), rows[f"f_{field}"].max()
            if self.facts.declared(field).scope == "learned":
                made[f"since_{field}"] = rows.time.min(where=rows[f"f_{field}"].notnull())
        keys = [f"k{i}" for i in range(len(self.per))]
        return rows.group_by(keys).agg(**made)

    def _comparable(self, value: Any, field: str) -> Any:
        return value.cast("int8") if self.facts.declared(field).type == "bool" else value

    def _bits(self) -> dict[str, int]:
        """A bit for each event name that may repeat and each learned field that may change; the last one is shared."""
        learned = [field for field in self.inherited if self.facts.declared(field).scope == "learned"]
        return {key: 1 << min(i, LAST_BIT) for i, key in enumerate([*self.names, *learned])}

    def repeats(self, table: ir.Table) -> Any:
        """What repeats or changes in the subject, as a sum of bits; every bit where the subject is unknown."""
        bits = self._bits()
        faults: dict[int, list[Any]] = {}
        for key, bit in bits.items():
            if key in self.number:
                fault = table[f"n{self.number[key]}"] > 1
            else:
                fault = ~ibis.coalesce(table[f"low_{key}"] == table[f"high_{key}"], ibis.literal(True))
            faults.setdefault(bit, []).append(fault)
        terms = [
            ibis.ifelse(reduce(lambda a, b: a | b, some), ibis.literal(bit, "int64"), ibis.literal(0, "int64"))
            for bit, some in faults.items()
        ]
        known = reduce(lambda a, b: a & b, [table[f"k{i}"].notnull() for i in range(len(self.per))])
        found = reduce(lambda a, b: a + b, terms) if terms else ibis.literal(0, "int64")
        return ibis.ifelse(known, found, ibis.literal(EVERY_BIT, "int64"))

    def mask(self, rule: Rule) -> int:
        """The bits of all that a rule uses."""
        bits = self._bits()
        used = {name for p in (rule.when, *patterns(rule).values()) for name in self.facts.occurring(p)}
        used |= {column.name for column in columns_used(rule)}
        return reduce(lambda a, b: a | b, (bits[key] for key in used & set(bits)), UNKNOWN_SUBJECT)

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """One branch for each event name on which the rule may activate."""
        if rule.nth is not None and rule.nth > 1:
            return []
        return [self._branch(table, rule, name) for name in self.facts.activating(rule)]

    def _branch(self, table: ir.Table, rule: Rule, name: str) -> Branch:
        row = _Row(self, table)
        start = row.times(name)
        condition = self._condition(row, rule, name)
        unknown = self._doubtful_activation(rule, name)
        effective = rule.effective
        inside, straddles = effective_truths(effective.start, effective.end, start, precise=self.facts.precise)
        finder = _CaseFinder(row, rule, name)
        terms = terms_of(
            rule,
            self.facts,
            shift=self._clocked(table, rule, name) if _moving(rule) else None,
            present=both(
                (table.repeats & self.mask(rule)) == 0,
                start[0].notnull(),
                True if condition is None else (possible(condition) if unknown else certain(condition)),
                inside,
            ),
            unsure=negation(certain(condition)) if condition is not None and unknown else False,
            straddles=either(straddles, self._doubtful_by_time(row, rule, name)),
            start=start,
            subject_known=True,
            protected=self._protected(table),
            finder=finder,
        )
        finder.lo = terms.lo(1)
        return Branch(
            rule,
            terms,
            ibis.literal(name),
            table[f"p{self.number[name]}"],
            subject_text([table[f"k{j}"] for j in range(len(self.per))]),
            {field: row.value(name, field) for field in self.by},
            finder.locate,
        )

    def clocked(self, table: ir.Table) -> ir.Table:
        """`table` with the activations of rules that have a clock moved by their lengths."""
        for number, rule in enumerate(self.rules):
            clock, within = rule.clock, rule.obligation.within
            if clock is None or within is None or not _moving(rule):
                continue
            for sign in signs(rule):
                moved = shift(clock, within, sign, *self.facts.span)
                table = table.mutate(the_map=ibis.literal(0, "int64"))
                for name in self.facts.activating(rule):
                    for end in "e" if self.facts.precise else "el":
                        column = _moved(number, self.number[name], sign, end)
                        table = moved.look_up(table, "the_map", f"{end}{self.number[name]}", column)
                table = table.drop("the_map")
        return table

    def _clocked(self, table: ir.Table, rule: Rule, name: str) -> Shift:
        number = self.rules.index(rule)

        def shifted(sign: int) -> Ends:
            earliest, *latest = (
                table[_moved(number, self.number[name], sign, end)] for end in ("e" if self.facts.precise else "el")
            )
            return earliest, latest[0] if latest else earliest

        return shifted

    def _condition(self, row: _Row, rule: Rule, name: str) -> Any:
        found = None if rule.when.where is None else compile_condition(rule.when.where, row.resolver(name, name))
        if rule.jurisdiction:
            there = row.value(name, "jurisdiction").isin(rule.jurisdiction)
            found = there if found is None else found & there
        return found

    def _doubtful_by_time(self, row: _Row, rule: Rule, name: str) -> Truth:
        """Whether it is unknown that the event activates, only because a time is."""
        where = rule.when.where
        if where is None or not self.facts.turns_on_time(where):
            return False
        condition = compile_condition(where, row.resolver(name, name))
        return both(possible(condition), ~certain(condition), ~compile_lack(where, row.resolver(name, name)))

    def _doubtful_activation(self, rule: Rule, name: str) -> bool:
        if rule.jurisdiction and self.facts.may_be_unknown(ex.Column("jurisdiction", "text"), name, ()):
            return True
        return self.facts.may_be_unknown(rule.when.where, name, ())

    def _protected(self, table: ir.Table) -> Truth:
        if self.facts.observed_from is None or self.per != ("report_id",) or RECEIVED not in self.number:
            return False
        found: Truth = table[f"e{self.number[RECEIVED]}"].notnull()
        return found


def _moving(rule: Rule) -> bool:
    """Whether a clock moves the limit of the rule: t ⊕ 0 is t on every clock."""
    within = rule.obligation.within
    return rule.clock is not None and within is not None and (within.calendar or within.seconds > 0)


def _moved(rule: int, name: int, sign: int, end: str) -> str:
    """The column of an activation that a clock has moved."""
    return f"m{rule}_{name}_{'on' if sign > 0 else 'back'}_{end}"


@dataclass(frozen=True)
class _Row:
    """Values on a case row."""

    frame: CaseFrame
    table: ir.Table

    def times(self, name: str) -> tuple[Any, Any]:
        i = self.frame.number[name]
        earliest = self.table[f"e{i}"]
        return earliest, earliest if self.frame.facts.precise else self.table[f"l{i}"]

    def value(self, name: str, field: str) -> Any:
        frame, table = self.frame, self.table
        if field not in frame.facts.log.fields:
            return absent(frame.facts, field)
        made = []
        if frame._own(name, field):
            made.append(table[f"v{frame.number[name]}_{field}"])
        if frame._inherits(name, field):
            low, high = table[f"low_{field}"], table[f"high_{field}"]
            nothing = ibis.null(low.type())
            if frame.facts.declared(field).scope == "learned":
                made.append(ibis.ifelse(table[f"since_{field}"] <= self.times(name)[0], low, nothing))
            else:
                made.append(ibis.ifelse(low == high, low, nothing))
        if not made:
            return absent(frame.facts, field)
        value = made[0] if len(made) == 1 else ibis.coalesce(*made)
        return value.cast("boolean") if frame.facts.declared(field).type == "bool" else value

    def resolver(self, name: str, trigger: str) -> _RowResolver:
        return _RowResolver(self, name, trigger)


@dataclass(frozen=True)
class _RowResolver:
    row: _Row
    name: str
    trigger: str

    def value(self, column: ex.Column) -> Any:
        return self.row.value(self.trigger if column.trigger else self.name, column.name)

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:
        return self.row.times(self.trigger if trigger else self.name)


@dataclass(frozen=True)
class _Other:
    """One event name that can play a part: its times, whether it does (certainly, possibly when only times are in
    doubt, possibly), and its place."""

    name: str
    earliest: Any
    latest: Any
    known: Truth
    timed: Truth
    possible: Truth
    place: Any


class _CaseFinder:
    """Answers searches with `least` and `greatest` over the event names of a part, the activating event's left out."""

    def __init__(self, row: _Row, rule: Rule, trigger: str) -> None:
        self.row, self.rule, self.trigger = row, rule, trigger
        self.facts = row.frame.facts
        self.parts = patterns(rule)
        self._others: dict[str, list[_Other]] = {}
        self.start = row.times(trigger)
        self.lo: Ends | None = self.start

    def doubtful(self, part: str) -> bool:
        if part == "assert":
            return self.facts.may_be_unknown(self.rule.obligation.condition, self.trigger, ())
        pattern = self.parts[part]
        return any(
            self.facts.may_be_unknown(pattern.where, name, (self.trigger,))
            for name in self.facts.occurring(pattern)
            if name != self.trigger
        )

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        condition = self.rule.obligation.condition
        assert condition is not None  # noqa: S101 - an assert obligation always has its condition
        resolver = self.row.resolver(self.trigger, self.trigger)
        found = compile_condition(condition, resolver)
        timed = certain(found)
        if self.facts.turns_on_time(condition):
            timed = possible(found) & ~compile_lack(condition, resolver)
        return certain(found), possible(found), timed

    def find(self, search: Search) -> Any:
        made = [self._candidate(other, search) for other in self.others(search.part)]
        return greatest(made) if search.mode in (Mode.LAST, Mode.BEGUN) else least(made)

    def _candidate(self, other: _Other, search: Search) -> Any:
        tight = search.sight is Sight.TIGHT
        members = {Sight.TIGHT: other.known, Sight.LOOSE_TIMED: other.timed, Sight.LOOSE: other.possible}
        member = members[search.sight]
        strict = strict_at(self.rule, search.part)
        inside: Truth = True
        if search.mode in (Mode.LAST, Mode.BEGUN):
            edge, limit = (other.latest, self.start[0]) if tight else (other.earliest, self.start[1])
            inside = ordered(edge, limit, strict)
            value = other.earliest if tight or search.mode is Mode.BEGUN else other.latest
        else:
            lo = self.lo if search.mode is Mode.FIRST and search.part != "bound" else self.start
            if lo is not None:
                edge, limit = (other.earliest, lo[1]) if tight else (other.latest, lo[0])
                inside = ordered(limit, edge, strict)
            value = other.latest if tight else other.earliest
        wanted = both(member, inside)
        # a comparison with an event that is not there is null, and so is the value then
        return value if wanted is True else ibis.ifelse(wanted, value, ibis.null(STAMP))

    def others(self, part: str) -> list[_Other]:
        """The event names that can play the part."""
        if part not in self._others:
            pattern = self.parts[part]
            names = [name for name in self.facts.occurring(pattern) if name != self.trigger]
            self._others[part] = [self._other(pattern, name) for name in names]
        return self._others[part]

    def _other(self, pattern: Pattern, name: str) -> _Other:
        earliest, latest = self.row.times(name)
        known: Truth = True
        timed: Truth = True
        maybe: Truth = True
        if pattern.where is not None:
            resolver = self.row.resolver(name, self.trigger)
            condition = compile_condition(pattern.where, resolver)
            timed = known = certain(condition)
            doubtful = self.facts.may_be_unknown(pattern.where, name, (self.trigger,))
            maybe = possible(condition) if doubtful else known
            if self.facts.turns_on_time(pattern.where):
                timed = both(maybe, ~compile_lack(pattern.where, resolver))
        return _Other(name, earliest, latest, known, timed, maybe, self.row.table[f"p{self.row.frame.number[name]}"])

    def locate(self, part: str, time: Any) -> tuple[Any, Any, Any]:
        """Place, event name and earliest time of the least-placed event of a part that has the witness time."""
        # a bound is known by its latest moment, all other parts by their earliest
        hits = [
            (
                other,
                ibis.coalesce(
                    both(other.possible, (other.latest if part == "bound" else other.earliest) == time), False
                ),
            )
            for other in self.others(part)
        ]
        place = least([ibis.ifelse(hit, other.place, ibis.null("int64")) for other, hit in hits])
        if place is None:
            return None, None, None
        arms = [(ibis.coalesce(hit & (other.place == place), False), other) for other, hit in hits]
        if len(arms) == 1:
            return place, ibis.literal(hits[0][0].name), time if part != "bound" else hits[0][0].earliest
        name = ibis.cases(*((hit, other.name) for hit, other in arms), else_=ibis.null("string"))
        began = ibis.cases(*((hit, other.earliest) for hit, other in arms), else_=ibis.null(STAMP))
        return place, name, time if part != "bound" else began
