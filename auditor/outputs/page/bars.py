"""Stacked bars in the page's tables: one thin strip, its parts in the order of verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 1000
LEAST = 8  # what is there at all is to be seen


@dataclass(frozen=True)
class Part:
    """A part of a bar, in thousandths of its width."""

    name: str
    start: int
    width: int


def parts(counts: Mapping[str, int]) -> list[Part]:
    """The parts of a bar by their share, which add up to its width; a part that is not nothing is never too thin."""
    total = sum(counts.values())
    if not total:
        return []
    widths = {name: max(round(WIDTH * count / total), LEAST) for name, count in counts.items() if count}
    widest = max(widths, key=lambda name: widths[name])
    widths[widest] += WIDTH - sum(widths.values())
    found, start = [], 0
    for name, width in widths.items():
        found.append(Part(name, start, width))
        start += width
    return found
