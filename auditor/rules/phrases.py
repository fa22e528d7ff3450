"""Parts of a rule in words: conditions, patterns, times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from auditor.rules import expressions as ex
from auditor.rules.model import Pattern, Rule

_COMPARED = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_TIMED = {"<": "is before", "<=": "is at or before", ">": "is after", ">=": "is at or after"}
_CALLS = {"startswith": "starts with", "contains": "contains", "matches": "matches the pattern"}
_SUBJECTS = {"content_id": "content", "platform": "platform"}


def listed(words: Sequence[str], last: str) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def pattern(value: Pattern) -> str:
    """`report.received where category is …`."""
    events = "any event" if value.events is None else listed(value.events, "or")
    if value.where is None:
        return events
    if value.events is not None and len(value.events) > 1:
        events = f"any of {events}"  # the condition is asked of each
    return f"{events} where {condition(value.where)}"


def subject(rule: Rule) -> str:
    """`the same report`; of several keys `the same content and platform`."""
    names = [_SUBJECTS.get(key, key.removesuffix("_id")) for key in rule.per]
    return "the same " + listed(names, "and")


def condition(expr: ex.Expr) -> str:
    """A condition in words."""
    match expr:
        case ex.And(parts):
            return " and ".join(_grouped(part, ex.Or) for part in parts)
        case ex.Or(parts):
            return " or ".join(_grouped(part, ex.And) for part in parts)
        case ex.Not(ex.IsNone(operand)):
            return f"{value(operand)} is known"
        case ex.Not(ex.Member(item, options)):
            return f"{value(item)} is not {_one_of(options)}"
        case ex.Not(ex.Column() as column):
            return f"not {value(column)}"
        case ex.Not(operand):
            return f"not ({condition(operand)})"
        case ex.IsNone(operand):
            return f"{value(operand)} is missing"
        case ex.Member(item, options):
            return f"{value(item)} is {_one_of(options)}"
        case ex.Compare(op, left, right):
            words = _TIMED if ex.type_of(left) == "instant" else {}
            return f"{value(left)} {words.get(op, _COMPARED[op])} {value(right)}"
        case ex.Call(name, (first, second)) if name in _CALLS:
            return f"{value(first)} {_CALLS[name]} {value(second)}"
    return value(expr)


def value(expr: ex.Expr) -> str:
    """A value in words."""
    match expr:
        case ex.Column(name, _, trigger):
            return f"the activating event's {name}" if trigger else name
        case ex.Literal_(constant):
            return _constant(constant)
        case ex.Arithmetic(op, left, right):
            return f"({value(left)} {'×' if op == '*' else op} {value(right)})"
        case ex.Call("lower", (inner,)):
            return f"{value(inner)} in small letters"
        case ex.Call("hours_between", (start, end)):
            return f"the hours from {value(start)} to {value(end)}"
    return f"({condition(expr)})"


def bare(expr: ex.Expr) -> str:
    """A value in words that stands alone, so without brackets around it."""
    said = value(expr)
    return said[1:-1] if isinstance(expr, ex.Arithmetic) else said


def _grouped(part: ex.Expr, other: type) -> str:
    return f"({condition(part)})" if isinstance(part, other) else condition(part)


def _one_of(options: Sequence[ex.Literal_]) -> str:
    if len(options) == 1:
        return _constant(options[0].value)
    return "one of " + listed([_constant(option.value) for option in options], "or")


def _constant(constant: Any) -> str:
    if isinstance(constant, bool):
        return "true" if constant else "false"
    if isinstance(constant, datetime):
        return instant(constant, "UTC")
    return f'"{constant}"' if isinstance(constant, str) else str(constant)


def instant(moment: datetime, zone: str) -> str:
    """An instant (UTC without zone) as the zone's wall clock shows it; midnight as a date."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    if local.time() == time():
        return f"{local:%Y-%m-%d} ({zone})"
    shown = local.strftime("%Y-%m-%d %H:%M:%S.%f" if local.microsecond else "%Y-%m-%d %H:%M:%S")
    return f"{shown.removesuffix(':00')} ({zone})"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{suffix}"
