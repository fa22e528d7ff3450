"""Random typed conditions and patterns, made from the model without the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from hypothesis import strategies as st

from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.expressions import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Comparison,
    Expr,
    IsNone,
    Literal_,
    Member,
    Not,
    Or,
)
from auditor.rules.model import Pattern

from . import show
from .alphabet import ALL_FIELDS, BOOLS, EVENTS, INSTANTS, NUMBERS, TEXTS
from .logs import moments

COMPARISONS: tuple[Comparison, ...] = ("==", "!=", "<", "<=", ">", ">=")
TIME = "time"


@st.composite
def conditions(
    draw: st.DrawFn,
    base: datetime,
    *,
    trigger: bool = False,
    fields: Mapping[str, Field] = ALL_FIELDS,
    depth: int = 2,
    monotone: bool = False,
) -> Expr:
    """A typed condition; `trigger` allows fields of the activating event, `monotone` leaves out `is None`."""

    def inner() -> Expr:
        part: Expr = draw(conditions(base, trigger=trigger, fields=fields, depth=depth - 1, monotone=monotone))
        return part

    shape = draw(st.sampled_from(("leaf", "leaf", "leaf", "and", "or", "not"))) if depth else "leaf"
    match shape:
        case "and":
            return And((inner(), inner()))
        case "or":
            return Or((inner(), inner()))
        case "not":
            return Not(inner())
        case _:
            leaf: Expr = draw(_leaves(base, trigger, fields, monotone))
            return leaf


@st.composite
def _leaves(draw: st.DrawFn, base: datetime, trigger: bool, fields: Mapping[str, Field], monotone: bool) -> Expr:
    def owner() -> bool:
        return trigger and draw(st.booleans())

    def named(names: Mapping[str, object] | tuple[str, ...]) -> str:
        known = [name for name in names if name in fields]
        return draw(st.sampled_from(known or [name for name in names if name in ALL_FIELDS]))

    kinds = ["text", "text", "member", "bool", "number", "time"] + ["none", "deadline"] * (not monotone)
    groups = {"bool": BOOLS, "number": tuple(NUMBERS), "deadline": INSTANTS}
    kinds = [kind for kind in kinds if kind not in groups or any(name in fields for name in groups[kind])]
    if trigger:
        kinds += ["same", "since", "hours"] if not monotone else ["same", "since"]
    op = draw(st.sampled_from(COMPARISONS))
    match draw(st.sampled_from(kinds)):
        case "text":
            name = named(TEXTS)
            column = Column(name, "text", owner())
            return draw(_texts(column, TEXTS[name], op))
        case "member":
            name = named(TEXTS)
            options = draw(st.lists(st.sampled_from(TEXTS[name]), min_size=1, max_size=2, unique=True))
            return Member(Column(name, "text", owner()), tuple(Literal_(option, "text") for option in options))
        case "bool":
            column = Column(named(BOOLS), "bool", owner())
            is_false = Compare("==", column, Literal_(False, "bool"))
            return is_false if draw(st.booleans()) else column
        case "number":
            name = named(NUMBERS)
            left: Expr = Column(name, "number", owner())
            if draw(st.booleans()):
                left = Arithmetic(draw(st.sampled_from(("+", "-", "*"))), left, Literal_(2, "number"), "number")
            return Compare(op, left, Literal_(draw(st.sampled_from(NUMBERS[name])), "number"))
        case "none":
            name = named((*TEXTS, *BOOLS))
            return IsNone(Column(name, "text" if name in TEXTS else "bool", owner()))
        case "deadline":
            return Compare(op, Column(TIME, "instant", owner()), Column("deadline", "instant", owner()))
        case "same":
            name = named(TEXTS)
            return Compare(
                draw(st.sampled_from(("==", "!="))), Column(name, "text"), Column(name, "text", trigger=True)
            )
        case "since":
            length = Literal_(Duration(seconds=3600 * draw(st.sampled_from((0, 1, 24)))), "duration")
            late = Arithmetic(draw(st.sampled_from(("+", "-"))), Column(TIME, "instant", True), length, "instant")
            return Compare(op, Column(TIME, "instant"), late)
        case "hours":
            ends = (Column(TIME, "instant", trigger=True), Column(TIME, "instant"))
            return Compare(op, Call("hours_between", ends, "number"), Literal_(draw(st.integers(-2, 2)), "number"))
        case _:
            return Compare(op, Column(TIME, "instant", owner()), Literal_(draw(moments(base)), "instant"))


@st.composite
def _ties(draw: st.DrawFn, fields: Mapping[str, Field]) -> Expr:
    """`actor == trigger.actor`, either way round."""
    name = draw(st.sampled_from([name for name in TEXTS if name in fields] or list(TEXTS)))
    one, other = Column(name, "text"), Column(name, "text", trigger=True)
    return Compare("==", one, other) if draw(st.booleans()) else Compare("==", other, one)


@st.composite
def _texts(draw: st.DrawFn, column: Column, values: tuple[str, ...], op: Comparison) -> Expr:
    value = draw(st.sampled_from(values))
    function = draw(st.sampled_from(("", "", "", "lower", "startswith", "contains", "matches")))
    if function == "":
        return Compare(op, column, Literal_(value, "text"))
    if function == "lower":
        return Compare("==", Call("lower", (column,), "text"), Literal_(value.lower(), "text"))
    part = {"startswith": value[:1], "contains": value[-1:], "matches": f"^{value[:1]}.$"}[function]
    name: Literal["startswith", "contains", "matches"] = function  # type: ignore[assignment]
    return Call(name, (column, Literal_(part, "text")), "bool")


@st.composite
def patterns(
    draw: st.DrawFn,
    base: datetime,
    *,
    trigger: bool = False,
    fields: Mapping[str, Field] = ALL_FIELDS,
    monotone: bool = False,
) -> Pattern:
    """Any event, one, or several, mostly without condition."""
    few = st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True).map(tuple)
    events: tuple[str, ...] | None = draw(st.one_of(few, few, few, st.none()))
    where = None
    if draw(st.integers(0, 2)) == 2:
        where = draw(conditions(base, trigger=trigger, fields=fields, monotone=monotone))
    if trigger and draw(st.integers(0, 5)) == 5:
        same = draw(_ties(fields))
        where = same if where is None else And((same, where))
    return Pattern(events, where, "" if where is None else show.expression(where))
