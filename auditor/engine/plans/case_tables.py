"""The rows of subjects made from a case table, whose rows have slots for events already: nothing is taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts
from auditor.engine.logic import greatest, least
from auditor.engine.plans.case_events import flag, passed
from auditor.engine.plans.case_rows import CaseRows
from auditor.engine.plans.frame import absent
from auditor.engine.terms import STAMP
from auditor.log.log import Cases
from auditor.rules import expressions as ex


def usable(facts: Facts, per: tuple[str, ...]) -> Cases | None:
    """The case table of a log, where each row has one subject by these keys and no event lies after A."""
    cases = facts.log.cases
    if cases is None or facts.late_events:
        return None
    keys = [{columns.get(key) for columns in cases.columns.values()} for key in per]
    return cases if all(len(found) == 1 and None not in found for found in keys) else None


def from_cases(source: CaseRows, cases: Cases) -> ir.Table:
    """The same as `case_events.grouped` makes of the events."""
    told = {
        name: _Told(source.facts, cases.rows, number, cases.columns[name]) for number, name in enumerate(cases.names)
    }
    by_aggregate = {
        "sum": _counts(source, told),
        "min": _moments(source, told) | _inherited(source, told, "low_", "since_"),
        "max": _values(source, told) | _inherited(source, told, "high_"),
        "bit_or": _tests(source, told),
    }
    keys = {f"k{i}": cases.rows[cases.columns[cases.names[0]][key]] for i, key in enumerate(source.per)}
    columns = {name: value for made in by_aggregate.values() for name, value in made.items()}
    rows = cases.rows.select(**keys, **columns)
    found = {name: getattr(rows[name], how)() for how, made in by_aggregate.items() for name in made}
    return rows.group_by(list(keys)).agg(**found)


@dataclass(frozen=True)
class _Told:
    """The event of one name that a row tells, as conditions see it."""

    facts: Facts
    rows: ir.Table
    number: int
    columns: Mapping[str, str]

    @property
    def there(self) -> Any:
        """Whether the row tells it."""
        return self.rows[f"t{self.number}"].notnull()

    def value(self, column: ex.Column) -> Any:
        """Its own value of what a condition reads."""
        return self.own(column.name)

    def own(self, field: str) -> Any:
        """Its own value of a field."""
        own = self.columns.get(field)
        return absent(self.facts, field) if own is None else self.rows[own]

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:  # noqa: ARG002 - only conditions without trigger come here
        """Its earliest and latest time; null where the row does not tell it."""
        earliest = self.rows[f"t{self.number}"]
        if self.facts.precise:
            return earliest, earliest
        latest = ibis.least(self.rows[f"l{self.number}"], ibis.literal(self.facts.as_of, STAMP))
        return earliest, ibis.ifelse(self.there, latest, ibis.null(STAMP))


def _counts(source: CaseRows, told: Mapping[str, _Told]) -> dict[str, Any]:
    """How many events there are, and what adds up to their number by name."""
    made: dict[str, Any] = {"size": _sum([flag(told[name].there, 1) for name in source.names])}
    digits: dict[int, list[Any]] = {}
    for name in source.names:
        word, low = source.tally(name)
        digits.setdefault(word, []).append(ibis.ifelse(told[name].there, float(1 << low), 0.0))
    return made | {f"tally{word}": _sum(some) for word, some in digits.items()}


def _moments(source: CaseRows, told: Mapping[str, _Told]) -> dict[str, Any]:
    """Times and places."""
    made: dict[str, Any] = {}
    for slot, i in source.slots.items():
        event = told[slot.name]
        earliest, latest = event.interval(trigger=False)
        if source.packing is not None:
            made[f"q{i}"] = source.packing.packed(earliest, event.rows.place)
        else:
            made |= {f"e{i}": earliest, f"p{i}": ibis.ifelse(event.there, event.rows.place, ibis.null("int64"))}
        if not source.facts.precise:
            made[f"l{i}"] = latest
    return made


def _values(source: CaseRows, told: Mapping[str, _Told]) -> dict[str, Any]:
    """What is carried of single events."""
    return {
        f"v{i}_{name}": _own(source, told[slot.name], name)
        for slot, i in source.slots.items()
        for name in source.carried(slot)
    }


def _inherited(source: CaseRows, told: Mapping[str, _Told], *prefixes: str) -> dict[str, Any]:
    """The least and the greatest value that the report states, and since when it states one."""
    made: dict[str, Any] = {}
    for name in source.inherited:
        stating = [event for event in told.values() if name in event.columns]
        values = [_own(source, event, name) for event in stating]
        pairs = zip(stating, values, strict=True)
        since = [_where(value.notnull(), event.interval(trigger=False)[0]) for event, value in pairs]
        answers = {"low_": least(values), "high_": greatest(values), "since_": least(since)}
        learned = source.facts.declared(name).scope == "learned"
        made |= {f"{prefix}{name}": answers[prefix] for prefix in prefixes if learned or prefix != "since_"}
    return made


def _tests(source: CaseRows, told: Mapping[str, _Told]) -> dict[str, Any]:
    """Words of bits: which tests the events pass."""
    flags: dict[int, list[Any]] = {}
    for slot, word, bit, truth in passed(source, told.__getitem__):
        flags.setdefault(word, []).append(flag(told[slot.name].there & truth, bit))
    return {f"test{word}": _sum(some) for word, some in flags.items()}


def _own(source: CaseRows, event: _Told, field: str) -> Any:
    return source.comparable(_where(event.there, event.own(field)), field)


def _where(condition: Any, value: Any) -> Any:
    return ibis.ifelse(condition, value, ibis.null(value.type()))


def _sum(terms: list[Any]) -> Any:
    return reduce(lambda a, b: a + b, terms)
