"""Boolean expressions that fold where one side is known when the query is made.

`Truth` is a Python bool (known now) or a boolean Ibis expression.  Three-valued conditions (null = unknown) are turned
into two-valued ones by `certain` and `possible` and nowhere else: asking `.isnull()` of a condition compiles to
`NOT (x) IS NULL`, which SQL reads the other way round.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, TypeAlias

import ibis
import ibis.expr.types as ir

Truth: TypeAlias = bool | ir.BooleanValue


def certain(condition: ir.BooleanValue) -> ir.BooleanValue:
    """True where a three-valued condition is true; false where it is false or unknown."""
    return ibis.coalesce(condition, ibis.literal(False))


def possible(condition: ir.BooleanValue) -> ir.BooleanValue:
    """True where a three-valued condition is true or unknown."""
    return ibis.coalesce(condition, ibis.literal(True))


def both(*parts: Truth) -> Truth:
    """Conjunction of two-valued truths."""
    if any(part is False for part in parts):
        return False
    open_parts = list({id(part): part for part in parts if part is not True}.values())
    return reduce(lambda a, b: a & b, open_parts) if open_parts else True


def either(*parts: Truth) -> Truth:
    """Disjunction of two-valued truths."""
    if any(part is True for part in parts):
        return True
    open_parts = list({id(part): part for part in parts if part is not False}.values())
    return reduce(lambda a, b: a | b, open_parts) if open_parts else False


def negation(part: Truth) -> Truth:
    """The opposite of a two-valued truth."""
    return (not part) if isinstance(part, bool) else ~part


def expression(part: Truth) -> ir.BooleanValue:
    """The truth as an expression of the query."""
    return ibis.literal(part) if isinstance(part, bool) else part


def choose(*cases: tuple[Truth, Any], otherwise: Any) -> Any:
    """The value of the first case that is true; every condition must be two-valued."""
    arms: list[tuple[ir.BooleanValue, Any]] = []
    for condition, value in cases:
        if condition is True:
            otherwise = value
            break
        if condition is not False:
            arms.append((condition, value))
    if not arms:
        return otherwise
    return ibis.cases(*arms, else_=otherwise)


def least(values: list[Any]) -> Any:
    """The least of values that are not null; null when there is none."""
    found = [value for value in values if value is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else ibis.least(*found)


def greatest(values: list[Any]) -> Any:
    """The greatest of values that are not null; null when there is none."""
    found = [value for value in values if value is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else ibis.greatest(*found)
