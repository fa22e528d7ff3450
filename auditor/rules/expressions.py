"""The typed syntax tree of conditions; no evaluation here.

Conditions are three-valued (Kleene): a missing value makes a condition unknown, and unknown is never false.
The engine compiles this tree to its query language; the direct evaluator in the tests walks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from auditor.base.durations import Duration

Type = Literal["text", "bool", "number", "instant", "duration"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Value = str | bool | int | float | datetime | Duration


@dataclass(frozen=True)
class Column:
    """The value of a field: of the event that is tested, or, with `trigger`, of the activating event.

    `time` may be named here; it is an interval where the source is imprecise.
    """

    name: str
    type: Type
    trigger: bool = False


@dataclass(frozen=True)
class Literal_:  # noqa: N801 - `Literal` is taken by typing
    """A constant; instants are naive UTC; a duration here is always elapsed time."""

    value: Value
    type: Type


@dataclass(frozen=True)
class Compare:
    """`left op right`; both of one type.  Unknown when either side is missing.

    Instants that carry an interval (only `time`, ± durations): true when certain, false when impossible, else unknown.
    """

    op: Comparison
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Member:
    """`item in options`, options constants of the item's type; unknown when the item is missing."""

    item: Expr
    options: tuple[Literal_, ...]


@dataclass(frozen=True)
class IsNone:
    """True where the operand is missing or unknown, else false; never unknown itself."""

    operand: Expr


@dataclass(frozen=True)
class Not:
    """Kleene negation."""

    operand: Expr


@dataclass(frozen=True)
class And:
    """Kleene conjunction of two or more conditions."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Or:
    """Kleene disjunction of two or more conditions."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Arithmetic:
    """`+ - *` on numbers; number `*` duration and `+ -` on durations, of type `duration`; `+ -` of an instant and a
    duration, of type `instant` (number and instant on the left).  Missing when a side is missing.
    """

    op: Literal["+", "-", "*"]
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True)
class Call:
    """A function; missing when an argument is missing.

    lower(text) → text.  startswith(text, prefix), contains(text, part), matches(text, pattern) → bool; second
    argument always a constant; `matches` searches an RE2 pattern anywhere in the text.
    hours_between(a, b) → number: hours from instant a to instant b, negative when b is earlier; missing when a named
    `time` is imprecise.
    """

    name: Literal["lower", "startswith", "contains", "matches", "hours_between"]
    arguments: tuple[Expr, ...]
    type: Type


Expr = Column | Literal_ | Compare | Member | IsNone | Not | And | Or | Arithmetic | Call


def columns(expr: Expr | None) -> frozenset[Column]:
    """Every column that an expression names."""
    match expr:
        case None | Literal_():
            return frozenset()
        case Column():
            return frozenset({expr})
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return columns(left) | columns(right)
        case Member(item) | IsNone(item) | Not(item):
            return columns(item)
        case And(parts) | Or(parts) | Call(_, parts):
            return frozenset().union(*(columns(part) for part in parts))


def type_of(expr: Expr) -> Type:
    """The type of an expression's value; conditions are `bool`."""
    return expr.type if isinstance(expr, Column | Literal_ | Arithmetic | Call) else "bool"


def named(type: Type) -> str:
    """A type with its article, for messages."""
    return {"text": "a text", "bool": "a yes/no value", "number": "a number", "instant": "an instant",
            "duration": "a duration"}[type]  # fmt: skip
