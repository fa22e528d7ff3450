"""The tests inside rules as small logs with an expected verdict; whoever can judge a log can run them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from auditor.base.diagnostics import Place
from auditor.log.schema import FIELDS, TIME_LATEST, Field
from auditor.rules.instants import parse_instant
from auditor.rules.model import NOWHERE, Effective, Expected, Rule, RuleTest
from auditor.rules.offsets import EPOCH, moment

REPORT = "r1"


@dataclass(frozen=True)
class Case:
    """One test, ready to run.

    `rows` has one dict per event: `event`, `time` (aware, UTC), `report_id` and the fields that the test states,
    `time_latest` among them where the time is imprecise.
    `as_of` is aware UTC, and so is `start`, the instant of `0h`.  `covers` is None when the log can record the whole
    vocabulary.
    """

    rule_id: str
    name: str
    rows: tuple[dict[str, Any], ...]
    as_of: datetime
    expect: str | dict[str, Any] | tuple[Expected, ...]
    covers: tuple[str, ...] | None = None
    start: datetime = EPOCH
    zone: str = "UTC"
    place: Place = NOWHERE


def cases(rule: Rule, known_fields: Mapping[str, Field] | None = None) -> list[Case]:
    """The tests of a rule as small logs; `known_fields` as for `load_rules`."""
    return [_case(rule, test, {**FIELDS, **(known_fields or {})}) for test in rule.tests]


def epoch(effective: Effective) -> datetime:
    """The instant of `0h`: 2024-01-01, a Monday, or a Monday (failing that, an instant) in the rule's window."""
    first = effective.start and effective.start.replace(tzinfo=UTC)
    end = effective.end and effective.end.replace(tzinfo=UTC)
    if (first is None or first <= EPOCH) and (end is None or end > EPOCH):
        return EPOCH
    if first is None:
        return _monday((end or EPOCH) - timedelta(days=7))
    monday = _monday(first)
    return monday if end is None or monday < end else first


def _monday(moment: datetime) -> datetime:
    """The first Monday 00:00 UTC at or after a moment."""
    midnight = datetime.combine(moment.date(), time(), UTC)
    if midnight < moment:
        midnight += timedelta(days=1)
    return midnight + timedelta(days=-midnight.weekday() % 7)


def _case(rule: Rule, test: RuleTest, fields: Mapping[str, Field]) -> Case:
    start = epoch(rule.effective)
    rows = tuple(_row(event, start, rule.zone, fields) for event in test.events)
    last = max((row["time"] for row in rows), default=start)
    as_of = last if test.as_of is None else moment(test.as_of, start, rule.zone)
    return Case(rule.id, test.name, rows, as_of, test.expect, test.covers, start, rule.zone, test.place)


def _row(event: Mapping[str, Any], start: datetime, zone: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    name, *others = event
    row: dict[str, Any] = {"event": name, "time": moment(event[name], start, zone), "report_id": REPORT}
    for key in others:
        value = event[key]
        if value is not None and (key == TIME_LATEST or fields[key].type == "instant"):
            value = _instant(value, start, zone)
        row[key] = value
    return row


def _instant(text: str, start: datetime, zone: str) -> datetime:
    try:
        return parse_instant(text, zone).replace(tzinfo=UTC)
    except ValueError:
        return moment(text, start, zone)
