"""What may be in doubt about a verdict, in the order in which it is told."""

from __future__ import annotations

from enum import IntEnum


class Doubt(IntEnum):
    """What is in doubt; each level has the doubts of those before it."""

    NONE = 0
    TIME = 1
    VALUE = 2
    COVER = 3
    START = 4


REASON = {
    Doubt.TIME: "imprecise_time",
    Doubt.VALUE: "missing_value",
    Doubt.COVER: "not_recorded",
    Doubt.START: "log_starts_later",
}
LEVELS = tuple(REASON)
ALL = Doubt.START
