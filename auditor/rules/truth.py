"""Conditions whose truth does not depend on any value."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.rules.expressions import And, Call, Compare, Expr, IsNone, Literal_, Member, Not, Or, type_of

Values = frozenset[object]


def parts(expr: Expr) -> Iterator[Expr]:
    """A condition and all conditions inside it."""
    yield expr
    match expr:
        case And(inner) | Or(inner):
            for part in inner:
                yield from parts(part)
        case Not(operand):
            yield from parts(operand)


def certain_truth(expr: Expr) -> bool | None:
    """True or False when the condition can be nothing else (or is unknown), else None."""
    match expr:
        case Literal_(value) if type_of(expr) == "bool":
            return bool(value)
        case Compare(op, left, right) if left == right:
            return op in ("==", "<=", ">=")
        case Compare("==", Call("lower"), Literal_(str(value))) | Compare("==", Literal_(str(value)), Call("lower")):
            return False if value != value.lower() else None
        case Member(Call("lower"), options):
            return False if all(str(o.value) != str(o.value).lower() for o in options) else None
        case And(inner):
            return False if _clash(inner, negative=False) else None
        case Or(inner):
            return True if _clash(inner, negative=True) else None
    return None


def _clash(inner: tuple[Expr, ...], *, negative: bool) -> bool:
    """`x == a and x == b`, or `x != a or x != b`: no value of x can be in both."""
    seen: dict[Expr, Values] = {}
    for part in inner:
        item, values = _allowed(part, negative)
        if item is None:
            continue
        seen[item] = seen.get(item, values) & values
        if not seen[item]:
            return True
    return any(Not(part) in inner for part in inner) or any(
        isinstance(part, IsNone) and part.operand in seen and not negative for part in inner
    )


def _allowed(part: Expr, negative: bool) -> tuple[Expr | None, Values]:
    """The operand and the values that a part allows it (`negative`: that a part forbids)."""
    if isinstance(part, Not) and negative:
        inner, none = _allowed(part.operand, False)
        return inner, none
    match part:
        case Compare("!=", item, Literal_(value)) if negative:
            return item, frozenset({value})
        case Compare("==", item, Literal_(value)) if not negative:
            return item, frozenset({value})
        case Member(item, options) if not negative:
            return item, frozenset(option.value for option in options)
    return None, frozenset()
