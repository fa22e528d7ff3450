"""Times and lengths of time as text, written by the engine and not by Python."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir


def iso(moment: ir.TimestampValue) -> ir.StringValue:
    """`2020-01-21T09:00:00Z`; microseconds only where there are any.  Null stays null."""
    whole = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return ibis.ifelse(moment.microsecond() == 0, whole, moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def wall(moment: ir.TimestampValue) -> ir.StringValue:
    """`2020-01-21 09:00:00`, a time on a wall; microseconds only where there are any."""
    whole = moment.strftime("%Y-%m-%d %H:%M:%S")
    return ibis.ifelse(moment.microsecond() == 0, whole, moment.strftime("%Y-%m-%d %H:%M:%S.%f"))


def seconds_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    """Whole seconds from `start` to `end`."""
    return end.epoch_seconds().cast("int64") - start.epoch_seconds().cast("int64")


_SECONDS, _MINUTES = (["", *(f" {n:02} {unit}" for n in range(1, 60))] for unit in ("s", "min"))
_HOURS = ["", *(f" {n} h" for n in range(1, 24))]
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span(seconds: ir.IntegerValue) -> ir.StringValue:
    """A length of time, two units at most: `45 s`, `12 min 30 s`, `26 h 04 min`, `36 d 2 h`.

    `seconds` is best a column, since it stands in the query a dozen times.
    """

    def two(large: int, unit: str, small: int, rests: list[str]) -> ir.StringValue:
        rest = ibis.literal(rests, "array<string>")[seconds // small % len(rests)]
        return (seconds // large).cast("string") + unit + rest

    return ibis.cases(
        (seconds < 1, "less than 1 s"),
        (seconds < _MINUTE, seconds.cast("string") + " s"),
        (seconds < _HOUR, two(_MINUTE, " min", 1, _SECONDS)),
        (seconds < 3 * _DAY, two(_HOUR, " h", _MINUTE, _MINUTES)),
        else_=two(_DAY, " d", _HOUR, _HOURS),
    )


def span_text(seconds: float, *, days: bool = True) -> str:
    """The same as `span`, for a length of time that Python holds; in hours where `days` have no fixed length."""
    whole = int(seconds)

    def two(large: int, unit: str, small: int, rests: list[str]) -> str:
        return f"{whole // large}{unit}{rests[whole // small % len(rests)]}"

    if whole < 1:
        return "less than 1 s" if seconds else "0 s"
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return two(_MINUTE, " min", 1, _SECONDS)
    if whole < 3 * _DAY or not days:
        return two(_HOUR, " h", _MINUTE, _MINUTES)
    return two(_DAY, " d", _HOUR, _HOURS)


def iso_text(moment: datetime) -> str:
    """The same as `iso`, for a moment (naive UTC) that Python holds."""
    return moment.isoformat() + "Z"
