"""Random measures and service levels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hypothesis import strategies as st

from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.model import Measure, ServiceLevel, Statistic

from .alphabet import ALL_FIELDS, TEXTS
from .patterns import patterns

STATISTICS: tuple[Statistic, ...] = ("mean", "median", "p75", "p90", "p95", "max", "share")
SHARES = (0.0, 0.5, 0.75, 0.9, 1.0)
LENGTHS = (0.0, 3600.0, 7200.0, 43_200.0, 86_400.0, 172_800.0)


def groupings(fields: Mapping[str, Field]) -> st.SearchStrategy[tuple[str, ...]]:
    """What makes the groups: nothing, a period, texts that the log has."""
    names = ["month", "day", *(name for name in TEXTS if name in fields)]
    return st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)


def service_levels(fields: Mapping[str, Field]) -> st.SearchStrategy[ServiceLevel]:
    """A share that must be met; small groups are judged, so that there are some."""
    return st.builds(ServiceLevel, st.sampled_from(SHARES), groupings(fields), st.integers(1, 3))


@st.composite
def measures(
    draw: st.DrawFn, base: datetime, *, fields: Mapping[str, Field] = ALL_FIELDS, monotone: bool = False
) -> Measure:
    """A statistic with one bound or two."""
    statistic = draw(st.sampled_from(STATISTICS))
    bounds = sorted(
        draw(st.lists(st.sampled_from(SHARES if statistic == "share" else LENGTHS), min_size=2, max_size=2))
    )
    sides = draw(st.sampled_from(("most", "most", "least", "both")))
    leave_out = st.one_of(st.none(), st.none(), patterns(base, fields=fields, monotone=monotone))
    within = st.sampled_from((0, 1, 2, 12, 24, 48)).map(lambda hours: Duration(seconds=3600 * hours))
    return Measure(
        end=draw(patterns(base, trigger=True, fields=fields, monotone=monotone)),
        statistic=statistic,
        within=draw(within) if statistic == "share" else None,
        at_most=None if sides == "least" else bounds[1],
        at_least=None if sides == "most" else bounds[0],
        by=draw(groupings(fields)),
        minimum=draw(st.integers(1, 3)),
        leave_out=draw(leave_out),
    )
