"""Stretches of time: from an instant, included, to another, excluded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Stretch = tuple[datetime, datetime]
BEGINNING, FOREVER = datetime.min, datetime.max


def without(stretch: Stretch, taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of a stretch, in order, when others are taken away."""
    left = [stretch]
    for first, last in taken:
        left = (
            [
                part
                for start, end in left
                for part in ((start, min(end, first)), (max(start, last), end))
                if part[0] < part[1]
            ]
            if first < last
            else left
        )
    return left
