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
    return end.epoch_seconds() - start.epoch_seconds()


def span(seconds: ir.IntegerValue) -> ir.StringValue:
    """A length of time, two units at most: `45 s`, `12 min 30 s`, `26 h 04 min`, `36 d 2 h`."""

    def text(value: ir.IntegerValue) -> ir.StringValue:
        return value.cast("string")

    def two(value: ir.IntegerValue) -> ir.StringValue:
        return text(value).lpad(2, "0")

    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    return ibis.cases(
        (seconds < 1, "less than 1 s"),
        (seconds < 60, text(seconds) + " s"),
        ((seconds < 3600) & (seconds % 60 == 0), text(minutes) + " min"),
        (seconds < 3600, text(minutes) + " min " + two(seconds % 60) + " s"),
        ((hours < 72) & (minutes % 60 == 0), text(hours) + " h"),
        (hours < 72, text(hours) + " h " + two(minutes % 60) + " min"),
        ((hours % 24) == 0, text(days) + " d"),
        else_=text(days) + " d " + text(hours % 24) + " h",
    )


def iso_text(moment: datetime) -> str:
    """The same as `iso`, for a moment (naive UTC) that Python holds."""
    return moment.isoformat() + "Z"
