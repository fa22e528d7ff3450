"""Local wall time to UTC, exact to zoneinfo and computed inside the query.

The offsets of a zone between 1970 and 2100 become a balanced tree of comparisons: no join, so row order is kept, and
faster than the engine's own zone functions, which also know neither gaps nor second readings.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROS = 1_000_000
FIRST_YEAR, END_YEAR = 1970, 2100
FIRST = 0
END = int(datetime(END_YEAR, 1, 1, tzinfo=UTC).timestamp()) * MICROS


@lru_cache(maxsize=32)
def transitions(zone: str) -> tuple[tuple[int, int, int], ...]:
    """(UTC second of the change, offset before, offset after), offsets in seconds, oldest first."""
    place = ZoneInfo(zone)
    found: list[tuple[int, int, int]] = []
    day = int(timedelta(days=1).total_seconds())
    start = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()) - day
    before = _offset(start, place)
    for moment in range(start, END // MICROS + 2 * day, day):
        after = _offset(moment + day, place)
        if after != before:
            low, high = moment, moment + day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle, place) == before else (low, middle)
            found.append((high, before, after))
            before = after
    return tuple(found)


def _offset(second: int, place: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, place).utcoffset() or timedelta(0)
    return int(offset.total_seconds())


@lru_cache(maxsize=64)
def to_utc(local: str, zone: str, *, end: bool) -> str:
    """SQL for the UTC microsecond of the local microsecond in column `local`.

    An ambiguous time gives its first reading, or its second with `end`.  A time inside a gap gives the instant of the
    change, or the microsecond before it with `end`: so a precise time in a gap ends before it starts.
    """
    changes = transitions(zone)
    if not changes:
        return f"{local} - {_offset(0, ZoneInfo(zone)) * MICROS}"
    bounds: list[int] = []
    leaves: list[str] = []
    for second, before, after in changes:
        bounds += [(second + min(before, after)) * MICROS, (second + max(before, after)) * MICROS]
        leaves.append(f"{local} - {before * MICROS}")
        if after > before:
            leaves.append(str(second * MICROS - end))
        else:
            leaves.append(f"{local} - {(after if end else before) * MICROS}")
    leaves.append(f"{local} - {changes[-1][2] * MICROS}")
    return _tree(local, bounds, leaves)


def _tree(local: str, bounds: list[int], leaves: list[str]) -> str:
    if not bounds:
        return leaves[0]
    middle = len(bounds) // 2
    left = _tree(local, bounds[:middle], leaves[: middle + 1])
    right = _tree(local, bounds[middle + 1 :], leaves[middle + 1 :])
    return f"CASE WHEN {local} < {bounds[middle]} THEN {left} ELSE {right} END"
