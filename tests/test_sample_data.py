"""The sample logs: generated as committed, readable as described, judged as their stories say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from auditor.engine import Judgement
from auditor.engine import judge as judge_by_engine
from auditor.log import load
from auditor.log.log import Log
from auditor.log.schema import VOCABULARY
from auditor.rules import load_rules
from tests.reference import Event, judge

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_data"
MONTH = ("month_events.csv", "month_cases.csv")
RULES = load_rules([ROOT / "rules" / "child-safety.yaml"])
VERDICTS = ("met", "violated", "pending", "undetermined", "exempt")


@cache
def sample(name: str) -> Log:
    """A sample log, read with its own mapping."""
    return load(SAMPLES / name, SAMPLES / name.replace(".csv", ".mapping.yaml"))


def test_generator_writes_what_is_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", SAMPLES / "generate.py", tmp_path], check=True)
    for name in MONTH:
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), name


def test_month_is_small_enough_to_ship() -> None:
    assert all((SAMPLES / name).stat().st_size < 1_500_000 for name in MONTH)


@pytest.mark.parametrize(
    ("name", "rejected"),
    [
        ("doe_v_twitter.csv", {}),
        ("month_events.csv", {"bad_time": 2, "ragged_row": 1, "unknown_event": 1, "unknown_value": 1}),
        ("month_cases.csv", {"bad_time": 1, "ragged_row": 1}),
    ],
)
def test_log_holds_the_dirt_that_it_is_said_to_hold(name: str, rejected: dict[str, int]) -> None:
    assert dict(sample(name).health.rejected) == rejected


@pytest.mark.parametrize("name", MONTH)
def test_month_has_the_whole_vocabulary(name: str) -> None:
    assert sample(name).profile.keys() == set(VOCABULARY)


# ------------------------------------------------------------------------------------------------------ the month


@cache
def month(name: str) -> Judgement:
    """The month in one form, judged."""
    return judge_by_engine(sample(name), RULES)


def _findings(name: str) -> Counter[tuple[str, ...]]:
    columns = ("rule_id", "subject", "activated_at", "verdict", "reason")
    table = month(name).findings(VERDICTS).select(*columns).to_pyarrow()
    return Counter(tuple(str(row[column]) for column in columns) for row in table.to_pylist())


def test_month_has_the_same_findings_in_either_form() -> None:
    assert _findings(MONTH[0]) == _findings(MONTH[1])


def test_month_activates_every_rule() -> None:
    counts = month(MONTH[0]).counts
    assert [rule.id for rule in RULES.rules if not sum(counts[rule.id].values())] == []


def test_month_has_every_verdict() -> None:
    counts = month(MONTH[0]).counts.values()
    assert all(any(rule[verdict] for rule in counts) for verdict in VERDICTS)


# ------------------------------------------------------------------------------------------------- Doe v. Twitter


def test_doe_verdicts_are_the_same_in_the_engine() -> None:
    several = {rule.id for rule in RULES.rules if len(rule.per) > 1}
    judged = judge_by_engine(sample("doe_v_twitter.csv"), RULES)
    rows = judged.findings(VERDICTS).select("rule_id", "subject", "verdict").to_pyarrow().to_pylist()
    found = {
        (row["rule_id"], tuple(json.loads(row["subject"])) if row["rule_id"] in several else row["subject"]): row[
            "verdict"
        ]
        for row in rows
    }
    assert found == doe()


@cache
def doe(mapping: Path = SAMPLES / "doe_v_twitter.mapping.yaml") -> dict[tuple[str, object], str]:
    """Verdict by rule and subject, from the direct evaluator."""
    log = load(SAMPLES / "doe_v_twitter.csv", mapping)
    judged = judge(_events(log), RULES.rules, covers=log.covers, observed_until=log.observed_until, fields=log.fields)
    return {(v.rule_id, v.subject): v.verdict for v in judged.verdicts}


def _events(log: Log) -> list[Event]:
    rows = log.events.to_pyarrow().to_pylist()
    return [
        Event(
            row["event"],
            row["time"],
            row["time_latest"],
            {name: row[name] for name in log.fields if row[name] is not None},
            row["identity"],
            row["place"],
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("minor-not-no-violation", "report-victim"),
        ("referral-in-time", "item-1"),
        ("referral-prompt-after-review", "report-victim"),
        ("appeal-answered", "report-victim"),
        ("gone-after-first-report", "item-1"),
        ("third-report-decided", "item-1"),
        ("no-violation-stands", "item-1"),
        ("authority-not-needed", "item-1"),
        ("answered-in-time", "report-mother-1"),
        ("victim-answered-in-time", "report-mother-2"),
        ("information-acted-on", "report-mother-1"),
        ("no-canned-receipt-twice", ("mother", "item-1")),
    ],
)
def test_doe_file_shows_what_is_alleged(rule: str, subject: object) -> None:
    assert doe()[rule, subject] == "violated"


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("acknowledged-in-time", "report-victim"),  # the day is an interval
        ("decided-in-time", "report-victim"),  # seven days to the day: within or just outside
        ("decided-in-time", "report-mother-1"),  # it may have been merged
        ("evidence-preserved", "report-victim"),  # inside the platform
        ("minor-report-escalated", "report-victim"),
        ("not-restored", "item-1"),
    ],
)
def test_doe_file_leaves_open_what_nobody_alleges(rule: str, subject: object) -> None:
    assert doe()[rule, subject] == "undetermined"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_doe_verdicts_do_not_hang_on_the_zone(zone: str, tmp_path: Path) -> None:
    text = (SAMPLES / "doe_v_twitter.mapping.yaml").read_text(encoding="utf-8")
    other = tmp_path / "mapping.yaml"
    other.write_text(text.replace("America/Los_Angeles", zone), encoding="utf-8")
    assert doe(other) == doe()
