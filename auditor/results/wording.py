"""Times and lengths of time as text, written by the engine and not by Python."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir


def iso(moment: ir.TimestampValue) -> ir.StringValue:
    """`2020-01-21T09:00:00Z`; microseconds only where there are any.  Null stays null."""
    fraction = ibis.ifelse(moment.microsecond() == 0, "", moment.strftime(".%f"))
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def seconds_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    """Whole seconds from `start` to `end`."""
    return end.epoch_seconds().cast("int64") - start.epoch_seconds().cast("int64")


def span(seconds: ir.IntegerValue) -> ir.StringValue:
    """A length of time, two units at most: `45 s`, `12 min 30 s`, `26 h 04 min`, `36 d 2 h`."""
    # A list of one binds the value to a name, where the query would repeat its whole expression a dozen times.
    return ibis.array([seconds]).map(_span)[0]


def _span(seconds: ir.IntegerValue) -> ir.StringValue:
    minutes, hours = seconds // 60, seconds // 3600
    large = ibis.cases((seconds < 3600, minutes), (hours < 72, hours), else_=hours // 24).cast("string")
    small = ibis.cases((seconds < 3600, seconds % 60), (hours < 72, minutes % 60), else_=hours % 24)
    unit = ibis.cases((seconds < 3600, " min"), (hours < 72, " h"), else_=" d")
    rest = ibis.cases((seconds < 3600, " s"), (hours < 72, " min"), else_=" h")
    digits = ibis.ifelse((small < 10) & (hours < 72), " 0", " ") + small.cast("string")
    return ibis.cases(
        (seconds < 1, "less than 1 s"),
        (seconds < 60, seconds.cast("string") + " s"),
        (small == 0, large + unit),
        else_=large + unit + digits + rest,
    )


def iso_text(moment: datetime) -> str:
    """The same as `iso`, for a moment (naive UTC) that Python holds."""
    return moment.isoformat() + "Z"
