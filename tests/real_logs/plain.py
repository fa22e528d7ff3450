"""Verdicts by plain pandas, written without a look at auditor: only for logs with exact times and no missing values.

`log` is a table with the columns `case`, `event`, `time` (UTC) and whatever conditions need; its index tells events
apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd

Condition = Callable[[pd.DataFrame], "pd.Series[bool]"]


def of(log: pd.DataFrame, *names: str) -> pd.DataFrame:
    return log[log["event"].isin(names)]


def nth(found: pd.DataFrame, k: int) -> pd.DataFrame:
    """The k-th of these events in each case; where times tie, any of them (so nothing asked may tell them apart)."""
    return found.sort_values("time", kind="stable").groupby("case").nth(k - 1)


def calendar(times: pd.Series, zone: str, **units: int) -> pd.Series:
    """The same time on the wall so many days or months later."""
    wall = times.dt.tz_convert(zone).dt.tz_localize(None) + pd.DateOffset(**units)
    local = wall.dt.tz_localize(zone, ambiguous=[False] * len(wall), nonexistent="shift_forward")
    return local.dt.tz_convert("UTC")


def office_hours(times: pd.Series, zone: str, hours: int, closed: list[str]) -> pd.Series:
    """So many hours later by the wall clock of an office that is open on weekdays from nine to five.

    Where pandas ends as the office opens, the time was used up as it last closed.
    """
    day = pd.offsets.CustomBusinessDay(holidays=closed)
    step = pd.offsets.CustomBusinessHour(n=hours, start="09:00", end="17:00", holidays=closed)
    wall = times.dt.tz_convert(zone).dt.tz_localize(None)
    moved = [moment + step for moment in wall]
    ends = [
        end - day + pd.Timedelta(hours=8) if end == end.normalize() + pd.Timedelta(hours=9) else end for end in moved
    ]
    moved = pd.to_datetime(pd.Series(ends, index=times.index))
    return moved.dt.tz_localize(zone).dt.tz_convert("UTC")


def some(
    act: pd.DataFrame,
    target: pd.DataFrame,
    low: Any = None,
    high: Any = None,
    *,
    after: bool = False,
    before: bool = False,
    where: Condition | None = None,
) -> pd.Series:
    """Whether each activation has a target in its case in [low, high]; `after`, `before`: strictly so, of it."""
    left = act.assign(low=low, high=high).rename_axis("id").reset_index()
    pairs = left.merge(target.rename_axis("id").reset_index(), on="case", suffixes=("", "_b"))
    good = pairs["id"] != pairs["id_b"]
    if low is not None:
        good &= pairs["time_b"] >= pairs["low"]
    if high is not None:
        good &= pairs["time_b"] <= pairs["high"]
    if after:
        good &= pairs["time_b"] > pairs["time"]
    if before:
        good &= pairs["time_b"] < pairs["time"]
    if where is not None:
        good &= where(pairs)
    return act.index.to_series().isin(pairs.loc[good, "id"])


def first_from(act: pd.DataFrame, target: pd.DataFrame, *, strictly: bool = False) -> pd.Series:
    """The time of the first target at or after each activation in its case, NaT without one."""
    left = act.rename_axis("id").reset_index()
    pairs = left.merge(target.rename_axis("id").reset_index(), on="case", suffixes=("", "_b"))
    later = pairs["time_b"] > pairs["time"] if strictly else pairs["time_b"] >= pairs["time"]
    good = (pairs["id"] != pairs["id_b"]) & later
    return pairs[good].groupby("id")["time_b"].min().reindex(act.index)


def deadline(met: pd.Series, due: pd.Series, now: pd.Timestamp) -> pd.Series:
    """`met`, else `violated` when the time is over, else `pending`."""
    said = pd.Series("pending", index=met.index)
    said[due < now] = "violated"
    said[met] = "met"
    return said


def held(good: pd.Series) -> pd.Series:
    return good.map({True: "met", False: "violated"})


Story = Counter[tuple[Any, pd.Timestamp, str]]


def story(act: pd.DataFrame, said: pd.Series) -> Story:
    """How often each (case, time, verdict) occurs."""
    return Counter(zip(act["case"], act["time"], said, strict=True))
