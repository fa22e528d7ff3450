"""Constants: literals, and texts that stand for instants and durations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.base.durations import Duration, parse_duration
from auditor.rules.expressions import Expr, Literal_
from auditor.rules.instants import parse_instant

MAX_INTEGER = 2**63 - 1


TOLD = ""  # the code of a mistake that was told where it was made


@dataclass
class Mistake(Exception):  # noqa: N818 - it becomes a Fault; it is not an error of the program
    """What is wrong with a part of a condition, before its place is known."""

    code: str
    message: str
    help: str = ""


def literal(value: Any) -> Literal_:
    """A constant of Python's syntax as one of ours."""
    if isinstance(value, bool):
        return Literal_(value, "bool")
    if isinstance(value, int | float):
        if abs(value) > MAX_INTEGER:
            raise Mistake("expr-number", "this number is too large", "at most 9223372036854775807")
        return Literal_(value, "number")
    if isinstance(value, str):
        return Literal_(value, "text")
    if value is None:
        raise Mistake("expr-none", "None can stand only after `is`", "write `field is None`")
    raise Mistake("expr-syntax", "this constant is not part of the language of conditions")


def beside_instant(side: Expr, zone: str, moving: bool) -> Expr:
    """A text constant that is compared with an instant, or added to one."""
    if not (isinstance(side, Literal_) and isinstance(side.value, str)):
        raise Mistake("expr-type", "this is a text; the other side is an instant", "compare instants with instants")
    if not moving:
        try:
            return Literal_(parse_instant(side.value, zone), "instant")
        except ValueError as error:
            raise Mistake("expr-instant", f"`{side.value}` is not an instant: {error}", "") from None
    return span(side.value)


def span(text: str) -> Literal_:
    """`24h` as a constant."""
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise Mistake("bad-duration", f"`{text}` is not a duration", str(error)) from None
    return elapsed(Literal_(duration, "duration"))


def elapsed(side: Literal_) -> Literal_:
    """A duration that can stand in a condition."""
    if isinstance(side.value, Duration) and side.value.calendar:
        raise Mistake(
            "expr-calendar",
            f"`{side.value}` is a calendar unit; conditions know elapsed time only",
            "write hours, such as 24h; calendar units belong in `within`",
        )
    return side
