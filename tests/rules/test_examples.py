"""Values that make a condition true or false."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.rules import load_rules
from auditor.rules.examples import assignments
from auditor.rules.model import Pattern

RULE = """\
pack: p
version: "1"
rules:
  - id: a
    when: report.received
    followed_by: {{event: decision.made, where: '{}', within: 1h}}
"""


def values(tmp_path: Path, condition: str, *, truth: bool, **trigger: Any) -> dict[str, Any] | None:
    path = tmp_path / "p.yaml"
    path.write_text(RULE.format(condition), encoding="utf-8")
    pattern = load_rules([path]).rules[0].obligation.pattern
    assert isinstance(pattern, Pattern)
    return next(assignments(pattern.where, {}, truth=truth, trigger=trigger), None)


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("automated", {"automated": True}, {"automated": False}),
        ("not is_test", {"is_test": False}, {"is_test": True}),
        ('decision == "partial"', {"decision": "partial"}, {"decision": "no_action"}),
        ('decision not in ["partial", "no_action"]', {"decision": "no_violation"}, {"decision": "partial"}),
        ("views > 100 and views <= 1000", {"views": 101}, {"views": 100}),
        ("100 < views", {"views": 101}, {"views": 100}),
        ("views <= 5 or automated", {"views": 5}, {"views": 6, "automated": False}),
        ("recipient is None", {"recipient": None}, {"recipient": "a"}),
        ('lower(recipient) == "ncmec"', {"recipient": "ncmec"}, {"recipient": "a"}),
        ('startswith(template, "x-")', {"template": "x-"}, {"template": "a"}),
        ('matches(template, r"^closed-[0-9]+$")', {"template": "closed-1"}, {"template": "^closed-[0-9]+$"}),
        ("actor != trigger.actor", {"actor": "a"}, {"actor": "z"}),
        ("hours_between(trigger.time, time) > 1", None, None),
        ('automated and time > "2024-01-01"', None, {"automated": False}),
        ('decision == "partial" and decision == "void"', None, {"decision": "no_action"}),
    ],
)
def test_values(tmp_path: Path, condition: str, true: dict[str, Any] | None, false: dict[str, Any] | None) -> None:
    assert values(tmp_path, condition, truth=True, actor="z") == true
    assert values(tmp_path, condition, truth=False, actor="z") == false
