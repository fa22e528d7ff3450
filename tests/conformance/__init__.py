"""Rules × logs × verdicts, written by hand: what every engine, and the reference evaluator, must say.

Each YAML file is a list of cases:

    name, note     what it shows
    rule           as in a pack, without id and title
    zone, clocks   of the pack (default UTC, none)
    events         [identity, event, time, {field: value}]; `report_id` is r1 unless given (null: missing)
    fields         fields of the log beyond those that the events state: a list of names or {name: {type, scope}}
    covers         names that the log can record (default: the whole vocabulary)
    observed_from, until, as_of
    expect         [identity, verdict, reason, {due, met, late, subject}] per activation, or `cannot be judged`
    groups         [{by: value}, verdict, reason, {figure, n, …}] per group, in order; figures: seconds, `24h` or shares

Times are `0h`, `90min`, `2d`, `24h+1us` after the start of 2024 in UTC, a date (the whole day), an instant such as
`2024-03-30T12:00Z`, or two of them with `..` between for a time that is not known better.  What an expectation leaves
out is not compared, but all activations and groups must be listed, and no reason means that there is none.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.log.schema import FIELDS, VOCABULARY, Field
from auditor.rules import RuleSet, load_rules
from tests.reference import Event, Verdict

START = datetime(2024, 1, 1)
RULE = "rule"
CANNOT_BE_JUDGED = "cannot be judged"
_MICROSECOND = timedelta(microseconds=1)
_OFFSET = re.compile(r"^(\d+)(h|min|d)(?:([+-])1us)?$")
_UNIT = {"h": timedelta(hours=1), "min": timedelta(minutes=1), "d": timedelta(days=1)}
FOLDERS = (".", "clocks", "limits", "numbers", "groups")
_KEYS = {
    "name", "note", "rule", "zone", "clocks", "events", "fields", "covers", "observed_from", "until", "as_of",
    "expect", "groups",
}  # fmt: skip
_DETAILS = {"due": "due_at", "met": "met_at", "late": "late_seconds", "subject": "subject"}


@dataclass(frozen=True)
class Case:
    """One case; `expected` is None where the rule cannot be judged on this log."""

    name: str
    file: str
    events: tuple[Event, ...]
    covers: frozenset[str]
    observed_from: datetime | None
    observed_until: datetime
    as_of: datetime | None
    fields: Mapping[str, Field]
    expected: tuple[Mapping[str, Any], ...] | None
    groups: tuple[Mapping[str, Any], ...]
    rule: Mapping[str, Any] = field(repr=False)
    zone: str = "UTC"
    clocks: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def ruleset(self) -> RuleSet:
        """The rule, loaded as a pack of its own; its id is `rule`."""
        pack = {
            "pack": "conformance",
            "version": "1.0.0",
            "title": self.name,
            "timezone": self.zone,
            **({"clocks": self.clocks} if self.clocks else {}),
            "rules": [{"id": RULE, "title": self.name, "severity": "medium", **self.rule}],
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "case.yaml")
            path.write_text(json.dumps(pack, ensure_ascii=False, default=str), encoding="utf-8")
            return load_rules([path], known_fields=self.fields)

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


@cache
def cases() -> list[Case]:
    """All cases, file by file."""
    here = Path(__file__).parent
    paths = [path for folder in FOLDERS for path in sorted((here / folder).glob("*.yaml"))]
    return [
        _case(path.relative_to(here).with_suffix("").as_posix(), entry)
        for path in paths
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def check(
    case: Case,
    verdicts: Iterable[Verdict],
    unjudged: Collection[str],
    groups: Iterable[Mapping[str, Any]],
    hint: str = "",
) -> None:
    """Asserts that these are the verdicts that a case expects."""
    if case.expected is None:
        assert (set(unjudged), list(verdicts), list(groups)) == ({RULE}, [], []), hint
        return
    assert not unjudged, hint
    actual = {verdict.identity: verdict for verdict in verdicts}
    found = [
        {key: getattr(actual.get(expected["identity"]), key, "no activation") for key in expected}
        for expected in case.expected
    ]
    assert found == list(case.expected), hint
    assert actual.keys() == {expected["identity"] for expected in case.expected}, hint
    judged = list(groups)
    assert [group["group"] for group in judged] == [expected["group"] for expected in case.groups], hint
    for group, expected in zip(judged, case.groups, strict=True):
        for key, value in expected.items():
            same = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert group[key] == same, f"{hint} {group['group']}: {key}"


def _case(file: str, entry: dict[str, Any]) -> Case:
    assert not entry.keys() - _KEYS, f"{file}: {entry['name']}: unknown keys {entry.keys() - _KEYS}"
    declared = _declared(entry.get("fields", []))
    rows = [(*row, {}) if len(row) == 3 else row for row in entry["events"]]
    used = {name: FIELDS[name] for row in rows for name in row[3] if name not in declared}
    fields = {"report_id": FIELDS["report_id"], **used, **declared}
    expect = entry["expect"] if "measure" not in entry["rule"] else entry.get("expect", [])
    return Case(
        name=entry["name"],
        file=file,
        events=tuple(_event(row, place, fields) for place, row in enumerate(rows, 2)),
        covers=frozenset(entry.get("covers", VOCABULARY)),
        observed_from=_optional(entry.get("observed_from")),
        observed_until=instant(entry.get("until", "100d")),
        as_of=_optional(entry.get("as_of")),
        fields=fields,
        expected=None if expect == CANNOT_BE_JUDGED else tuple(_expected(row) for row in expect),
        groups=tuple(_expected_group(*row) for row in entry.get("groups", [])),
        rule=entry["rule"],
        zone=entry.get("zone", "UTC"),
        clocks=entry.get("clocks", {}),
    )


def _declared(fields: Any) -> dict[str, Field]:
    if isinstance(fields, list):
        return {name: FIELDS[name] for name in fields}
    return {name: Field(name, **options) for name, options in fields.items()}


def _event(row: Any, place: int, fields: Mapping[str, Field]) -> Event:
    identity, name, when, values = row
    values = {"report_id": "r1", **values}
    for key, value in values.items():
        if fields[key].type == "instant" and value is not None:
            values[key] = instant(value)
    time, latest = _interval(when)
    return Event(name, time, latest, values, identity, place)


def _expected(row: list[Any]) -> Mapping[str, Any]:
    identity, verdict, *rest = row
    details = rest.pop() if rest and isinstance(rest[-1], dict) else {}
    expected: dict[str, Any] = {"identity": identity, "verdict": verdict, "reason": rest[0] if rest else None}
    for key, value in details.items():
        if key in ("due", "met"):
            value = _optional(value)
        elif isinstance(value, list):
            value = tuple(value)
        expected[_DETAILS[key]] = value
    return expected


def _expected_group(group: Mapping[str, Any], verdict: str, *rest: Any) -> Mapping[str, Any]:
    details = rest[-1] if rest and isinstance(rest[-1], dict) else {}
    reason = rest[0] if rest and isinstance(rest[0], str) else None
    figures = {key: _figure(value) for key, value in details.items()}
    return {"group": group, "verdict": verdict, "reason": reason, **figures}


def _figure(value: Any) -> Any:
    """A number as it stands, a length of time in seconds."""
    return (instant(value) - START).total_seconds() if isinstance(value, str) else value


def _optional(value: Any) -> datetime | None:
    return None if value is None else instant(value)


def instant(value: Any) -> datetime:
    """An instant as these files write it."""
    earliest, latest = _interval(value)
    assert earliest == latest, f"{value} is not an instant"
    return earliest


def _interval(value: Any) -> tuple[datetime, datetime]:
    if isinstance(value, date):
        day = datetime(value.year, value.month, value.day)
        return day, day + timedelta(days=1) - _MICROSECOND
    if ".." in value:
        first, last = value.split("..")
        return instant(first.strip()), instant(last.strip())
    offset = _OFFSET.match(value)
    if offset is None:
        moment = datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    else:
        by = {None: 0, "+": 1, "-": -1}[offset[3]] * _MICROSECOND
        moment = START + int(offset[1]) * _UNIT[offset[2]] + by
    return moment, moment
