"""Dates and instants as rules write them, and calendar steps in a zone."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.base.durations import Duration

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})$")


def parse_instant(text: str, zone: str) -> datetime:
    """A date (midnight in `zone`) or an ISO instant with an offset, as UTC without zone.  Raises ValueError."""
    if _DATE.match(text):
        return to_utc(datetime.fromisoformat(text), zone)
    if _INSTANT.match(text):
        try:
            return datetime.fromisoformat(text.replace(" ", "T")).astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            raise ValueError("this instant lies outside the years 1 to 9999") from None
    raise ValueError("a date is written 2024-05-07, an instant 2024-05-07T00:00:00Z with an offset or Z")


def to_utc(local: datetime, zone: str) -> datetime:
    """UTC of a wall-clock time: in a gap the first instant after it, in an overlap the later instant."""
    info = ZoneInfo(zone)
    try:
        early, late = (local.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
        offset = early.astimezone(info).utcoffset()
        if early <= late:
            return late.replace(tzinfo=None)
    except OverflowError:
        raise ValueError("this date lies outside the years 1 to 9999") from None
    while early - late > timedelta(microseconds=1):  # `early` lies after the gap, `late` before it
        middle = late + (early - late) / 2
        if middle.astimezone(info).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return early.replace(tzinfo=None)


def step(instant: datetime, duration: Duration, zone: str, sign: int = 1) -> datetime:
    """`instant` (UTC without zone) plus or minus a duration; calendar units keep the wall-clock time of `zone`."""
    if not duration.calendar:
        return instant + sign * duration.elapsed
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    local += timedelta(days=sign * duration.days)
    if duration.months:
        years, month = divmod(local.month - 1 + sign * duration.months, 12)
        year = local.year + years
        local = local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))
    return to_utc(local, zone)
