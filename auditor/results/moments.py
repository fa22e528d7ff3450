"""A moment and a length of time: when it ends, by the clocks of a zone where days and months are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from auditor.base.diagnostics import UnusableError
from auditor.base.durations import Duration
from auditor.log.zones import transitions


def after(moment: datetime, length: Duration, zone: str) -> datetime:
    """A moment (UTC without zone) and a length later, in UTC.

    Calendar units keep the wall time of the zone, month ends clipped; a wall time that the clocks skip becomes the
    first instant after the gap, one that they show twice the later instant.  Raises UnusableError beyond the year 9999.
    """
    try:
        if not length.calendar:
            return moment + length.elapsed
        place = ZoneInfo(zone)
        wall = moment.replace(tzinfo=UTC).astimezone(place).replace(tzinfo=None)
        return _utc(wall + relativedelta(months=length.months, days=length.days), place)
    except (OverflowError, ValueError):
        raise UnusableError("bad-duration", f"{length} after {moment:%Y-%m-%d} lies beyond the year 9999") from None


def _utc(wall: datetime, place: ZoneInfo) -> datetime:
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    if first <= second:
        return second
    gaps = (datetime.fromtimestamp(change, UTC).replace(tzinfo=None) for change, _, _ in transitions(place.key))
    return next((gap for gap in gaps if second < gap <= first), first)
