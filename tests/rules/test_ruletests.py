"""Tests inside rules become small logs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.log.schema import Field
from auditor.rules import load_rules
from auditor.rules.model import Effective
from auditor.rules.ruletests import cases, epoch

RULES = """\
pack: p
version: '1'
timezone: Europe/Paris
rules:
  - id: a
    when: report.received
    followed_by: {event: referral.submitted, within: 24h}
    tests:
      - name: all that a test can say
        events:
          - {category: csam, report.received: -2h}
          - {referral.submitted: 3 days, report_id: r2, is_test: false, views: null, deadline: 1 month}
          - {referral.submitted: 90 min, deadline: 2024-03-01T00:00:00+01:00}
        as_of: 100h
        covers: [report.received, referral.submitted]
        expect: {met: 1, violated: 0}
      - {name: short, events: [{report.received: 0h}, {report.closed: 25h}], expect: violated}
"""


def test_a_test_becomes_rows(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    fields = {"deadline": Field("deadline", "instant")}
    first, second = cases(load_rules([path], known_fields=fields).rules[0], fields)

    def at(*moment: int) -> datetime:
        return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]

    assert first.rows == (
        {"event": "report.received", "time": at(2023, 12, 31, 22), "report_id": "r1", "category": "csam"},
        {
            "event": "referral.submitted", "time": at(2024, 1, 4), "report_id": "r2", "is_test": False, "views": None,
            "deadline": at(2024, 2, 1),
        },
        {
            "event": "referral.submitted", "time": at(2024, 1, 1, 1, 30), "report_id": "r1",
            "deadline": at(2024, 2, 29, 23),
        },
    )  # fmt: skip
    assert (first.as_of, first.covers) == (at(2024, 1, 5, 4), ("report.received", "referral.submitted"))
    assert (second.as_of, second.covers, second.expect) == (at(2024, 1, 2, 1), None, "violated")
    assert (second.rule_id, second.name) == ("a", "short")
    assert (first.start, first.zone, str(first.place)) == (at(2024, 1, 1), "Europe/Paris", f"{path}:9:9")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "2024-01-01"),
        ("2023-05-05", None, "2024-01-01"),
        ("2024-05-07", None, "2024-05-13"),
        ("2024-05-13", None, "2024-05-13"),
        ("2024-05-06T22:00", None, "2024-05-13"),
        ("2024-05-07", "2024-05-09", "2024-05-07"),
        (None, "2023-06-01", "2023-05-29"),
        (None, "2024-01-01", "2023-12-25"),
        ("2020-03-03", "2021-01-01", "2020-03-09"),
    ],
)
def test_the_first_instant_lies_in_the_window(start: str | None, end: str | None, expected: str) -> None:
    window = Effective(start and datetime.fromisoformat(start), end and datetime.fromisoformat(end))
    assert epoch(window) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_no_event_of_a_test_is_lost() -> None:
    rules = load_rules(["child-safety"]).rules
    assert all(
        len(case.rows) == len(test.events) for rule in rules for case, test in zip(cases(rule), rule.tests, strict=True)
    )
