"""Rules and logs as text that a person can read, and paste into a conformance file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from auditor.log.schema import VOCABULARY
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
from auditor.rules.model import Pattern, Rule
from tests.reference import Event


def expression(expr: Expr) -> str:
    """A condition as it would be written."""
    match expr:
        case Column(name, _, trigger):
            return f"trigger.{name}" if trigger else name
        case Literal_(value):
            return _literal(value)
        case Compare(op, left, right) | Arithmetic(op, left, right):
            return f"({expression(left)} {op} {expression(right)})"
        case Member(item, options):
            return f"{expression(item)} in [{', '.join(expression(option) for option in options)}]"
        case IsNone(operand):
            return f"{expression(operand)} is None"
        case Not(operand):
            return f"not ({expression(operand)})"
        case And(parts):
            return "(" + " and ".join(expression(part) for part in parts) + ")"
        case Or(parts):
            return "(" + " or ".join(expression(part) for part in parts) + ")"
        case Call(name, arguments):
            return f"{name}({', '.join(expression(argument) for argument in arguments)})"


def _literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f'"{instant(value)}"'
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def instant(value: datetime) -> str:
    """An instant, short."""
    return value.isoformat(sep=" ", timespec="auto") + "Z"


def pattern(value: Pattern) -> str:
    """A pattern as a flow mapping, without its braces."""
    parts = [] if value.events is None else [f"event: [{', '.join(value.events)}]"]
    if value.where is not None:
        parts.append(f"where: '{expression(value.where)}'")
    return ", ".join(parts)


def rule(value: Rule) -> str:
    """A rule on a few lines."""
    nth = [] if value.nth is None else [f"nth: {value.nth}"]
    lines = [f"rule {value.id} ({value.zone})", f"  when: {{{', '.join([pattern(value.when), *nth])}}}"]
    obligation = value.obligation
    if obligation.condition is not None:
        lines.append(f"  assert: '{expression(obligation.condition)}'")
    elif obligation.pattern is not None:
        parts = [pattern(obligation.pattern)]
        if obligation.within is not None:
            parts.append(f"within: {obligation.within}")
        if isinstance(obligation.before, Pattern):
            parts.append(f"before: {{{pattern(obligation.before)}}}")
        elif obligation.before is not None:
            parts.append("before: next")
        lines.append(f"  {obligation.kind}: {{{', '.join(part for part in parts if part)}}}")
    lines.append(f"  per: [{', '.join(value.per)}]")
    if value.unless is not None:
        lines.append(f"  unless: {{{pattern(value.unless)}}}")
    if value.effective.start or value.effective.end:
        lines.append(f"  effective: [{_bound(value.effective.start)}, {_bound(value.effective.end)})")
    if value.jurisdiction:
        lines.append(f"  jurisdiction: [{', '.join(value.jurisdiction)}]")
    return "\n".join(lines)


def _bound(value: datetime | None) -> str:
    return "" if value is None else instant(value)


def event(value: Event) -> str:
    """An event on one line."""
    when = instant(value.time)
    if value.time_latest != value.time:
        when += f" .. {instant(value.time_latest)}"
    values = ", ".join(f"{k}: {_bound(v) if isinstance(v, datetime) else v}" for k, v in value.values.items())
    return f"  - [{value.identity}, {value.event}, {when}, {{{values}}}]  # row {value.place}"


def covers(names: frozenset[str]) -> str:
    """The names that a log covers."""
    return "all" if set(VOCABULARY) <= names else f"[{', '.join(sorted(names))}]"
