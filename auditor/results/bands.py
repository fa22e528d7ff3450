"""Urgency: the time to come in few parts, each longer than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.base.durations import Duration, parse_duration

_STEPS = ("15 min", "1 h", "4 h", "12 h", "24 h", "3 days", "7 days", "14 days", "30 days", "90 days", "365 days")
_MOST = 4  # bands of the time to come
_APART = 2.5  # times as long as the band before, at least


@dataclass(frozen=True)
class Band:
    """A part of the time to come: all that falls due until its end and not in the band before."""

    name: str
    until: datetime  # UTC without zone


def bands(start: datetime, end: datetime, length: Duration, *, uncertain: bool) -> tuple[Band, ...]:
    """The bands up to `end`, a `length` after `start`; before them, where it is `uncertain` what is still pending, the
    time between the end of the log and the start.

    With 24 h: within 15 min, 1 h, 4 h, 24 h.
    """
    chosen = [Band(f"within {length}", end)]
    for text in reversed(_STEPS):
        step = timedelta(seconds=parse_duration(text).seconds, days=parse_duration(text).days)
        if len(chosen) < _MOST and step * _APART <= chosen[-1].until - start:
            chosen.append(Band(f"within {text}", start + step))
    past = [Band("since the end of the log", start)] if uncertain else []
    return (*past, *reversed(chosen))
