"""Random valid rules, made from the model without the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from hypothesis import strategies as st

from auditor.base.diagnostics import Place
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
from auditor.rules.model import NEXT, Effective, Kind, Obligation, Pattern, Rule

from . import show
from .alphabet import ALL_FIELDS, BASES, BOOLS, EVENTS, INSTANTS, NUMBERS, TEXTS, ZONES
from .logs import moments

KINDS: tuple[Kind, ...] = (
    "assert", "followed_by", "preceded_by", "accompanied_by",
    "not_followed_by", "not_preceded_by", "not_accompanied_by",
)  # fmt: skip
COMPARISONS: tuple[Comparison, ...] = ("==", "!=", "<", "<=", ">", ">=")
PER = (
    ("report_id",), ("report_id",), ("content_id",), ("account_id",), ("report_id", "content_id"),
    ("content_id", "platform"),
)  # fmt: skip
TIME = "time"


class LegibleRule(Rule):
    """A rule that prints as it would be written."""

    def __repr__(self) -> str:
        return "\n" + show.rule(self) + "\n"


def durations(*, calendar: bool = True) -> st.SearchStrategy[Duration]:
    """Lengths that meet the grid of times: elapsed and, unless refused, calendar units."""
    elapsed = st.sampled_from((0, 1, 2, 12, 24, 48)).map(lambda hours: Duration(seconds=3600 * hours))
    units = st.sampled_from((Duration(days=1), Duration(days=2), Duration(days=7), Duration(months=1)))
    return st.one_of(elapsed, elapsed, units) if calendar else elapsed


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
    return Pattern(events, where, "" if where is None else show.expression(where))


@st.composite
def obligations(
    draw: st.DrawFn,
    base: datetime,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    calendar: bool = True,
    fields: Mapping[str, Field] = ALL_FIELDS,
    monotone: bool = False,
) -> Obligation:
    """One of the seven obligations with the bounds that it may have."""
    kind = draw(st.sampled_from(kinds))
    if kind == "assert":
        condition = draw(conditions(base, fields=fields, monotone=monotone))
        return Obligation(kind, condition=condition, text=show.expression(condition))
    pattern = draw(patterns(base, trigger=True, fields=fields, monotone=monotone))
    within = draw(durations(calendar=calendar))
    if kind == "accompanied_by":
        return Obligation(kind, pattern, within=within)
    if kind != "followed_by":
        return Obligation(kind, pattern, within=within if draw(st.booleans()) else None)
    bound = st.one_of(patterns(base, trigger=True, fields=fields, monotone=monotone), st.just(NEXT))
    shape = draw(st.sampled_from(("within", "before", "both")))
    return Obligation(
        kind,
        pattern,
        within=None if shape == "before" else within,
        before=None if shape == "within" else draw(bound),
    )


@st.composite
def rules(
    draw: st.DrawFn,
    base: datetime | None = None,
    *,
    id: str = "rule",
    kinds: tuple[Kind, ...] = KINDS,
    calendar: bool = True,
    nth: bool = True,
    unless: bool = True,
    fields: Mapping[str, Field] = ALL_FIELDS,
    monotone: bool = False,
) -> Rule:
    """A rule; `base` is the start of the log that it is meant for."""
    start = draw(st.sampled_from(BASES)) if base is None else base
    few = st.integers(0, 3).map(lambda n: n == 3)
    effective = Effective()
    if draw(few):
        first = draw(moments(start))
        length = timedelta(hours=draw(st.sampled_from((1, 12, 24, 48))))
        effective = draw(st.sampled_from((Effective(first), Effective(None, first), Effective(first, first + length))))
    return LegibleRule(
        id=id,
        title=id,
        severity="medium",
        when=draw(patterns(start, fields=fields, monotone=monotone)),
        obligation=draw(obligations(start, kinds=kinds, calendar=calendar, fields=fields, monotone=monotone)),
        place=Place("generated.yaml"),
        nth=draw(st.integers(1, 3)) if nth and draw(few) else None,
        per=draw(st.sampled_from([per for per in PER if all(key in fields for key in per)])),
        unless=draw(patterns(start, trigger=True, fields=fields, monotone=monotone)) if unless and draw(few) else None,
        effective=effective,
        jurisdiction=draw(st.sampled_from((("DE",), ("DE", "FR")))) if "jurisdiction" in fields and draw(few) else (),
        zone=draw(st.sampled_from(ZONES)),
    )
