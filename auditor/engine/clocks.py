"""Adding durations to instants: elapsed time, and calendar units in a zone.

A calendar shift goes from UTC to the zone's wall time, adds there, and comes back.  The zone's offsets are made
with zoneinfo for the span of the log and become a piecewise map, so that no engine's own time zone rules take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from auditor.base.durations import Duration

MANY = 60  # changes of a zone's offset: those of thirty years


@dataclass(frozen=True)
class Span:
    """The instants (naive UTC) between which a log's times and its due times lie."""

    first: datetime
    last: datetime

    def widened(self, durations: list[Duration]) -> Span:
        """The span with room on both sides for the longest of the durations."""
        longest = max((d.seconds / 86400 + d.days + d.months * 31 for d in durations), default=0)
        room = timedelta(days=min(longest + 2, 365 * 200))
        return Span(_clamped(self.first, -room), _clamped(self.last, room))


def _clamped(moment: datetime, by: timedelta) -> datetime:
    low, high = datetime(1800, 1, 1), datetime(2400, 1, 1)
    try:
        return min(max(moment + by, low), high)
    except OverflowError:
        return low if by < timedelta() else high


@lru_cache(maxsize=64)
def transitions(zone: str, first: datetime, last: datetime) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """Changes of a zone's offset between two instants: (instant in UTC, offset before, offset after), in order."""
    info = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta:
        found = moment.replace(tzinfo=UTC).astimezone(info).utcoffset()
        assert found is not None  # noqa: S101 - a ZoneInfo always knows its offset
        return found

    found = []
    low, low_offset = first, offset(first)
    while low < last:
        high = min(low + timedelta(days=7), last)
        high_offset = offset(high)
        if high_offset != low_offset:
            left, right = low, high
            while right - left > timedelta(seconds=1):
                middle = left + (right - left) // 2
                middle = middle.replace(microsecond=0) if middle.replace(microsecond=0) > left else middle
                if offset(middle) == low_offset:
                    left = middle
                else:
                    right = middle
            moment = right.replace(microsecond=0)
            found.append((moment, low_offset, high_offset))
        low, low_offset = high, high_offset
    return tuple(found)


@dataclass(frozen=True)
class Clock:
    """Adds durations to timestamp expressions (UTC, without zone) in one zone."""

    zone: str
    span: Span

    def shift(self, moment: Any, duration: Duration, sign: int = 1) -> Any:
        """`moment` ⊕ duration, or ⊖ with sign -1.  Null stays null."""
        if not duration.calendar:
            return _plus(moment, ibis.interval(seconds=duration.seconds), sign) if duration.seconds else moment
        local = self._to_local(moment)
        if duration.months:
            local = _plus(local, ibis.interval(months=duration.months), sign)
        if duration.days:
            local = _plus(local, ibis.interval(days=duration.days), sign)
        return self._to_utc(local)

    def shift_columns(self, moment: Any, months: Any, days: Any, sign: int = 1) -> Any:
        """`moment` ⊕ so many months and days (integer columns), or ⊖ with sign -1."""
        local = _plus(self._to_local(moment), months.as_interval("M"), sign)
        return self._to_utc(_plus(local, days.as_interval("D"), sign))

    def local(self, moment: Any) -> Any:
        """The wall time in the zone, as a timestamp without zone."""
        return self._to_local(moment)

    @property
    def _changes(self) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
        return transitions(self.zone, self.span.first, self.span.last)

    @property
    def _base(self) -> timedelta:
        found = self.span.first.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).utcoffset()
        return found or timedelta()

    def _to_local(self, moment: Any) -> Any:
        changes = self._changes
        arms = [(moment < instant, _offset(moment, before)) for instant, before, _ in changes]
        last = changes[-1][2] if changes else self._base
        return ibis.cases(*arms, else_=_offset(moment, last)) if arms else _offset(moment, last)

    def _to_utc(self, local: Any) -> Any:
        """A wall time that a gap skips becomes the first instant after it; one that occurs twice, the later."""
        if len(self._changes) <= MANY:
            return self._as_utc(local)
        # a list of one binds the value to a name, where the query would repeat its whole expression for each change
        return ibis.array([local]).map(self._as_utc)[0]

    def _as_utc(self, local: Any) -> Any:
        arms: list[tuple[Any, Any]] = []
        changes = self._changes
        for instant, before, after in changes:
            arms.append((local < instant + min(before, after), _offset(local, -before)))
            if after > before:
                arms.append((local < instant + after, ibis.literal(instant, type="timestamp(6)")))
        last = changes[-1][2] if changes else self._base
        return ibis.cases(*arms, else_=_offset(local, -last)) if arms else _offset(local, -last)


def _plus(moment: Any, interval: Any, sign: int) -> Any:
    return moment + interval if sign > 0 else moment - interval


def _offset(moment: Any, offset: timedelta) -> Any:
    seconds = int(offset.total_seconds())
    if not seconds:
        return moment
    return _plus(moment, ibis.interval(seconds=abs(seconds)), 1 if seconds > 0 else -1)
