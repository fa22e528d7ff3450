"""A violated `agree` shows the two events that state different values."""

from __future__ import annotations

from pathlib import Path

import auditor

PACK = """
pack: agreement
version: "1"
rules:
  - id: one-outcome
    per: content_id
    when: decision.made
    agree: decision
"""
LOG = """event,time,report_id,content_id,decision
decision.made,2024-01-01T10:00:00Z,r1,c1,violation
decision.made,2024-01-02T10:00:00Z,r2,c1,violation
decision.made,2024-01-03T10:00:00Z,r3,c1,no_violation
decision.made,2024-01-03T10:00:00Z,r4,c1,violation
decision.made,2024-01-01T10:00:00Z,r5,c2,violation
decision.made,2024-01-02T10:00:00Z,r6,c2,violation
"""


def test_the_first_event_and_the_first_that_differs(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(PACK)
    (tmp_path / "log.csv").write_text(LOG)
    audit = auditor.check(str(tmp_path / "log.csv"), rules=str(tmp_path / "rules.yaml"))
    [violated] = audit.findings(["violated"]).to_dict("records")
    assert [(one["role"], one["row"]) for one in violated["evidence"]] == [("activation", 2), ("match", 4)]
    [met] = audit.findings(["met"]).to_dict("records")
    assert [(one["role"], one["row"]) for one in met["evidence"]] == [("activation", 6)]
