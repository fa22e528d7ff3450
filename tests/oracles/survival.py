"""The Kaplan–Meier curve as SciPy estimates it, and figures read from it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import CensoredData, ecdf

Sample = Sequence[tuple[float, bool]]  # (seconds, finished)
TOLERANCE = 1e-9


class Curve:
    """S(x) of a sample."""

    def __init__(self, sample: Sample) -> None:
        finished = [x for x, done in sample if done]
        censored = [x for x, done in sample if not done]
        self.sf = ecdf(CensoredData(uncensored=finished, right=censored)).sf
        self.last = max(x for x, _ in sample)

    def survival(self, x: float) -> float:
        """S(x)."""
        return float(self.sf.evaluate(x))

    def quantile(self, q: float) -> float | None:
        """The least x with S(x) ≤ 1 − q, None where it is not reached."""
        reached = self.sf.quantiles[self.sf.probabilities <= 1 - q + TOLERANCE]
        return float(reached[0]) if len(reached) else None

    def area(self) -> float:
        """The area under S up to the longest time that was observed."""
        edges = np.concatenate([[0.0], self.sf.quantiles, [self.last]])
        return float(np.sum(np.concatenate([[1.0], self.sf.probabilities]) * np.diff(edges)))

    def share_within(self, limit: float) -> float | None:
        """1 − S(D), None where the curve ends before D without having come down to 0."""
        if limit > self.last and self.survival(self.last) > TOLERANCE:
            return None
        return 1 - self.survival(min(limit, self.last))

    def ends_at_zero(self) -> bool:
        """Whether all of the curve is known."""
        return math.isclose(self.survival(self.last), 0, abs_tol=TOLERANCE)
