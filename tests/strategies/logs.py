"""Small logs in which things happen at once, twice, at unknown times and in unknown order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from auditor.log.schema import VOCABULARY, Field
from tests.reference import Event, Judged, judge

from . import show
from .alphabet import (
    ALL_FIELDS,
    BASES,
    BOOLS,
    DECLARED,
    EVENTS,
    MICROSECOND,
    NUMBERS,
    TEXTS,
    USED_FIELDS,
)

_IDS = ("report_id", "content_id", "account_id")


@dataclass(frozen=True, repr=False)
class LogCase:
    """A log and the moment of judgement."""

    events: tuple[Event, ...]
    covers: frozenset[str]
    observed_until: datetime
    observed_from: datetime | None
    as_of: datetime | None
    fields: Mapping[str, Field]

    def judge(self, *rules: Any) -> Judged:
        """What the reference evaluator says."""
        return judge(
            self.events,
            rules,
            covers=self.covers,
            observed_until=self.observed_until,
            observed_from=self.observed_from,
            as_of=self.as_of,
            fields=self.fields,
        )

    def __repr__(self) -> str:
        lines = ["", f"observed_until: {show.instant(self.observed_until)}"]
        if self.observed_from is not None:
            lines.append(f"observed_from: {show.instant(self.observed_from)}")
        if self.as_of is not None:
            lines.append(f"as_of: {show.instant(self.as_of)}")
        lines += [f"covers: {show.covers(self.covers)}", f"fields: [{', '.join(self.fields)}]", "events:"]
        return "\n".join([*lines, *map(show.event, self.events), ""])


def moments(base: datetime) -> st.SearchStrategy[datetime]:
    """Instants on a coarse grid of three days, now and then a microsecond beside it."""
    jitter = st.sampled_from((timedelta(0), timedelta(0), timedelta(0), MICROSECOND, -MICROSECOND))
    coarse = st.one_of(
        st.sampled_from((0, 1, 2, 12, 24, 48)).map(lambda n: base + timedelta(hours=n)),
        st.integers(0, 144).map(lambda n: base + timedelta(minutes=30 * n)),
    )
    return st.builds(lambda moment, by: moment + by, coarse, jitter)


def widths() -> st.SearchStrategy[timedelta]:
    """How imprecise a time is."""
    hour = timedelta(hours=1)
    return st.sampled_from((timedelta(0),) * 4 + (MICROSECOND, hour / 2, hour, 6 * hour, 24 * hour, 72 * hour))


@st.composite
def intervals(draw: st.DrawFn, base: datetime, *, precise: bool) -> tuple[datetime, datetime]:
    """A time and the latest moment that it can mean; some are whole days."""
    time = draw(moments(base))
    if precise:
        return time, time
    if draw(st.integers(0, 7)) == 7:
        day = time.replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + timedelta(days=1) - MICROSECOND
    return time, time + draw(widths())


def field_values(name: str, base: datetime) -> st.SearchStrategy[Any]:
    """Known values of a field."""
    if name in TEXTS:
        return st.sampled_from(TEXTS[name])
    if name in BOOLS:
        return st.booleans()
    return st.sampled_from(NUMBERS[name]) if name in NUMBERS else moments(base)


@st.composite
def _events(
    draw: st.DrawFn, base: datetime, names: tuple[str, ...], fields: Mapping[str, Field], precise: bool, complete: bool
) -> Event:
    time, latest = draw(intervals(base, precise=precise))
    values: dict[str, Any] = {}
    for name in fields:
        missing = not complete and draw(st.sampled_from((False,) * (8 if name in _IDS else 2) + (True,)))
        if not missing:
            values[name] = draw(field_values(name, base))
    if not any(name in values for name in _IDS):
        values["report_id"] = "r1"  # a row without any id is no event
    return Event(draw(st.sampled_from(names)), time, latest, values)


@st.composite
def logs(
    draw: st.DrawFn,
    base: datetime | None = None,
    *,
    max_events: int = 25,
    precise: bool = False,
    complete: bool = False,
    duplicates: bool = True,
    names_of_fields: Sequence[str] = USED_FIELDS,
) -> LogCase:
    """A log of up to `max_events` rows; `precise` without intervals, `complete` without missing values.

    Fields are drawn from `names_of_fields`; the ids of report and item are always there if they are among them.
    One log in two is precise and one in two complete in any case, so that something can be said of them.
    """
    precise = precise or draw(st.booleans())
    complete = complete or draw(st.booleans())
    start = draw(st.sampled_from(BASES)) if base is None else base
    names: tuple[str, ...] = EVENTS
    covers = frozenset(VOCABULARY)
    if draw(st.integers(0, 2)) == 2:
        names = tuple(draw(st.lists(st.sampled_from(EVENTS), min_size=1, unique=True)))
        covers = frozenset(names)
    ids = [name for name in names_of_fields if name in ("report_id", "content_id")]
    others = [name for name in names_of_fields if name not in ids]
    chosen = {*ids, *draw(st.lists(st.sampled_from(others), max_size=5, unique=True))}
    fields = {name: ALL_FIELDS[name] for name in names_of_fields if name in chosen}
    size = draw(st.integers(1, max_events))
    drawn = draw(st.lists(_events(start, names, fields, precise, complete), min_size=min(size, 8), max_size=size))
    rows = [replace(event, identity=f"e{number:02}") for number, event in enumerate(drawn, 1)]
    if duplicates:
        copies = draw(st.lists(st.tuples(st.sampled_from(rows), st.integers(0, 9)), max_size=2))
        rows += [
            # Nearly always the same row again; now and then one that differs under the same id.
            replace(row, identity=draw(st.sampled_from(rows)).identity) if odd == 9 else row
            for row, odd in copies
        ]
    events = tuple(replace(row, place=place) for place, row in enumerate(rows, 2))
    last = max(event.time for event in events)
    until = draw(st.one_of(st.just(last), st.just(last + timedelta(days=40)), moments(start)))
    return LogCase(
        events,
        covers,
        until,
        draw(st.one_of(st.none(), st.none(), moments(start))),
        draw(st.one_of(st.none(), st.none(), moments(start))),
        fields,
    )


def events_frame(log: LogCase) -> pd.DataFrame:
    """The rows as a data frame with canonical columns; `event_id` is the identity, declared fields come last."""
    names = [name for name in log.fields if name not in DECLARED] + [name for name in log.fields if name in DECLARED]
    columns: dict[str, Any] = {
        "event_id": pd.Series([event.identity for event in log.events], dtype="str"),
        "event": pd.Series([event.event for event in log.events], dtype="str"),
        "time": _instants([event.time for event in log.events]),
        "time_latest": _instants([event.time_latest for event in log.events]),
    }
    for name in names:
        values = [event.values.get(name) for event in log.events]
        columns[name] = _column(values, log.fields[name].type)
    return pd.DataFrame(columns)


def _column(values: list[Any], kind: str) -> pd.Series[Any]:
    if kind == "instant":
        return _instants(values)
    return pd.Series(values, dtype={"text": "str", "bool": "boolean", "integer": "Int64", "number": "Float64"}[kind])


def _instants(values: list[datetime | None]) -> pd.Series[Any]:
    """Instants in UTC, with their zone, to the microsecond."""
    return pd.to_datetime(pd.Series(values, dtype="datetime64[us]")).dt.tz_localize("UTC")
