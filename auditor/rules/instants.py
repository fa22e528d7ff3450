"""Dates and instants as rules write them, and calendar steps in a zone."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.base.durations import Duration

FIRST_YEAR, LAST_YEAR = 1900, 2200
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_INSTANT = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$"
)


def parse_instant(text: str, zone: str) -> datetime:
    """A date (midnight in `zone`) or an ISO instant with an offset, as UTC without zone.  Raises ValueError."""
    if not (_DATE.match(text) or _INSTANT.match(text)):
        raise ValueError("a date is written 2024-05-07, an instant 2024-05-07T00:00:00Z with an offset or Z")
    moment = datetime.fromisoformat(text.replace(" ", "T"))
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return to_utc(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def to_utc(local: datetime, zone: str) -> datetime:
    """UTC of a wall-clock time: in a gap the first instant after it, in an overlap the later instant."""
    info = ZoneInfo(zone)
    early, late = (local.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return late.replace(tzinfo=None)
    offset = early.astimezone(info).utcoffset()
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
