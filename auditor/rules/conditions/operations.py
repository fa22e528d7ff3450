"""Operators on typed parts: comparisons, membership, arithmetic."""

from __future__ import annotations

import ast
from typing import Literal

from auditor.base.durations import MAX_YEARS, Duration
from auditor.base.suggest import did_you_mean
from auditor.rules import expressions as ex
from auditor.rules.conditions.constants import Mistake
from auditor.rules.instants import parse_instant
from auditor.rules.names import Known

Symbol = Literal["+", "-", "*"]
SYMBOLS: dict[type[ast.operator], Symbol] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_HOURS = "hours_between(a, b) gives a number of hours; durations are added to instants: `b > a + params.limit`"


def compare(op: ex.Comparison, left: ex.Expr, right: ex.Expr) -> ex.Expr:
    """`left op right` when both sides have one type that the operator knows."""
    first, second = ex.type_of(left), ex.type_of(right)
    if first != second:
        help = _HOURS if "duration" in (first, second) else _conversion(left, right)
        raise Mistake("expr-type", f"{ex.named(first)} is compared with {ex.named(second)}", help)
    if op not in ("==", "!=") and first in ("text", "bool"):
        raise Mistake(
            "expr-type", f"`{op}` does not order {ex.named(first)}", "texts and yes/no values know only == and !="
        )
    if first == "duration" and ex.columns(left) | ex.columns(right):
        raise Mistake("expr-type", "lengths that an event states are not compared", "compare the numbers instead")
    return ex.Compare(op, left, right)


def _conversion(left: ex.Expr, right: ex.Expr) -> str:
    for side, other in ((left, right), (right, left)):
        if isinstance(side, ex.Literal_) and ex.type_of(other) == "bool":
            return "write true or false"
        if isinstance(side, ex.Literal_) and isinstance(side.value, str) and ex.type_of(other) != "text":
            return "write the value without quotes"
        if isinstance(side, ex.Literal_) and not isinstance(side.value, str) and ex.type_of(other) == "text":
            return "write the value in quotes"
    return "both sides must have one type"


def not_comparable(item: ex.Expr, option: ex.Literal_) -> Mistake | None:
    """Why `option` can never be equal to `item` because of its type."""
    first = ex.type_of(item)
    if first == option.type or (first == "instant" and option.type == "text"):
        return None
    return Mistake(
        "expr-type", f"{ex.named(first)} is compared with {ex.named(option.type)}", _conversion(item, option)
    )


def outside_values(side: ex.Expr, constant: ex.Expr, known: Known) -> Mistake | None:
    """Why a text constant is not on the closed list of the field that it is compared with."""
    if not (isinstance(side, ex.Column) and isinstance(constant, ex.Literal_) and isinstance(constant.value, str)):
        return None
    field = known.fields.get(side.name)
    if field is None or not field.values or constant.value in field.values:
        return None
    return Mistake(
        "unknown-value",
        f"`{constant.value}` is not a value of {side.name}",
        did_you_mean(constant.value, field.values, limit=20),
    )


def member(item: ex.Expr, options: tuple[ex.Literal_, ...], zone: str) -> ex.Expr:
    """`item in options`; texts beside an instant are instants."""
    if ex.type_of(item) == "instant":
        try:
            options = tuple(
                ex.Literal_(parse_instant(o.value, zone), "instant") if isinstance(o.value, str) else o for o in options
            )
        except ValueError as error:
            raise Mistake("expr-instant", f"an option is not an instant: {error}") from None
    return ex.Member(item, options)


def arithmetic(op: Symbol, left: ex.Expr, right: ex.Expr) -> ex.Expr:
    """`+ - *` on numbers, on durations, and on an instant with a duration."""
    first, second = ex.type_of(left), ex.type_of(right)
    if first == second == "number":
        return ex.Arithmetic(op, left, right, "number")
    if isinstance(left, ex.Literal_) and isinstance(right, ex.Literal_) and _folds(first, second):
        return _folded(op, left.value, right.value)
    if (first, second) == ("duration", "number") and op == "*":
        return ex.Arithmetic(op, right, left, "duration")
    if (first, second) == ("number", "duration") and op == "*":
        return ex.Arithmetic(op, left, right, "duration")
    if first == second == "duration" and op != "*":
        return ex.Arithmetic(op, left, right, "duration")
    if first == "instant" and second == "duration" and op != "*":
        return ex.Arithmetic(op, left, right, "instant")
    if first == "duration" and second == "instant" and op == "+":
        return ex.Arithmetic(op, right, left, "instant")
    if first == second == "instant" and op == "-":
        raise Mistake("expr-type", "instants are not subtracted", "write hours_between(a, b) for the hours from a to b")
    raise Mistake(
        "expr-type",
        f"`{op}` does not take {ex.named(first)} and {ex.named(second)}",
        "it takes numbers, durations, a number and a duration, or an instant and a duration",
    )


def _folds(first: ex.Type, second: ex.Type) -> bool:
    return "duration" in (first, second) and "instant" not in (first, second)


def _folded(op: Symbol, a: ex.Value, b: ex.Value) -> ex.Expr:
    seconds: int | None = None
    if isinstance(a, Duration) and isinstance(b, Duration) and op != "*":
        seconds = a.seconds + (b.seconds if op == "+" else -b.seconds)
    elif op == "*" and isinstance(a, Duration) and isinstance(b, int) and not isinstance(b, bool):
        seconds = a.seconds * b
    elif op == "*" and isinstance(b, Duration) and isinstance(a, int) and not isinstance(a, bool):
        seconds = b.seconds * a
    if seconds is None:
        raise Mistake(
            "expr-type",
            f"`{op}` does not take these two",
            "durations are added, subtracted or multiplied by whole numbers",
        )
    if not 0 <= seconds <= MAX_YEARS * 366 * 86_400:
        raise Mistake("bad-duration", "this duration is negative or too long")
    return ex.Literal_(Duration(seconds=seconds), "duration")


def signed(operand: ex.Expr, minus: bool) -> ex.Expr:
    """`+x` and `-x` of numbers."""
    if ex.type_of(operand) != "number":
        raise Mistake("expr-type", f"a sign stands before numbers, not before {ex.named(ex.type_of(operand))}")
    if not minus:
        return operand
    if isinstance(operand, ex.Literal_) and isinstance(operand.value, int | float):
        return ex.Literal_(-operand.value, "number")
    return ex.Arithmetic("-", ex.Literal_(0, "number"), operand, "number")
