"""Conditions over an event, three-valued: "a missing value makes a condition unknown (Kleene)"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from auditor.base.durations import MAX_YEARS, Duration
from auditor.rules.expressions import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Expr,
    IsNone,
    Literal_,
    Member,
    Not,
    Or,
)
from auditor.rules.model import Pattern

from .doubt import Doubt
from .values import Event, Interval, Story

Truth = bool | None
LONGEST = timedelta(days=366 * MAX_YEARS)


def matches(pattern: Pattern, event: Event, trigger: Event | None, story: Story) -> Doubt | None:
    """“A PATTERN is `event` (a name or a list; left out: any) with an optional `where`”: how far it is in doubt that an
    event matches; None where it does not."""
    if pattern.events is not None and event.event not in pattern.events:
        return None
    return Doubt.NONE if pattern.where is None else doubt(pattern.where, event, trigger, story)


def doubt(condition: Expr, event: Event, trigger: Event | None, story: Story) -> Doubt | None:
    """How far it is in doubt that a condition holds; None where it does not.

    “`missing_value` or, when only times are in doubt, `imprecise_time`.”
    """
    value = truth(condition, event, trigger, story)
    if value is None:
        return Doubt.VALUE if _lacks_a_value(condition, event, trigger, story) else Doubt.TIME
    return Doubt.NONE if value else None


def _lacks_a_value(expr: Expr, event: Event, trigger: Event | None, story: Story) -> bool:
    """Whether a condition is unknown, and a missing value has a part in that."""
    if evaluate(expr, event, trigger, story) is not None:
        return False
    match expr:
        case And(parts) | Or(parts):
            return any(_lacks_a_value(part, event, trigger, story) for part in parts)
        case Not(operand):
            return _lacks_a_value(operand, event, trigger, story)
        case _:
            return _misses(expr, event, trigger, story)


def _misses(expr: Expr, event: Event, trigger: Event | None, story: Story) -> bool:
    """Whether a value that an expression needs is missing; a time never is, however imprecise."""
    match expr:
        case Column() | Arithmetic(_, _, _, "instant" | "duration"):
            return evaluate(expr, event, trigger, story) is None
        case Compare(_, left, right) | Arithmetic(_, left, right):
            needed: tuple[Expr, ...] = (left, right)
        case Call(_, parts) | And(parts) | Or(parts):
            needed = parts
        case Not(part) | Member(part):
            needed = (part,)
        case _:
            needed = ()
    return any(_misses(part, event, trigger, story) for part in needed)


def truth(condition: Expr, event: Event, trigger: Event | None, story: Story) -> Truth:
    """True, False, or None for unknown."""
    value = evaluate(condition, event, trigger, story)
    assert value is None or isinstance(value, bool), condition
    return value


def evaluate(expr: Expr, event: Event, trigger: Event | None, story: Story) -> Any:
    """The value of an expression: None where missing; instants as `Interval`, durations as `timedelta`."""

    def of(part: Expr) -> Any:
        return evaluate(part, event, trigger, story)

    match expr:
        case Column(name, _, of_trigger):
            owner = trigger if of_trigger else event
            assert owner is not None, "trigger.x where there is no activating event"
            return owner.when if name == "time" else _plain(story.value(owner, name))
        case Literal_(value):
            return _plain(value)
        case Compare(op, left, right):
            return compare(op, of(left), of(right))
        case Member(item, options):
            return any_of(compare("==", of(item), of(option)) for option in options)
        case IsNone(operand):
            return of(operand) is None  # “`x is None` is true where the value is missing or unknown”
        case Not(operand):
            return negation(of(operand))
        case And(parts):
            return all_of(of(part) for part in parts)
        case Or(parts):
            return any_of(of(part) for part in parts)
        case Arithmetic(op, left, right):
            try:
                return _arithmetic(op, of(left), of(right))
            except OverflowError:
                return None  # a length beyond all limits
        case Call(name, arguments):
            return _call(name, [of(argument) for argument in arguments])


def negation(value: Truth) -> Truth:
    """Kleene's not."""
    return None if value is None else not value


def all_of(values: Iterable[Truth]) -> Truth:
    """Kleene's and: one false decides, else one unknown."""
    listed = list(values)
    if False in listed:
        return False
    return None if None in listed else True


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene's or: one true decides, else one unknown."""
    return negation(all_of(negation(value) for value in values))


def compare(op: str, x: Any, y: Any) -> Truth:
    """A comparison; "unknown when either side is missing"; instants as the intervals that they are."""
    if x is None or y is None:
        return None
    if isinstance(x, Interval):
        return _compare_intervals(op, x, y)
    match op:
        case "==":
            return bool(x == y)
        case "!=":
            return bool(x != y)
        case "<":
            return bool(x < y)
        case "<=":
            return bool(x <= y)
        case ">":
            return bool(x > y)
        case _:
            return bool(x >= y)


def _compare_intervals(op: str, x: Interval, y: Interval) -> Truth:
    match op:
        case "<=":  # “possible when x's earliest ≤ y's latest, certain when x's latest ≤ y's earliest”
            return _read(certain=x.latest <= y.earliest, possible=x.earliest <= y.latest)
        case "<":  # “likewise with <”
            return _read(certain=x.latest < y.earliest, possible=x.earliest < y.latest)
        case ">=":
            return _compare_intervals("<=", y, x)
        case ">":
            return _compare_intervals("<", y, x)
        case "==":
            return all_of((_compare_intervals("<=", x, y), _compare_intervals("<=", y, x)))
        case _:
            return negation(_compare_intervals("==", x, y))


def _read(*, certain: bool, possible: bool) -> Truth:
    if certain:
        return True
    return None if possible else False


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return Interval(value, value)
    return value.elapsed if isinstance(value, Duration) else value


def _arithmetic(op: str, x: Any, y: Any) -> Any:
    if x is None or y is None:
        return None
    if isinstance(x, Interval):
        if abs(y) > LONGEST:
            return None  # “a length beyond 100 years is missing”
        shift: timedelta = y if op == "+" else -y
        return Interval(_moved(x.earliest, shift), _moved(x.latest, shift))
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case _:
            return x * y


def _moved(moment: datetime, by: timedelta) -> datetime:
    """The moment so much later; where Python's calendar ends, its end."""
    try:
        return moment + by
    except OverflowError:
        return datetime.max if by > timedelta(0) else datetime.min


def _call(name: str, arguments: list[Any]) -> Any:
    if None in arguments:
        return None
    first = arguments[0]
    match name:
        case "lower":
            return first.lower()
        case "startswith":
            return first.startswith(arguments[1])
        case "contains":
            return arguments[1] in first
        case "matches":
            return re.search(arguments[1], first) is not None
        case _:
            return _hours_between(first, arguments[1])


def _hours_between(a: Interval, b: Interval) -> float | None:
    """“Missing when a named `time` is imprecise.”"""
    if a.earliest != a.latest or b.earliest != b.latest:
        return None
    return (b.earliest - a.earliest) / timedelta(hours=1)
