"""The Kaplan–Meier curve, by hand, and what can be read from it; exact fractions, no rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

QUANTILES = {
    "median": Fraction(1, 2),
    "p75": Fraction(3, 4),
    "p90": Fraction(9, 10),
    "p95": Fraction(19, 20),
    "max": Fraction(1),
}


@dataclass(frozen=True)
class Observed:
    """For how many seconds something was seen to last, and whether it then ended or only was no longer observed."""

    seconds: float
    finished: bool


@dataclass(frozen=True)
class Range:
    """A figure that lies between two others, both included; `high` is infinite where the curve ends too early."""

    low: float
    high: float


def curve(observed: Sequence[Observed]) -> list[tuple[float, Fraction]]:
    """(x, S(x)) at each time at which something ended, in order; S(x) is the share that lasts longer than x."""
    steps = []
    share = Fraction(1)
    for x in sorted({o.seconds for o in observed if o.finished}):
        # What is censored at x is still at risk there.
        at_risk = sum(o.seconds >= x for o in observed)
        ended = sum(o.seconds == x for o in observed if o.finished)
        share *= 1 - Fraction(ended, at_risk)
        steps.append((x, share))
    return steps


def survival(observed: Sequence[Observed], x: float) -> Fraction:
    """S(x)."""
    return next((share for at, share in reversed(curve(observed)) if at <= x), Fraction(1))


def last_seen(observed: Sequence[Observed]) -> float:
    """“The last time that was observed.”"""
    return max(o.seconds for o in observed)


def quantile(observed: Sequence[Observed], q: Fraction) -> Range:
    """“The least x with S(x) ≤ 1 − q”; where there is none, anything from the last time that was observed."""
    reached = next((x for x, share in curve(observed) if share <= 1 - q), None)
    return Range(last_seen(observed), math.inf) if reached is None else Range(reached, reached)


def mean(observed: Sequence[Observed]) -> Range:
    """“Area under the curve”; where the curve does not come down to 0, at least the area so far."""
    area, at, share = 0.0, 0.0, Fraction(1)
    for x, below in curve(observed):
        area += float(share) * (x - at)
        at, share = x, below
    if share == 0:
        return Range(area, area)
    return Range(area + float(share) * (last_seen(observed) - at), math.inf)


def share_within(observed: Sequence[Observed], limit: float) -> Range:
    """“1 − S(D)”; where the curve ends before D, at least what was seen to end."""
    share = float(1 - survival(observed, limit))
    return Range(share, 1.0 if share < 1 and last_seen(observed) < limit else share)


def figure(observed: Sequence[Observed], statistic: str, within: float | None) -> Range:
    """The statistic of a measure."""
    if statistic == "mean":
        return mean(observed)
    if statistic == "share":
        assert within is not None
        return share_within(observed, within)
    return quantile(observed, QUANTILES[statistic])
