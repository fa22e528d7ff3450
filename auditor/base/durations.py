"""Durations as rules write them: elapsed time (`24h`, `90 min`) or calendar units (`1 day`, `2 months`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

_ELAPSED = {"s": 1, "sec": 1, "second": 1, "min": 60, "m": 60, "minute": 60, "h": 3600, "hour": 3600}
_DAYS = {"d": 1, "day": 1, "week": 7, "w": 7}
_MONTHS = {"month": 1, "year": 12}
_SIZES = {**_ELAPSED, **_DAYS, **_MONTHS}
UNITS = tuple(_SIZES)
ELAPSED_UNITS = tuple(_ELAPSED)
_SHOWN = {"d": "day", "w": "week", "hour": "h", "m": "min", "minute": "min", "sec": "s", "second": "s"}
MAX_YEARS = 100
_TEXT = re.compile(r"^\s*([0-9]{1,12})\s*([A-Za-z]+)\s*$")


@dataclass(frozen=True)
class Duration:
    """A length of time: elapsed seconds, or calendar days and months in the pack's zone; never both.

    `24h` is elapsed time.  `1 day` is the same wall-clock time on the next day, `1 month` the same in the next
    month with month ends clipped.  `unit` is the one that the author wrote; it says how the length is shown.
    """

    seconds: int = 0
    days: int = 0
    months: int = 0
    unit: str = field(default="", compare=False)

    @property
    def calendar(self) -> bool:
        """Whether adding it needs a time zone."""
        return bool(self.days or self.months)

    @property
    def elapsed(self) -> timedelta:
        """The elapsed part."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        """`1 year`, `7 days`, `24 h`: in the author's unit, else in the largest that fits."""
        unit = self.unit or self._largest()
        amount = (self.seconds or self.days or self.months) // _SIZES[unit]
        return f"{amount} {unit}{'s' if amount != 1 and unit not in _ELAPSED else ''}"

    def _largest(self) -> str:
        if self.calendar:
            return "month" if self.months else "day"
        return next(unit for unit in ("h", "min", "s") if self.seconds % _SIZES[unit] == 0)


def parse_duration(text: str) -> Duration:
    """`24h`, `90 min`, `7 days`, `1 month` as a Duration.  Raises ValueError with a text that says what is accepted."""
    match = _TEXT.match(text)
    if match is None:
        raise ValueError("a duration is a whole number and a unit, such as `24h`, `90 min`, `7 days` or `1 month`")
    amount, name = int(match[1]), match[2]
    unit = next((u for u in (name, name.lower(), name.lower().removesuffix("s")) if u in UNITS), None)
    if unit is None or name == "M":
        raise ValueError(f"unknown unit `{name}`; units are s, min, h, day, week, month, year")
    seconds, days, months = (amount * units.get(unit, 0) for units in (_ELAPSED, _DAYS, _MONTHS))
    duration = Duration(seconds, days, months, _SHOWN.get(unit, unit))
    if duration.seconds / 86_400 + duration.days > MAX_YEARS * 366 or duration.months > MAX_YEARS * 12:
        raise ValueError(f"a duration of more than {MAX_YEARS} years is not accepted")
    return duration
