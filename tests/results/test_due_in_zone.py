"""A limit that is made by the clocks of a zone is told by these clocks."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor

PACK = """
pack: zones
version: "1"
timezone: Europe/Berlin
clocks:
  office: {hours: {mon-fri: "09:00-17:00"}}
rules:
  - id: in-days
    when: report.received
    followed_by: {event: decision.made, within: 1 day}
  - id: in-office-hours
    when: report.received
    clock: office
    followed_by: {event: decision.made, within: 1h}
  - id: in-hours
    when: report.received
    followed_by: {event: decision.made, within: 24h}
"""
# Saturday before the clocks go forward on 31 March 2024, at noon in Berlin
LOG = """event,time,report_id
report.received,2024-03-30T11:00:00Z,r1
report.closed,{until},r1
decision.made,2024-03-30T11:30:00Z,r2
"""


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2024-04-03T11:00:00Z", {
            "in-days": "no decision.made within 1 day of report.received at 2024-03-30T11:00:00Z; "
            "3 d 1 h overdue when judged (due 2024-03-31 12:00:00 Europe/Berlin)",
            "in-office-hours": "no decision.made within 1 h (clock office) of report.received at 2024-03-30T11:00:00Z; "
            "51 h overdue when judged (due 2024-04-01 10:00:00 Europe/Berlin)",
            "in-hours": "no decision.made within 24 h of report.received at 2024-03-30T11:00:00Z; "
            "3 d overdue when judged",
        }),
        ("2024-03-30T12:00:00Z", {
            "in-days": "decision.made is due by 2024-03-31 12:00:00 Europe/Berlin, in 22 h",
            "in-office-hours": "decision.made is due by 2024-04-01 10:00:00 Europe/Berlin, in 44 h",
            "in-hours": "decision.made is due by 2024-03-31T11:00:00Z, in 23 h",
        }),
    ],
)  # fmt: skip
def test_due_times_are_told_by_the_clocks_of_the_zone(tmp_path: Path, until: str, expected: dict[str, str]) -> None:
    (tmp_path / "zones.yaml").write_text(PACK)
    (tmp_path / "log.csv").write_text(LOG.format(until=until))
    audit = auditor.check(str(tmp_path / "log.csv"), rules=str(tmp_path / "zones.yaml"))
    findings = audit.findings(["violated", "pending"])
    assert dict(zip(findings["rule_id"], findings["message"], strict=True)) == expected
