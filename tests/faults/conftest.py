"""A log and rules in a folder of their own, audited as a user does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, run

__all__ = ["Bench", "bench", "run"]

LOG = """\
event,time,report_id,category,recipient
report.received,2024-03-04T09:00:00Z,R1,csam,
referral.submitted,2024-03-04T10:00:00Z,R1,,NCMEC
report.received,2024-03-04T09:00:00Z,R2,csam,
referral.submitted,2024-03-06T10:00:00Z,R2,,NCMEC
"""
PACK = """\
pack: duties
version: "1"
rules:
  - id: referred
    when: {event: report.received, where: {category: csam}}
    followed_by: {event: referral.submitted, where: {recipient: NCMEC}, within: 24h}
"""


@dataclass(frozen=True)
class Bench:
    """Writes files, runs `auditor check` on them."""

    folder: Path
    run: Callable[..., Done]

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def check(self, log: str = LOG, rules: str = PACK, *options: str, mapping: str = "") -> Done:
        mapped = ("-m", self.write("mapping.yaml", mapping)) if mapping else ()
        return self.run("check", self.write("log.csv", log), "-r", self.write("rules.yaml", rules), *mapped, *options)

    def audit(self, log: str = LOG, rules: str = PACK, *options: str, mapping: str = "") -> dict[str, Any]:
        """The audit as JSON, with all findings; its exit code as `code`."""
        done = self.check(log, rules, "--format", "json", "--show", "all", "-q", *options, mapping=mapping)
        assert done.code != 2, done.err
        return {**json.loads(done.out), "code": done.code}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Done]) -> Bench:
    monkeypatch.chdir(tmp_path)
    return Bench(tmp_path, run)


def verdicts(audit: dict[str, Any]) -> dict[str, str]:
    """The verdict of each subject."""
    return {finding["subject"]: finding["verdict"] for finding in audit["findings"]}
