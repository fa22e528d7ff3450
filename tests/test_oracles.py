"""Clocks and survival curves against libraries that others wrote."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from auditor.base.durations import Duration
from auditor.rules.model import NamedClock
from tests.oracles import workdays
from tests.oracles.survival import Curve, Sample
from tests.oracles.workdays import CLOCKS, LENGTHS, Instants, Move
from tests.reference import running, survival
from tests.reference.survival import Observed


def by_reference(clock: NamedClock, instants: Instants, by: Duration, sign: int) -> Instants:
    """The direct evaluator, one instant after the other."""
    return np.array([running.move(clock, instant.item(), by, sign) for instant in instants], dtype="datetime64[us]")


# Whatever moves instants on clocks, and with how many instants of each zone and length it is tried.
MAPS: dict[str, tuple[Move, int]] = {"reference": (by_reference, 60)}


@pytest.mark.parametrize("sign", [+1, -1])
@pytest.mark.parametrize("by", LENGTHS, ids=str)
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.name)
@pytest.mark.parametrize("name", MAPS)
def test_clocks_move_as_numpy_counts(name: str, clock: NamedClock, by: Duration, sign: int) -> None:
    move, count = MAPS[name]
    instants = workdays.instants(count, seed=CLOCKS.index(clock))
    found, expected = move(clock, instants, by, sign), workdays.expected(clock, instants, by, sign)
    wrong = found != expected
    assert not wrong.any(), list(zip(instants[wrong], found[wrong], expected[wrong], strict=True))[:5]


@pytest.mark.parametrize("hours", [1, 8, 20, -1, -8, -20])
@pytest.mark.parametrize("clock", CLOCKS[:4], ids=lambda clock: clock.name)  # pandas has no day of 24 hours
def test_numpy_counts_as_pandas_does(clock: NamedClock, hours: int) -> None:
    instants = workdays.instants(100, seed=7)
    sign = 1 if hours > 0 else -1
    ours = workdays.expected(clock, instants, Duration(seconds=3600 * abs(hours)), sign)
    theirs = workdays.by_pandas(clock, instants, hours)
    wrong = ours != theirs
    assert not wrong.any(), list(zip(instants[wrong], ours[wrong], theirs[wrong], strict=True))[:5]


def samples() -> Iterator[tuple[list[Observed], Sample]]:
    """Random censored samples with ties, some without any finished case, some finished throughout."""
    random = np.random.default_rng(11)
    for _ in range(300):
        size = int(random.integers(1, 40))
        seconds = random.integers(0, 25, size).astype(float)
        done = random.random(size) < random.choice([0.0, 0.3, 0.6, 0.9, 1.0])
        sample = list(zip(seconds.tolist(), done.tolist(), strict=True))
        yield [Observed(x, finished) for x, finished in sample], sample


def test_the_curve_is_that_of_scipy() -> None:
    for observed, sample in samples():
        theirs = Curve(sample)
        for x in range(26):
            assert float(survival.survival(observed, x)) == pytest.approx(theirs.survival(x), abs=1e-12)


def test_quantiles_are_reached_or_not_as_in_scipy() -> None:
    not_reached = 0
    for observed, sample in samples():
        theirs = Curve(sample)
        for q in survival.QUANTILES.values():
            found, expected = survival.quantile(observed, q), theirs.quantile(float(q))
            if expected is None:
                not_reached += 1
                assert (found.low, found.high) == (theirs.last, math.inf)
            else:
                assert found.low == found.high == expected
    assert not_reached > 100


def test_means_and_shares_are_those_of_scipy() -> None:
    for observed, sample in samples():
        theirs = Curve(sample)
        mean = survival.mean(observed)
        assert mean.low == pytest.approx(theirs.area())
        assert mean.high == (mean.low if theirs.ends_at_zero() else math.inf)
        for limit in (0, 3, 12, 24, 30):
            found, expected = survival.share_within(observed, limit), theirs.share_within(limit)
            if expected is None:
                assert found.high == 1
                assert found.low == pytest.approx(1 - theirs.survival(theirs.last))
            else:
                assert found.low == found.high == pytest.approx(expected, abs=1e-12)
