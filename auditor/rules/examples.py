"""Field values that make a condition true or false, for examples: found by trying, so none may be found."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from auditor.log.schema import FIELDS, Field
from auditor.rules import expressions as ex

MOST = 20  # assignments tried for any part of a condition
_TESTS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = ("a", "b", "c")
Values = dict[str, Any]


def assignments(
    condition: ex.Expr | None,
    fields: Mapping[str, Field],
    *,
    truth: bool = True,
    trigger: Mapping[str, Any] | None = None,
) -> Iterator[Values]:
    """Values of an event's fields with which the condition is true (or false); `trigger` are those of the activating
    event.  None for a condition that compares times, or calculates.
    """
    if condition is None:
        return iter([{}] if truth else [])
    search = _Search({**FIELDS, **fields}, trigger or {}, sorted(set(_numbers(condition))))
    return islice(search.solve(condition, truth), MOST)


def sample(column: ex.Column, fields: Mapping[str, Field]) -> Any:
    """Some value of a column; None for an instant."""
    return next(iter(_Search({**FIELDS, **fields}, {}).some(column)), None)


class _Search:
    def __init__(
        self, fields: Mapping[str, Field], trigger: Mapping[str, Any], numbers: Sequence[int | float] = ()
    ) -> None:
        self.fields, self.trigger = fields, trigger
        self.numbers = numbers  # that the condition names

    def solve(self, expr: ex.Expr, truth: bool) -> Iterator[Values]:
        match expr:
            case ex.Literal_(constant):
                yield from [{}] if constant is truth else []
            case ex.Column(name, _, False):
                yield {name: truth}
            case ex.Not(operand):
                yield from self.solve(operand, not truth)
            case ex.And(parts) | ex.Or(parts):
                if isinstance(expr, ex.And) == truth:
                    yield from self._all(parts, truth)
                else:
                    for part in parts:
                        yield from self.solve(part, truth)
            case ex.IsNone(ex.Column(name, _, False) as column):
                yield from ({name: value} for value in ([None] if truth else self.some(column)))
            case ex.Member(item, options):
                inside = [option.value for option in options]
                wanted = inside if truth else [value for value in self.some(item) if value not in inside]
                yield from self._given(item, wanted)
            case ex.Compare(op, left, right):
                yield from self._compared(op, left, right, truth)
            case ex.Call(name, (ex.Column() as column, ex.Literal_(str(text)))):
                texts = [value for value in (*_spelt(text), *_WORDS) if _calls(name, value, text) is truth]
                yield from self._given(column, texts)

    def _all(self, parts: Sequence[ex.Expr], truth: bool) -> Iterator[Values]:
        if not parts:
            yield {}
            return
        for first in islice(self.solve(parts[0], truth), MOST):
            for rest in self._all(parts[1:], truth):
                if all(rest[name] == first[name] for name in first.keys() & rest.keys()):
                    yield first | rest

    def _compared(self, op: ex.Comparison, left: ex.Expr, right: ex.Expr, truth: bool) -> Iterator[Values]:
        constant = self._constant(right)
        if constant is None and self._constant(left) is not None:
            left, right, op, constant = right, left, _MIRRORED.get(op, op), self._constant(left)  # type: ignore[assignment]
        if constant is None or ex.type_of(left) in ("instant", "duration"):
            return
        near = [constant, *self.some(left)]
        if ex.type_of(left) == "number":
            near = [number + step for number in (constant, *self.numbers) for step in (0, 1, -1)]
        yield from self._given(left, [value for value in near if _TESTS[op](value, constant) is truth])

    def _constant(self, expr: ex.Expr) -> Any:
        match expr:
            case ex.Literal_(value):
                return value
            case ex.Column(name, _, True):
                return self.trigger.get(name)
        return None

    def _given(self, item: ex.Expr, values: Sequence[Any]) -> Iterator[Values]:
        match item:
            case ex.Column(name, _, False) | ex.Call("lower", (ex.Column(name, _, False),)):
                yield from ({name: value} for value in values)

    def some(self, item: ex.Expr) -> Sequence[Any]:
        """Values that an item may have."""
        match ex.type_of(item):
            case "text":
                known = (
                    self.fields[item.name].values if isinstance(item, ex.Column) and item.name in self.fields else ()
                )
                return sorted(known) or _WORDS
            case "bool":
                return (True, False)
            case "number":
                return (1, 2)
        return ()


def _numbers(expr: ex.Expr) -> Iterator[int | float]:
    """The numbers in a condition."""
    match expr:
        case ex.Literal_(value, "number") if isinstance(value, int | float):
            yield value
        case ex.Compare(_, left, right) | ex.Arithmetic(_, left, right):
            yield from (*_numbers(left), *_numbers(right))
        case ex.And(parts) | ex.Or(parts):
            yield from (number for part in parts for number in _numbers(part))
        case ex.Not(operand):
            yield from _numbers(operand)


def _spelt(pattern: str) -> list[str]:
    """Texts that a simple pattern may match: the pattern itself, less its anchors, digits for classes of digits."""
    plain = pattern.removeprefix("(?i)").removeprefix("^").removesuffix("$")
    return [pattern, re.sub(r"(\[0-9\]|\\d)[+*]?", "1", plain)]


def _calls(name: str, value: str, text: str) -> bool:
    if name == "startswith":
        return value.startswith(text)
    if name == "contains":
        return text in value
    try:
        return re.search(text, value) is not None
    except re.error:  # RE2 knows a little that Python does not
        return False
