"""Which plan judges what, where event names repeat in a subject."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from auditor.engine import judge
from auditor.engine.court import Plan
from auditor.engine.findings import JudgedPairs, JudgedRows
from auditor.engine.judgement import Judgement
from auditor.engine.tables import fetched
from auditor.log import load
from auditor.rules import load_rules
from auditor.rules.model import RuleSet

RULES = """
pack: slots
version: 1.0.0
title: Rules on events that repeat
rules:
  - id: told
    when: {event: decision.made}
    followed_by: {event: notice.sent, within: 24h, before: next}
  - id: second-told
    when: {event: decision.made, where: decision == "violation", nth: 2}
    followed_by: {event: notice.sent, within: 24h}
"""
MAPPING = """
log:
  observed_until: 2025-04-01T00:00:00Z
  covers: [decision.made, notice.sent]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "slots.yaml"
    path.write_text(RULES, encoding="utf-8")
    return load_rules([str(path)])


def judged(tmp_path: Path, rules: RuleSet, rows: list[tuple[str, str, str, str | None]]) -> Judgement:
    frame = pd.DataFrame(rows, columns=["report_id", "event", "time", "decision"])
    frame["time"] = "2025-03-01T" + frame["time"] + "Z"
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return judge(load(frame, path), rules, plan="case")


def sizes(judgement: Judgement) -> tuple[list[int], int]:
    """How many subjects each table of rows has, and how many activations the pairs."""

    def size(one: JudgedRows | JudgedPairs) -> int:
        return int(fetched(judgement.log.backend, one.table.aggregate(n=one.table.count()))[0]["n"])

    by_kind = {
        kind: [size(one) for one in judgement.judged if isinstance(one, kind)] for kind in (JudgedRows, JudgedPairs)
    }
    return by_kind[JudgedRows], sum(by_kind[JudgedPairs])


def decided(report: str, *times: str) -> list[tuple[str, str, str, str | None]]:
    return [(report, "decision.made", time, "violation") for time in times]


def test_two_and_three_of_a_name_have_slots(tmp_path: Path, rules: RuleSet) -> None:
    rows = [*decided("a", "10:00"), *decided("b", "10:00", "12:00"), *decided("c", "10:00", "11:00", "12:00")]
    judgement = judged(
        tmp_path, rules, [*rows, ("b", "notice.sent", "11:00", None), ("c", "notice.sent", "12:30", None)]
    )
    assert sizes(judgement) == ([3, 2], 0)
    assert {rule: {k: n for k, n in found.items() if n} for rule, found in judgement.counts.items()} == {
        "told": {"met": 2, "violated": 4},  # b at 10:00 and c at 12:00 are told before the next decision
        "second-told": {"met": 1, "violated": 1},
    }


def test_pairs_judge_what_happens_at_one_moment(tmp_path: Path, rules: RuleSet) -> None:
    copies = decided("a", "10:00", "10:00")
    judgement = judged(tmp_path, rules, [*copies, *decided("b", "10:00", "12:00")])
    assert sizes(judgement) == ([2, 2], 1)
    assert judgement.counts["told"]["violated"] == 3, "the same row twice is one decision"
    assert judgement.counts["second-told"]["violated"] == 1


def test_pairs_judge_more_than_there_are_slots_for(tmp_path: Path, rules: RuleSet) -> None:
    many = decided("a", *(f"{hour:02}:00" for hour in range(9)))
    judgement = judged(tmp_path, rules, [*many, *decided("b", "10:00", "12:00")])
    assert sizes(judgement) == ([2, 2], 10)
    assert judgement.counts["told"]["violated"] == 11
    assert judgement.counts["second-told"]["violated"] == 2


def test_pairs_count_what_may_match(tmp_path: Path, rules: RuleSet) -> None:
    rows = [*decided("a", "10:00", "11:00"), ("a", "decision.made", "12:00", None), *decided("b", "09:00", "10:00")]
    judgement = judged(tmp_path, rules, rows)
    assert sizes(judgement) == ([2, 2], 2)
    assert judgement.counts["second-told"] == {"met": 0, "violated": 2, "pending": 0, "undetermined": 0, "exempt": 0}


@pytest.mark.parametrize("plan", ["case", "pairs"])
def test_groups_by_what_changes_in_a_report(tmp_path: Path, rules: RuleSet, plan: Plan) -> None:
    """Also where no rule reads it: an activation is grouped by what had been stated by then."""
    stated = [("report.received", "09:00", "ncii"), ("report.reopened", "11:00", "csam")]
    rows = [("a", event, f"2025-03-01T{at}:00Z", category) for event, at, category in stated]
    rows.append(("a", "decision.made", "2025-03-01T10:00:00Z", None))
    frame = pd.DataFrame(rows, columns=["report_id", "event", "time", "category"])
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING.replace("[decision", "[report.received, report.reopened, decision"), encoding="utf-8")
    judgement = judge(load(frame, path), rules, plan=plan, by=["category"])
    groups = [group for group in judgement.groups(["category"]) if group["rule_id"] == "told"]
    assert {group["group"]["category"]: group["violated"] for group in groups} == {"ncii": 1}
