"""Conditions compiled to Ibis: three-valued boolean expressions, null where unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any, Protocol

import ibis

from auditor.base.durations import MAX_YEARS, Duration
from auditor.engine.logic import Truth, both, certain, either, expression, possible
from auditor.log.schema import TIME
from auditor.rules import expressions as ex

DIGITS = 38  # of a decimal on every engine
LONGEST = MAX_YEARS * 366 * 86_400 * 1_000_000  # of a length of time, in microseconds
MOST = 2**63  # of a whole number in a log
IBIS_TYPES = {"text": "string", "bool": "boolean", "integer": "int64", "number": "float64", "instant": "timestamp(6)"}


class Resolver(Protocol):
    """Where a condition finds its values: own, learned and standing attributes already made (null where missing)."""

    def value(self, column: ex.Column) -> Any:
        """The value of a field of the tested event, or of the activating event."""

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:
        """Earliest and latest time of the tested or the activating event; the same expression twice where precise."""


def compile_condition(expr: ex.Expr, resolver: Resolver) -> Any:
    """A boolean expression: true, false, or null where unknown."""
    return _Compiler(resolver).value(expr)


def compile_lack(expr: ex.Expr, resolver: Resolver) -> Any:
    """Whether a condition is unknown and a missing value has a part in that; two-valued.

    Where it is unknown and this is false, only times are in doubt.
    """
    return expression(_Compiler(resolver).lacks(expr))


def compile_instant(expr: ex.Expr, resolver: Resolver) -> tuple[Any, Any]:
    """The earliest and the latest reading of an instant; null where it is missing."""
    return _Compiler(resolver).bounds(expr)


def compile_length(expr: ex.Expr, resolver: Resolver) -> Any:
    """A length of time in microseconds; null where it is missing, negative or beyond all limits."""
    return _micros(_Compiler(resolver).length(expr), 0)


def _micros(length: Any, least: int) -> Any:
    whole = ibis.ifelse(length.between(least, LONGEST), length, ibis.null("float64"))
    return whole.round().cast("int64")


def _moved(op: str, moment: Any, step: Any) -> Any:
    return moment + step if op == "+" else moment - step


class _Compiler:
    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def value(self, expr: ex.Expr) -> Any:
        match expr:
            case ex.Column():
                return self._column(expr)
            case ex.Literal_():
                return constant(expr.value)
            case ex.Compare(op, left, right):
                return self._compare(op, left, right)
            case ex.Member(item, options):
                return self._member(item, options)
            case ex.IsNone(operand):
                if isinstance(operand, ex.Column) and operand.name == TIME:
                    return ibis.literal(False)
                return self.value(operand).isnull()
            case ex.Not(operand):
                return ~self.value(operand)
            case ex.And(parts):
                return reduce(lambda a, b: a & b, [self.value(part) for part in parts])
            case ex.Or(parts):
                return reduce(lambda a, b: a | b, [self.value(part) for part in parts])
            case ex.Arithmetic(op, left, right, "number"):
                return _arithmetic(op, self.value(left), self.value(right), exact=most(expr, self._whole) is not None)
            case ex.Arithmetic(op, left, right, "instant"):
                return _moved(op, self.value(left), self._step(right))
            case ex.Call(name, arguments):
                return self._call(name, arguments)
        raise TypeError(expr)

    def lacks(self, expr: ex.Expr) -> Truth:
        """Whether a condition is unknown for want of a value."""
        match expr:
            case ex.Not(operand):
                return self.lacks(operand)
            case ex.And(parts) | ex.Or(parts):
                missing = either(*map(self.lacks, parts))
            case ex.IsNone():
                return False
            case _:
                missing = self._missing(expr)
        if missing is False:
            return False
        value = self.value(expr)
        return both(missing, possible(value), ~certain(value))

    def _missing(self, expr: ex.Expr) -> Truth:
        """Whether a value that an expression needs is missing; a time never is, however imprecise."""
        match expr:
            case ex.Column(name):
                return False if name == TIME else self.resolver.value(expr).isnull()
            case ex.Arithmetic(_, left, right, "instant"):
                stated = ex.columns(right)
                return either(self._missing(left), self._step(right).isnull() if stated else False)
            case ex.Compare(_, left, right) | ex.Arithmetic(_, left, right):
                return either(self._missing(left), self._missing(right))
            case ex.Call(_, parts) | ex.And(parts) | ex.Or(parts):
                return either(*map(self._missing, parts))
            case ex.Not(part) | ex.Member(part):
                return self._missing(part)
        return False

    def _column(self, column: ex.Column) -> Any:
        if column.name != TIME:
            value = self.resolver.value(column)
            return value if _fits(value.type(), column.type) else _nothing(column.type)
        low, high = self.resolver.interval(trigger=column.trigger)
        return low if low is high else ibis.ifelse(low == high, low, ibis.null("timestamp(6)"))

    def _compare(self, op: str, left: ex.Expr, right: ex.Expr) -> Any:
        if _names_time(left) or _names_time(right):
            return compare_intervals(op, self.bounds(left), self.bounds(right))
        return _OPERATORS[op](self.value(left), self.value(right))

    def _member(self, item: ex.Expr, options: tuple[ex.Literal_, ...]) -> Any:
        value = self.value(item)
        if not options:
            return ibis.ifelse(value.isnull(), ibis.null("boolean"), ibis.literal(False))
        return value.isin([option.value for option in options])

    def bounds(self, expr: ex.Expr) -> tuple[Any, Any]:
        """Earliest and latest reading of an instant."""
        match expr:
            case ex.Column(name, _, trigger) if name == TIME:
                return self.resolver.interval(trigger=trigger)
            case ex.Arithmetic(op, left, right) if _names_time(left):
                low, high = self.bounds(left)
                step = self._step(right)
                moved = _moved(op, low, step)
                return moved, moved if low is high else _moved(op, high, step)
            case _:
                value = self.value(expr)
                return value, value

    def _step(self, by: ex.Expr) -> Any:
        """What an instant is moved by; null where a length is missing or beyond all limits."""
        if isinstance(by, ex.Literal_):
            return constant(by.value)
        return _micros(self.length(by), -LONGEST).as_interval("us")

    def length(self, expr: ex.Expr) -> Any:
        """A length of time as a floating-point number of microseconds."""
        match expr:
            case ex.Literal_(Duration() as duration):
                return ibis.literal(duration.seconds * 1e6)
            case ex.Arithmetic("*", left, right):
                number, unit = (right, left) if ex.type_of(left) == "duration" else (left, right)
                return self.value(number).cast("float64") * self.length(unit)
            case ex.Arithmetic(op, left, right):
                first, second = self.length(left), self.length(right)
                return first + second if op == "+" else first - second
        raise TypeError(expr)

    def _whole(self, column: ex.Column) -> bool:
        return bool(self.resolver.value(column).type().is_integer())

    def _call(self, name: str, arguments: tuple[ex.Expr, ...]) -> Any:
        values = [self.value(argument) for argument in arguments]
        match name:
            case "lower":
                return values[0].lower()
            case "startswith":
                return values[0].startswith(values[1])
            case "contains":
                return values[0].contains(values[1])
            case "matches":
                return values[0].re_search(values[1])
            case "hours_between":
                return values[1].delta(values[0], unit="microsecond") / 3_600_000_000
        raise TypeError(name)


def most(expr: ex.Expr, whole: Callable[[ex.Column], bool]) -> int | None:
    """The largest absolute value that a calculation with whole numbers can have at any step, whatever the log holds.

    None where a fraction may take part, or where that value has more digits than a decimal.  `whole` tells the columns
    of whole numbers.
    """
    match expr:
        case ex.Column():
            return MOST if whole(expr) else None
        case ex.Literal_(int(value)):
            return abs(value)
        case ex.Arithmetic(op, left, right, "number"):
            first, second = most(left, whole), most(right, whole)
            if first is None or second is None:
                return None
            found = first * second if op == "*" else first + second
            return found if found < 10**DIGITS else None
    return None


def _arithmetic(op: str, left: Any, right: Any, *, exact: bool) -> Any:
    """A calculation that cannot overflow: of decimals where it is certain to fit, else of floating-point numbers."""
    kind = f"decimal({DIGITS}, 0)" if exact else "float64"
    left, right = left.cast(kind), right.cast(kind)
    return left + right if op == "+" else left - right if op == "-" else left * right


def _fits(found: Any, type: ex.Type) -> bool:
    """Whether a value has the type that a condition takes it for; where a log lacks the field, it may not."""
    kinds = {"text": found.is_string, "bool": found.is_boolean, "number": found.is_numeric}
    return bool(kinds.get(type, found.is_timestamp)())


def _nothing(type: ex.Type) -> Any:
    nothing = ibis.null(IBIS_TYPES[type])
    return ibis.coalesce(nothing, nothing)  # a bare null in a comparison would become IS NULL


_OPERATORS: dict[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare_intervals(op: str, left: tuple[Any, Any], right: tuple[Any, Any]) -> Any:
    """A comparison of two instants that may be intervals: true when certain, false when impossible, else null."""
    if left[0] is left[1] and right[0] is right[1]:
        return _OPERATORS[op](left[0], right[0])
    if op in (">", ">="):
        return compare_intervals({">": "<", ">=": "<="}[op], right, left)
    if op == "!=":
        return ~compare_intervals("==", left, right)
    (low_a, high_a), (low_b, high_b) = left, right
    if op == "==":
        sure = (low_a == high_a) & (low_b == high_b) & (low_a == low_b)
        may = (low_a <= high_b) & (low_b <= high_a)
    else:
        compare = _OPERATORS[op]
        sure, may = compare(high_a, low_b), compare(low_a, high_b)
    missing = low_a.isnull() | low_b.isnull()
    return ibis.cases(
        (missing, ibis.null("boolean")), (sure, True), (may, ibis.null("boolean")), else_=ibis.literal(False)
    )


def constant(value: ex.Value) -> Any:
    """A constant of the query."""
    if isinstance(value, Duration):
        return ibis.interval(seconds=value.seconds)
    if isinstance(value, datetime):
        return ibis.literal(value, type="timestamp(6)")
    return ibis.literal(value)


def _names_time(expr: ex.Expr) -> bool:
    match expr:
        case ex.Column(name):
            return name == TIME
        case ex.Arithmetic(_, left, _):
            return _names_time(left)
        case _:
            return False
