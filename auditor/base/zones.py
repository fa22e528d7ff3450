"""Time zones by IANA name."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """The IANA names that this machine knows; it looks into each of their files."""
    return frozenset(name for name in available_timezones() if not name.startswith(("posix", "right")))


def is_zone(name: str) -> bool:
    """Whether this machine knows the zone."""
    return name == "UTC" or name in zones()
