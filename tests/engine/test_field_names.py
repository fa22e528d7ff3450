"""Fields of a log named like columns that the engine adds for itself: neither takes the place of the other."""

from __future__ import annotations

import pandas as pd
import pytest

from auditor.engine import judge
from auditor.engine.court import Plan
from auditor.log import load
from auditor.log.log import Log
from auditor.rules import load_rules
from auditor.rules.model import RuleSet

RULES = """
pack: names
version: 1.0.0
title: Fields with names of the engine
fields: {repeats: integer, answer: text, copy: text, c0: text}
rules:
  - id: own-values
    when: report.received
    assert: repeats == 7 and answer == "b" and copy == "x" and c0 == "y"
  - id: newest-category
    when: notice.sent
    assert: category == "ncii"
  - id: told
    when: {event: notice.sent, where: repeats == 7 and answer == "b" and copy == "x" and c0 == "y"}
    preceded_by: report.received
"""
MAPPING = """
log:
  fields:
    event_id: id
    repeats: {column: repeats, type: integer}
    answer: {column: answer, type: text}
    copy: {column: copy, type: text}
    c0: {column: c0, type: text}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "names.yaml"
    path.write_text(RULES, encoding="utf-8")
    return load_rules([str(path)])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A report whose category changes before a notice that does not state it, and that is sent twice."""
    told = [
        ("report.received", "01", "csam"), ("report.received", "02", "ncii"), ("notice.sent", "03", None),
        ("notice.sent", "04", None),
    ]  # fmt: skip
    rows = [
        {"event": event, "time": f"2025-03-{day}T10:00:00Z", "report_id": "r1", "category": category, "id": f"e{day}",
         "repeats": 7, "answer": "b", "copy": "x", "c0": "y"}
        for event, day, category in told
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("log") / "mapping.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return load(pd.DataFrame(rows), path)


@pytest.mark.parametrize("plan", ["case", "windows", "pairs"])
def test_fields_named_like_columns_of_the_engine(log: Log, rules: RuleSet, plan: Plan) -> None:
    counts = judge(log, rules, plan=plan).counts
    assert {rule: found["met"] for rule, found in counts.items()} == {"own-values": 2, "newest-category": 2, "told": 2}
