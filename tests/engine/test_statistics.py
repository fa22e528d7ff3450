"""Figures of censored durations against the direct evaluator's exact fractions and the curve of statsmodels."""

from __future__ import annotations

import math
from typing import get_args

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from auditor.base.durations import Duration
from auditor.engine.statistics import QUANTILES, Sample, within_bounds
from auditor.engine.tallies import Tally, alike, tallies
from auditor.engine.verdicts import REASONS
from auditor.rules.model import Measure, Pattern, Statistic
from tests.engine.support import connection
from tests.reference import measures, survival
from tests.reference.survival import Observed

END = Pattern(("decision.made",))
SECONDS = st.one_of(st.integers(0, 20).map(float), st.floats(0, 1e6).map(lambda x: round(x, 6)))
OBSERVED = st.builds(Observed, SECONDS, st.booleans())
STATISTICS = st.sampled_from(get_args(Statistic))


def sample(observed: list[Observed], count: list[int] | None = None) -> Sample:
    return Sample(
        np.array([o.seconds for o in observed]),
        np.array([o.finished for o in observed], dtype=bool),
        np.array(count or [1] * len(observed)),
    )


def measure(
    statistic: Statistic, at_most: float | None = None, at_least: float | None = None, minimum: int = 1
) -> Measure:
    within = Duration(seconds=10) if statistic == "share" else None
    return Measure(END, statistic, within, at_most, at_least, minimum=minimum)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(OBSERVED, OBSERVED, st.just(measures.NEVER)), min_size=1, max_size=30), STATISTICS)
def test_figures_agree_with_exact_fractions(observed: list[Observed], statistic: Statistic) -> None:
    found = sample(observed).figure(measure(statistic))
    expected = survival.figure(observed, statistic, 10.0)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_the_curve_is_that_of_statsmodels(seed: int) -> None:
    random = np.random.default_rng(seed)
    seconds = random.integers(1, 60, 200).astype(float)
    ended = random.random(200) < random.choice([0.2, 0.5, 1.0])
    ours = Sample(seconds, ended, np.ones(200, dtype=np.int64))
    theirs = SurvfuncRight(seconds, ended.astype(int))
    assert [ours.surviving(x) for x in theirs.surv_times] == pytest.approx(theirs.surv_prob.tolist())
    for q in QUANTILES.values():
        low = theirs.surv_times[theirs.surv_prob <= 1 - q + 1e-12]
        found = ours.quantile(q)
        assert (found.low, found.high) == ((low[0], low[0]) if len(low) else (seconds.max(), math.inf))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(OBSERVED, st.integers(1, 9)), min_size=1, max_size=10), STATISTICS)
def test_alike_durations_count_as_often_as_they_occur(rows: list[tuple[Observed, int]], statistic: Statistic) -> None:
    together = sample([o for o, _ in rows], [n for _, n in rows])
    apart = sample([o for o, n in rows for _ in range(n)])
    assert together.figure(measure(statistic)) == apart.figure(measure(statistic))


def test_a_median_that_is_not_reached() -> None:
    """Two of five ended after an hour, the others were lost sight of after two at the latest."""
    found = sample([Observed(3600.0, True)] * 2 + [Observed(7200.0, False)] * 3).figure(measure("median"))
    assert (found.low, found.high) == (7200.0, math.inf)
    assert within_bounds(measure("median", at_most=7199.0), found) == "violated"
    assert within_bounds(measure("median", at_most=7200.0), found) == "undetermined"
    assert within_bounds(measure("median", at_least=7200.0), found) == "met"
    assert within_bounds(measure("median", at_least=7201.0), found) == "undetermined"


def test_a_million_activations_are_counted_not_listed() -> None:
    """What lasts as long is one row; leaving unfinished cases out would halve the median."""
    found = Sample(np.array([60.0, 600.0]), np.array([True, False]), np.array([400_000, 600_000]))
    naive = Sample(found.seconds[:1], found.ended[:1], found.count[:1])
    assert found.quantile(0.5).low == 600.0
    assert found.surviving(60) == pytest.approx(0.6)
    assert naive.quantile(0.5).low == 60.0


UNKNOWN = measures.AT_ONCE, measures.NEVER
TIMES = st.tuples(OBSERVED, OBSERVED, st.booleans(), st.sampled_from([None, 1, 2, 3, 4]), st.integers(1, 3))
BOUNDS = st.one_of(st.none(), st.integers(0, 25).map(float))


@settings(max_examples=200, deadline=None)
@given(st.lists(TIMES, max_size=12), STATISTICS, BOUNDS, BOUNDS, st.integers(0, 8))
def test_groups_are_judged_as_the_direct_evaluator_does(
    rows: list[tuple[Observed, Observed, bool, int | None, int]],
    statistic: Statistic,
    at_most: float | None,
    at_least: float | None,
    minimum: int,
) -> None:
    asked = measure(statistic, at_most, at_least, minimum)
    made = [
        measures.Timed(*((short, long) if sure else UNKNOWN), sure, REASONS.get(level or 0))
        for short, long, sure, level, n in rows
        for _ in range(n)
    ]
    alike = [(short, long) if sure else UNKNOWN for short, long, sure, _, _ in rows]
    count = [n for *_, n in rows]
    tally = Tally(
        sample([short for short, _ in alike], count),
        sample([long for _, long in alike], count),
        np.array([sure for _, _, sure, _, _ in rows], dtype=bool),
        np.array([level or 0 for _, _, _, level, _ in rows], dtype=np.int64),
        left_out=3,
    )
    found = tally.judged(asked, REASONS)
    sure = [time for time in made if time.sure]
    ranges = [measures._figure(asked, [getattr(time, name) for time in made]) for name in ("shortest", "longest")]
    reasons = [time.reason for time in made if time.reason]
    assert (found["verdict"], found["reason"]) == measures._verdict(asked, made, *ranges)
    least, most = measures._span(*ranges)
    naive = measures._span(measures._figure(asked, [time.longest for time in sure if time.longest.finished]))[0]
    assert found["least"] == (None if least is None else pytest.approx(least, rel=1e-9, abs=1e-12))
    assert found["most"] == (None if most is None else pytest.approx(most, rel=1e-9, abs=1e-12))
    assert found["naive"] == (None if naive is None else pytest.approx(naive, rel=1e-9, abs=1e-12))
    assert found["n"] == len(sure)
    assert found["censored"] == sum(not time.longest.finished for time in sure)
    assert found["undetermined"] == len(reasons)
    assert found["left_out"] == 3


def test_activations_are_fetched_as_so_many_of_a_kind() -> None:
    """A hundred thousand of them in three groups, one of which has no name, and one per month."""
    random, many = np.random.default_rng(2), 100_000
    platform = np.array([None, "x", "y"], dtype=object)[random.integers(0, 3, many)]
    month = np.array(["2024-01", "2024-02"])[random.integers(0, 2, many)]
    hours = random.integers(1, 30, many)
    ended, left_out, sure = (random.random(many) < share for share in (0.7, 0.1, 0.95))
    micros = hours * 3_600_000_000
    table = ibis.memtable(
        pa.table(
            {
                "platform": pa.array(platform, pa.string()),
                "month": pa.array(month, pa.string()),
                "shortest": np.where(sure, micros, 0),
                "shortest_ended": ended | ~sure,
                "longest": pa.array(micros, mask=~sure),
                "longest_ended": ended & sure,
                "sure": sure,
                "doubt": np.where(sure, 0, 2),
                "left_out": left_out,
            }
        )
    )
    rows = connection().to_pyarrow(alike(table, ["platform", "month"]))
    assert len(rows) < 2_000
    found = dict(tallies(rows, ["platform", "month"]))
    assert list(found) == [(name, at) for name in (None, "x", "y") for at in ("2024-01", "2024-02")]
    for (name, at), tally in found.items():
        here = (platform == name) & (month == at)
        counted = here & ~left_out
        plain = Sample(3600.0 * hours[counted & sure], ended[counted & sure], np.ones(int((counted & sure).sum()), int))
        judged = tally.judged(measure("median"), REASONS)
        assert judged["left_out"] == int((here & left_out).sum())
        assert judged["n"] == plain.count.sum()
        assert judged["undetermined"] == int((counted & ~sure).sum())
        assert judged["least"] <= plain.quantile(0.5).low <= judged["most"]
        certain = Sample(tally.longest.seconds[tally.sure], tally.longest.ended[tally.sure], tally.count[tally.sure])
        assert certain.quantile(0.5) == plain.quantile(0.5)
        assert math.isinf(tally.longest.last)


def test_without_groups_there_is_one_and_of_nothing_none() -> None:
    columns = {"shortest": [1], "shortest_ended": [True], "longest": [1], "longest_ended": [True]}
    rows = pa.table({**columns, "sure": [True], "doubt": [0], "left_out": [False], "n": [1]})
    assert [group for group, _ in tallies(rows, [])] == [()]
    assert list(tallies(rows.slice(0, 0), [])) == []
