"""t ⊕ D for one clock that keeps hours and one duration of the rule itself, as a map from instants to instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from auditor.base.durations import Duration
from auditor.engine import openhours, workdays
from auditor.engine.pieces import DAY, Piece, Pieces, micros
from auditor.rules.model import NamedClock


def shift(clock: NamedClock, within: Duration, sign: int, first: datetime, last: datetime) -> Pieces:
    """The map t ↦ t ⊕ within (⊖ with sign -1) for the instants of [first, last] (naive UTC), as map 0 of a table.

    Raises UnusableError where the clock is not open for so long.
    """
    begin, end = micros(first), micros(last)
    begin, end = begin - begin % DAY, end - end % DAY + DAY
    if within.calendar:
        return Pieces.of("instant", "instant", {0: workdays.shifted(clock, sign * within.days, begin, end)})
    length = within.seconds * openhours.SECOND
    stretches = openhours.reaching(clock, begin, end, length)
    positions, instants = openhours.positions(stretches, begin, end), openhours.instants(stretches)
    # the least instant of a position is the one after the greatest of the position before
    later = 1 if sign > 0 else 0
    moved = (Piece(p.since, p.until, p.value + sign * length - later, p.rises) for p in positions)
    made = [Piece(p.since, p.until, p.value + later, p.rises) for p in composed(moved, instants)]
    return Pieces.of("instant", "instant", {0: made})


def composed(first: Iterator[Piece], then: list[Piece]) -> Iterator[Piece]:
    """The map that leads through one and then through the other, whose pieces are in order and without gaps."""
    starts = [piece.since for piece in then]
    for piece in first:
        at, since = bisect_right(starts, piece.value) - 1, piece.since
        while since < piece.until:
            here = then[at]
            value = piece.value + (since - piece.since if piece.rises else 0)
            until = min(piece.until, since + here.until - value) if piece.rises else piece.until
            target = here.value + (value - here.since if here.rises else 0)
            yield Piece(since, until, target, piece.rises and here.rises)
            at, since = at + 1, until
