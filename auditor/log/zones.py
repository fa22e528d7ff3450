"""Local wall time to UTC, exact to zoneinfo and computed inside the query.

The offsets of a zone between 1970 and 2100 are looked up in lists: no join, so row order is kept, faster than the
engine's own zone functions, which also know neither gaps nor second readings, and quicker to compile than comparisons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROS = 1_000_000
FIRST_YEAR, END_YEAR = 1970, 2100
FIRST = 0
YEAR = 366 * 86_400 * MICROS
END = int(datetime(END_YEAR, 1, 1, tzinfo=UTC).timestamp()) * MICROS
STEP = 5 * 86_400  # seconds; no zone has ever changed twice in so short a time, nor is any going to


@lru_cache(maxsize=32)
def transitions(zone: str) -> tuple[tuple[int, int, int], ...]:
    """(UTC second of the change, offset before, offset after), offsets in seconds, oldest first."""
    place, convert = ZoneInfo(zone), datetime.fromtimestamp
    moments = range(FIRST // MICROS - STEP, END // MICROS + 2 * STEP, STEP)
    offsets = [convert(moment, place).utcoffset() for moment in moments]
    changed = [moment for moment, one, next in zip(moments, offsets, offsets[1:], strict=False) if one != next]
    return tuple(_change(moment, moment + STEP, place) for moment in changed)


def _change(low: int, high: int, place: ZoneInfo) -> tuple[int, int, int]:
    """The transition between two moments."""
    before, after = _offset(low, place), _offset(high, place)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, place) == before else (low, middle)
    return high, before, after


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
    readings: list[tuple[int, int]] = []  # between the bounds: factor of the local time, and what is added to it
    for second, before, after in changes:
        bounds += [(second + min(before, after)) * MICROS, (second + max(before, after)) * MICROS]
        inside = (0, second * MICROS - end) if after > before else (1, -(after if end else before) * MICROS)
        readings += [(1, -before * MICROS), inside]
    readings.append((1, -changes[-1][2] * MICROS))
    return _looked_up(local, bounds, readings)


def _looked_up(local: str, bounds: list[int], readings: list[tuple[int, int]]) -> str:
    """Each year has as many bounds as the fullest one, and one reading more."""
    years = range(FIRST, END + 2 * YEAR, YEAR)
    firsts = [bisect_right(bounds, year) for year in years]
    lasts = [*firsts[1:], len(bounds)]
    most = max(last - first for first, last in zip(firsts, lasts, strict=True))
    reached = ""
    for number in range(most):
        edges = [bounds[i + number] if i + number < last else END * 2 for i, last in zip(firsts, lasts, strict=True)]
        reached += f" + CAST({local} >= {_list(edges)}[{local} // {YEAR} + 1] AS BIGINT)"
    place = f"{local} // {YEAR} * {most + 1} + 1{reached}"
    chosen = [readings[min(i + n, last)] for i, last in zip(firsts, lasts, strict=True) for n in range(most + 1)]
    factors, added = zip(*chosen, strict=True)
    return f"{local} * {_list(factors)}[{place}] + {_list(added)}[{place}]"


def _list(numbers: Iterable[int]) -> str:
    """A list in the engine; as a text, which is quicker to parse."""
    return f"CAST('[{', '.join(map(str, numbers))}]' AS BIGINT[])"
