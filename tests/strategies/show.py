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
from auditor.rules.model import Measure, NamedClock, Obligation, Pattern, Rule
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
    elif obligation.column is not None:
        lines.append(f"  agree: {obligation.column.name}")
    elif obligation.measure is not None:
        lines.append(f"  measure: {{{_measure(obligation.measure)}}}")
    elif obligation.pattern is not None:
        lines.append(f"  {obligation.kind}: {{{_target(obligation, obligation.pattern)}}}")
    if value.clock is not None:
        lines.append(f"  clock: {_clock(value.clock)}")
    if value.service_level is not None:
        level = value.service_level
        lines.append(f"  service_level: {{share: {level.share}, by: {list(level.by)}, minimum: {level.minimum}}}")
    lines.append(f"  per: [{', '.join(value.per)}]")
    if value.unless is not None:
        lines.append(f"  unless: {{{pattern(value.unless)}}}")
    if value.effective.start or value.effective.end:
        lines.append(f"  effective: [{_bound(value.effective.start)}, {_bound(value.effective.end)})")
    if value.jurisdiction:
        lines.append(f"  jurisdiction: [{', '.join(value.jurisdiction)}]")
    return "\n".join(lines)


def _target(value: Obligation, target: Pattern) -> str:
    parts = [pattern(target)]
    if value.within is not None:
        parts.append(f"within: {value.within}")
    if value.length is not None:
        parts.append(f"within: {expression(value.length)}")
    if value.due is not None:
        parts.append(f"due: {expression(value.due)}")
    if isinstance(value.before, Pattern):
        parts.append(f"before: {{{pattern(value.before)}}}")
    elif value.before is not None:
        parts.append("before: next")
    for name in ("at_least", "at_most"):
        if getattr(value, name) is not None:
            parts.append(f"{name}: {getattr(value, name)}")
    return ", ".join(part for part in parts if part)


def _measure(value: Measure) -> str:
    parts = [f"to: {{{pattern(value.end)}}}", f"statistic: {value.statistic}"]
    for name in ("within", "at_most", "at_least"):
        if getattr(value, name) is not None:
            parts.append(f"{name}: {getattr(value, name)}")
    if value.leave_out is not None:
        parts.append(f"leave_out: {{{pattern(value.leave_out)}}}")
    return ", ".join([*parts, f"by: {list(value.by)}", f"minimum: {value.minimum}"])


def _clock(value: NamedClock) -> str:
    parts = [f"timezone: {value.zone}"]
    if value.hours:
        parts.append(f"hours from Monday in seconds: {value.hours}")
    if value.holidays:
        parts.append(f"holidays: {list(value.holidays)}")
    if value.closed:
        parts.append(f"closed: [{', '.join(map(str, value.closed))}]")
    for pause in value.pauses:
        parts.append(f"pause: {{from: {{{pattern(pause.start)}}}, to: {{{pattern(pause.end)}}}}}")
    return f"{{{', '.join(parts)}}}"


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
