"""Figures of durations of which some had not ended when they were last seen, read from their Kaplan–Meier curve.

The curve is SciPy's, which is loaded when the first figure is asked for: it takes longer than a small audit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from auditor.rules.model import Measure, Statistic

QUANTILES: dict[Statistic, float] = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "max": 1.0}
TOLERANCE = 1e-9  # of figures that are equal but for rounding
Outcome = Literal["met", "violated", "undetermined"]


@dataclass(frozen=True)
class Range:
    """A figure that lies between two others, both included; `high` is infinite where nothing bounds it."""

    low: float
    high: float


@dataclass(frozen=True)
class Sample:
    """Distinct durations in seconds (at least one, infinite: for ever), whether they ended, and how often each
    occurs."""

    seconds: npt.NDArray[np.float64]
    ended: npt.NDArray[np.bool_]
    count: npt.NDArray[np.int64]

    @cached_property
    def last(self) -> float:
        """The longest time that was observed, whether or not it ended."""
        return float(self.seconds.max())

    @cached_property
    def _curve(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The times at which S falls or a duration is lost from sight, in order, and S there."""
        from scipy.stats import CensoredData, ecdf

        for_ever = np.isinf(self.seconds)
        beyond = self.seconds[~for_ever].max(initial=0.0) + 1.0  # stays at risk at every time that there is
        seconds = np.repeat(np.where(for_ever, beyond, self.seconds), self.count)
        ended = np.repeat(self.ended, self.count)
        found = ecdf(CensoredData(uncensored=seconds[ended], right=seconds[~ended])).sf
        times = np.asarray(found.quantiles)
        finite = times < beyond
        return times[finite], np.asarray(found.probabilities)[finite]

    def surviving(self, seconds: float) -> float:
        """S: the share that lasts longer than so many seconds."""
        times, shares = self._curve
        at = int(np.searchsorted(times, seconds, side="right"))
        return float(shares[at - 1]) if at else 1.0

    def quantile(self, q: float) -> Range:
        """The least x with S(x) <= 1 - q; where the curve ends above, anything from the longest time observed on."""
        times, shares = self._curve
        reached = times[shares <= (1 - q) * (1 + TOLERANCE)]
        return Range(float(reached[0]), float(reached[0])) if len(reached) else Range(self.last, math.inf)

    def mean(self) -> Range:
        """The area under the curve; where it does not come down to 0, at least the area so far."""
        times, shares = self._curve
        heights, edges = np.concatenate([[1.0], shares]), np.concatenate([[0.0], times])
        area = float(np.sum(heights[:-1] * np.diff(edges)))
        if heights[-1] == 0:
            return Range(area, area)
        return Range(area + float(heights[-1]) * (self.last - float(edges[-1])), math.inf)

    def share_within(self, seconds: float) -> Range:
        """1 - S; where the curve ends earlier and above 0, at least the share that was seen to end."""
        share = 1 - self.surviving(seconds)
        return Range(share, 1.0 if self.last < seconds and share < 1 else share)

    def figure(self, measure: Measure) -> Range:
        """The statistic of a measure."""
        if measure.statistic == "mean":
            return self.mean()
        if measure.statistic == "share":
            assert measure.within is not None  # noqa: S101 - a share always has its limit
            return self.share_within(measure.within.elapsed.total_seconds())
        return self.quantile(QUANTILES[measure.statistic])


def within_bounds(measure: Measure, figure: Range) -> Outcome:
    """What the bounds of a measure say of a figure; undetermined where the curve ends too early to tell."""
    at_most = math.inf if measure.at_most is None else measure.at_most
    at_least = -math.inf if measure.at_least is None else measure.at_least
    tolerance = 0.0 if measure.statistic in QUANTILES else TOLERANCE  # a quantile is observed, not computed

    def exceeds(left: float, right: float) -> bool:
        return left > right and not math.isclose(left, right, rel_tol=tolerance)

    if exceeds(figure.low, at_most) or exceeds(at_least, figure.high):
        return "violated"
    if exceeds(figure.high, at_most) or exceeds(at_least, figure.low):
        return "undetermined"
    return "met"
