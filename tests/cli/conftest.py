"""The program as a user runs it: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.cli import main

LOG = """\
event,time,report_id,content_id,category,recipient
report.received,2020-01-20T09:00:00Z,R1,V1,csam,
referral.submitted,2020-01-21T11:04:00Z,R1,V1,,NCMEC
report.received,2020-01-20T10:00:00Z,R2,V1,csam,
report.received,2020-01-22T09:00:00Z,R3,V2,other,
notice.sent,2020-01-22T10:00:00Z,R3,V2,,reporter
"""
RULES = """\
pack: small
version: 1.0.0
title: A small pack
parameters: {limit: 24h}
rules:
  - id: referral-in-time
    title: Referred in time
    severity: critical
    when: {event: report.received, where: {category: csam}}
    followed_by: {event: referral.submitted, where: {recipient: NCMEC}, within: params.limit}
"""
QUIET_RULES = """\
pack: quiet
version: 1.0.0
title: A pack without violations
rules:
  - {id: told, title: Told, severity: low, when: {event: report.received, where: {category: other}},
     followed_by: {event: notice.sent, within: 24h}}
"""
UNJUDGED_RULES = """\
pack: unjudged
version: 1.0.0
title: A pack that this log cannot answer
rules:
  - {id: appeal, title: Answered, severity: low, when: appeal.received,
     followed_by: {event: appeal.decided, within: 24h}}
"""


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a small log and small packs."""
    (tmp_path / "log.csv").write_text(LOG)
    for name, text in (("rules", RULES), ("quiet", QUIET_RULES), ("unjudged", UNJUDGED_RULES)):
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run `auditor` with these arguments."""

    def go(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["auditor", *arguments])
        code = main.program()
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return go
