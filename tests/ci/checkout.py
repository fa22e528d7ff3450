"""A checkout as docs/ci.md has it in mind: exports, a mapping, rules with tests, waivers."""

from __future__ import annotations

from pathlib import Path

_LOG = """\
event,time,report_id,category,recipient
report.received,2020-01-20T09:00:00Z,R1,csam,
referral.submitted,2020-01-21T11:04:00Z,R1,,NCMEC
report.received,2020-01-20T10:00:00Z,R2,csam,
report.received,2020-02-20T10:00:00Z,R3,other,
"""
_RULES = """\
pack: ours
version: 1.0.0
title: What we promise
rules:
  - id: referral-in-time
    title: Referred in time
    severity: high
    when: {event: report.received, where: {category: csam}}
    followed_by: {event: referral.submitted, where: {recipient: NCMEC}, within: LIMIT}
    tests:
      - name: too late
        events: [{report.received: 0h, category: csam}, {referral.submitted: 90h, recipient: NCMEC}]
        expect: EXPECTED
"""
WAIVERS = "waivers: [{rule: referral-in-time, subject: R1, reason: agreed, approver: the board, expires: 2030-01-01}]\n"


def rules(limit: str = "24h", expected: str = "violated") -> str:
    """A pack of one rule."""
    return _RULES.replace("LIMIT", limit).replace("EXPECTED", expected)


def make(folder: Path) -> None:
    """Two reports were referred too late or not at all; one of them is waived."""
    for name, text in {
        "exports/reports.csv": _LOG, "mapping.yaml": "log: {source: {format: csv}}\n", "rules/ours.yaml": rules(),
        "waivers.yaml": WAIVERS,
    }.items():  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
