"""Columns that packs declare and a log does not have: unknown, with the type that the pack gives them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from auditor.engine import judge
from auditor.engine.court import Plan
from auditor.log.schema import FIELDS, VOCABULARY, Field
from auditor.rules import load_rules
from tests.engine.support import engine_log
from tests.reference import Event
from tests.strategies import LogCase

AT = datetime(2024, 1, 1)
PACK = """
pack: declared
version: "1"
fields: {deadline: instant, rank: integer, urgent: bool, desk: text}
rules:
  - id: duty
    when: report.received
    assert: CONDITION
"""


@pytest.mark.parametrize("plan", ["case", "windows", "pairs"])
@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("deadline >= time", "undetermined"),
        ("rank < 3", "undetermined"),
        ("urgent", "undetermined"),
        ('desk == "night"', "undetermined"),
        ("deadline is None and rank is None and urgent is None and desk is None", "met"),
    ],
)
def test_unknown_in_a_log_that_lacks_them(tmp_path: Path, plan: Plan, condition: str, verdict: str) -> None:
    file = tmp_path / "declared.yaml"
    file.write_text(PACK.replace("CONDITION", condition), encoding="utf-8")
    received = Event("report.received", AT, AT, {"report_id": "r1"})
    log = engine_log(LogCase((received,), frozenset(VOCABULARY), AT, None, None, FIELDS))
    assert judge(log, load_rules([file]), plan=plan).counts["duty"][verdict] == 1


@pytest.mark.parametrize("plan", ["case", "windows", "pairs"])
@pytest.mark.parametrize(
    "condition", ["deadline - 2h < time", "rank + 1 < 3", "rank * 2 in [2]", 'not urgent or lower(desk) == "x"']
)
def test_unknown_in_a_log_that_lacks_what_another_log_declares(tmp_path: Path, plan: Plan, condition: str) -> None:
    """Rules checked against one log and judged on another, which knows neither the fields nor their types."""
    file = tmp_path / "rules.yaml"
    lines = [line for line in PACK.splitlines() if not line.startswith("fields:")]
    file.write_text("\n".join(lines).replace("CONDITION", f"'{condition}'"), encoding="utf-8")
    fields = {"deadline": Field("deadline", "instant"), "rank": Field("rank", "integer"),
              "urgent": Field("urgent", "bool"), "desk": Field("desk")}  # fmt: skip
    received = Event("report.received", AT, AT, {"report_id": "r1"})
    log = engine_log(LogCase((received,), frozenset(VOCABULARY), AT, None, None, FIELDS))
    assert judge(log, load_rules([file], known_fields=fields), plan=plan).counts["duty"]["undetermined"] == 1
