"""Random obligations, made from the model without the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.expressions import Arithmetic, Column, Expr, Literal_
from auditor.rules.model import NEXT, Kind, NamedClock, Obligation

from . import show
from .alphabet import ALL_FIELDS, NUMBERS, TEXTS
from .groups import measures
from .patterns import conditions, patterns

KINDS: tuple[Kind, ...] = (
    "assert", "followed_by", "preceded_by", "accompanied_by",
    "not_followed_by", "not_preceded_by", "not_accompanied_by",
)  # fmt: skip
ALL_KINDS: tuple[Kind, ...] = (*KINDS, "count", "agree", "measure")


def durations(*, calendar: bool = True, clock: NamedClock | None = None) -> st.SearchStrategy[Duration]:
    """Lengths that meet the grid of times: elapsed and, unless refused, the calendar units that the clock allows."""
    elapsed = st.sampled_from((0, 1, 2, 12, 24, 48)).map(lambda hours: Duration(seconds=3600 * hours))
    days = (Duration(days=1), Duration(days=2), Duration(days=7))
    keeps_hours = clock is not None and bool(clock.hours or clock.holidays or clock.closed)
    if not calendar or (keeps_hours and clock is not None and clock.pauses):
        return elapsed
    return st.one_of(elapsed, elapsed, st.sampled_from(days if keeps_hours else (*days, Duration(months=1))))


@st.composite
def obligations(
    draw: st.DrawFn,
    base: datetime,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    calendar: bool = True,
    fields: Mapping[str, Field] = ALL_FIELDS,
    monotone: bool = False,
    clock: NamedClock | None = None,
    stated: bool = False,
) -> Obligation:
    """One of some obligations with the bounds that it may have; `stated`: also with limits that columns state."""
    kind = draw(st.sampled_from(kinds))
    if kind == "assert":
        condition = draw(conditions(base, fields=fields, monotone=monotone))
        return Obligation(kind, condition=condition, text=show.expression(condition))
    if kind == "agree":
        return Obligation(kind, column=draw(_columns(fields)))
    if kind == "measure":
        return Obligation(kind, measure=draw(measures(base, fields=fields, monotone=monotone)))
    pattern = draw(patterns(base, trigger=True, fields=fields, monotone=monotone))
    length: dict[str, Any] = {"within": draw(durations(calendar=calendar, clock=clock))}
    if stated and draw(st.integers(0, 3)) == 3:
        column = draw(_lengths(fields))
        length = {"length": column, "text": show.expression(column)}
    if kind == "accompanied_by":
        return Obligation(kind, pattern, **length)
    if kind == "count":
        return Obligation(kind, pattern, **length, **draw(_numbers()))
    if kind != "followed_by":
        return Obligation(kind, pattern, **(length if draw(st.booleans()) else {}))
    if stated and draw(st.integers(0, 3)) == 3:
        due = draw(_dues())
        length = {"due": due, "text": show.expression(due)}
    bound = st.one_of(patterns(base, trigger=True, fields=fields, monotone=monotone), st.just(NEXT))
    shape = draw(st.sampled_from(("within", "before", "both")))
    return Obligation(
        kind, pattern, before=None if shape == "within" else draw(bound), **({} if shape == "before" else length)
    )


@st.composite
def _numbers(draw: st.DrawFn) -> dict[str, Any]:
    least, most = sorted(draw(st.lists(st.integers(0, 3), min_size=2, max_size=2)))
    sides = draw(st.sampled_from(("least", "most", "both")))
    return {
        **({} if sides == "most" else {"at_least": max(1, least)}),
        **({} if sides == "least" else {"at_most": max(1, most) if sides == "both" else most}),
    }


def _columns(fields: Mapping[str, Field]) -> st.SearchStrategy[Column]:
    """A column to agree on."""
    known = [name for name in (*TEXTS, "is_test", "views") if name in fields] or ["decision"]
    types = {"is_test": "bool", "views": "number"}
    return st.sampled_from(known).map(lambda name: Column(name, types.get(name, "text")))  # type: ignore[arg-type]


@st.composite
def _lengths(draw: st.DrawFn, fields: Mapping[str, Field]) -> Expr:
    """`trigger.score * 12h`, sometimes negative, sometimes missing."""
    name = draw(st.sampled_from([name for name in NUMBERS if name in fields] or list(NUMBERS)))
    number: Expr = Column(name, "number", trigger=True)
    if draw(st.booleans()):
        number = Arithmetic(draw(st.sampled_from(("+", "-"))), number, Literal_(1, "number"), "number")
    unit = Duration(seconds=3600 * draw(st.sampled_from((1, 12, 24))))
    return Arithmetic("*", number, Literal_(unit, "duration"), "duration")


@st.composite
def _dues(draw: st.DrawFn) -> Expr:
    """`trigger.deadline`, or an instant made of the trigger's time, and a grace."""
    start: Expr = Column(draw(st.sampled_from(("deadline", "deadline", "time"))), "instant", trigger=True)
    if draw(st.booleans()):
        return start
    grace = Literal_(Duration(seconds=3600 * draw(st.sampled_from((0, 1, 12, 24)))), "duration")
    return Arithmetic(draw(st.sampled_from(("+", "+", "-"))), start, grace, "instant")
