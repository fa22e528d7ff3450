"""Random named clocks: hours that meet the grid of times, holidays near the bases, pauses of the events in the logs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import strategies as st

from auditor.log.schema import Field
from auditor.rules.model import NamedClock, Pause

from .alphabet import ALL_FIELDS, ZONES
from .patterns import patterns

HOUR = 3600
ALL_DAY = ((0, 24 * HOUR),)
OFFICE = ((9 * HOUR, 17 * HOUR),)
BROKEN = ((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
NIGHT = ((HOUR, 4 * HOUR),)  # when clocks are changed
SHORT = ((2 * HOUR + 900, 2 * HOUR + 2700),)
NONE: tuple[tuple[int, int], ...] = ()
WEEKS = (
    (OFFICE,) * 5 + (NONE,) * 2,
    (BROKEN,) * 6 + (NONE,),
    (NIGHT,) * 7,
    (NONE,) * 5 + (SHORT, NIGHT),
    (ALL_DAY,) * 7,
)


@st.composite
def named_clocks(
    draw: st.DrawFn, base: datetime, *, fields: Mapping[str, Field] = ALL_FIELDS, monotone: bool = False
) -> NamedClock:
    """A clock with hours, with pauses, or with both."""
    shape = draw(st.sampled_from(("hours", "pauses", "both", "closed")))
    hours = draw(st.sampled_from(WEEKS)) if shape in ("hours", "both") else ()
    days = st.integers(0, 5).map(lambda n: (base + timedelta(days=n)).date())
    closed = draw(st.lists(days, min_size=int(shape == "closed"), max_size=2, unique=True)) if shape != "pauses" else []
    pauses = []
    if shape in ("pauses", "both"):
        for _ in range(draw(st.integers(1, 2))):
            start, end = (draw(patterns(base, fields=fields, monotone=monotone)) for _ in range(2))
            pauses.append(Pause(start, end))
    return NamedClock(
        name="clock",
        zone=draw(st.sampled_from(ZONES)),
        hours=hours,
        holidays=draw(st.sampled_from(((), (), ("DE-BE",), ("US", "FR")))) if hours else (),
        closed=tuple(sorted(closed)),
        pauses=tuple(pauses),
    )
