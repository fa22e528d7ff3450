"""A test of a rule as a small story: events with offsets, and what is then so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auditor.log.schema import EVENT, TIME, TIME_LATEST
from auditor.rules.offsets import shown
from auditor.rules.ruletests import REPORT, Case

_SAID_OTHERWISE = (EVENT, TIME, TIME_LATEST)


def happened(row: Mapping[str, Any], start: datetime) -> str:
    """When an event happened: `25 h`, or `0 h to 24 h` where the time is imprecise."""
    latest = row.get(TIME_LATEST, row[TIME])
    first = shown(row[TIME] - start)
    return first if latest == row[TIME] else f"{first} to {shown(latest - start)}"


def values(case: Case, row: Mapping[str, Any]) -> str:
    """What an event states, but for a report that all events of the case share."""
    one_report = all(other.get("report_id") == REPORT for other in case.rows)
    stated = {
        name: value
        for name, value in row.items()
        if name not in _SAID_OTHERWISE and not (one_report and name == "report_id")
    }
    return ", ".join(f"{name} {_value(value, case.start)}" for name, value in stated.items())


def _value(value: Any, start: datetime) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return shown(value - start)
    return "missing" if value is None else str(value)


def expectation(case: Case) -> str:
    """What a case expects, in a few words."""
    expect = case.expect
    if isinstance(expect, str):
        return "the rule does not apply" if expect == "none" else expect
    if isinstance(expect, dict):
        return ", ".join(f"{number} {verdict}" for verdict, number in expect.items()) or "the rule does not apply"
    return "; ".join(one.verdict + (f" for {one.subject}" if one.subject else "") for one in expect)
