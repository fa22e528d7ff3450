"""Large subjects: which rules ordered windows judge, and that they find the same events as pairs for the evidence."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.engine import judge
from auditor.engine.plans.windows import windows_hold
from auditor.log.schema import FIELDS, VOCABULARY
from auditor.rules import load_rules
from auditor.rules.model import RuleSet
from tests.engine.support import engine_log, facts_of
from tests.reference import Event
from tests.strategies import LogCase

START = datetime(2024, 3, 30, 12)
VERDICTS = ("met", "violated", "pending", "undetermined", "exempt")
SAME = "actor == trigger.actor"
ORDERED: dict[str, Any] = {
    "number": {"count": {"event": "notice.sent", "where": "template != 't1'", "within": "1 day", "at_least": 2}},
    "number by actor": {"count": {"event": "decision.made", "where": SAME, "within": "24h", "at_most": 2}},
    "number in hours": {"count": {"event": "notice.sent", "within": "8h", "at_most": 3}, "clock": "office"},
    "hours": {"accompanied_by": {"event": "appeal.received", "within": "2h"}, "clock": "office"},
    "same actor": {
        "preceded_by": {"event": "notice.sent", "where": f"template == 't1' and {SAME}", "within": "6h"},
        "unless": {"event": "appeal.received", "where": "trigger.actor == actor"},
    },
    "same actor first": {
        "followed_by": {"event": "notice.sent", "before": {"event": "appeal.received", "where": SAME}},
    },
}
LEFT: dict[str, Any] = {
    "another actor": {"preceded_by": {"event": "decision.made", "where": "actor != trigger.actor"}},
    "two values": {"preceded_by": {"event": "decision.made", "where": f"{SAME} and template == trigger.template"}},
    "other columns": {"preceded_by": {"event": "decision.made", "where": "actor == trigger.template"}},
    "no column": {"preceded_by": {"event": "decision.made", "where": "trigger.actor == trigger.actor"}},
    "one or the other": {"preceded_by": {"event": "decision.made", "where": f"{SAME} or template == 't1'"}},
    "no text": {"preceded_by": {"event": "decision.made", "where": "minor_involved == trigger.minor_involved"}},
    "paused": {"count": {"event": "notice.sent", "within": "8h", "at_most": 3}, "clock": "stopped"},
    "stated": {"count": {"event": "notice.sent", "within": "trigger.views * 1h", "at_most": 3}},
}


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    """All rules above, for decisions of a platform."""
    duties = {name.replace(" ", "-"): duty for name, duty in {**ORDERED, **LEFT}.items()}
    shared = {"severity": "low", "per": "platform", "when": "decision.made"}
    pack = {
        "pack": "large", "version": "1.0.0", "title": "Large subjects", "timezone": "Europe/Paris",
        "clocks": {
            "office": {"timezone": "Europe/Paris", "hours": {"mon-sun": "09:00-17:00"}},
            "stopped": {"timezone": "UTC", "pause": {"from": "notice.sent", "to": "decision.made"}},
        },
        "rules": [{"id": id, "title": id, **shared, **duty} for id, duty in duties.items()],
    }  # fmt: skip
    path: Path = tmp_path_factory.mktemp("rules") / "large.yaml"
    path.write_text(json.dumps(pack), encoding="utf-8")
    return load_rules([path])


def crowded(seed: int, size: int = 90) -> LogCase:
    """A log of two platforms where much happens at once, and some values are missing."""
    chance = random.Random(seed)  # noqa: S311
    fields = {name: FIELDS[name] for name in ("report_id", "platform", "actor", "template")}
    events = []
    for place in range(2, size):
        time = START + timedelta(hours=chance.randint(0, 40))
        values = {"report_id": f"r{chance.randint(1, 9)}", "platform": chance.choice("xxxxxy")}
        for name, options in (("actor", ("p1", "p2", "p3", None)), ("template", ("t1", "t2", None))):
            if (value := chance.choice(options)) is not None:
                values[name] = value
        name = chance.choice(("decision.made", "notice.sent", "appeal.received"))
        events.append(Event(name, time, time, values, place=place, identity=f"e{place:02}"))
    return LogCase(tuple(events), frozenset(VOCABULARY), START + timedelta(hours=36), None, None, fields)


def test_what_ordered_windows_judge(ruleset: RuleSet) -> None:
    facts = facts_of(crowded(1))
    held = {rule.id.replace("-", " ") for rule in ruleset.rules if windows_hold(facts, rule)}
    assert held == set(ORDERED)


@pytest.fixture(scope="module")
def found(ruleset: RuleSet) -> dict[str, list[dict[str, Any]]]:
    """By plan, every finding of the rules that windows judge, with its evidence."""
    log, rules = crowded(1), RuleSet(ruleset.rules[: len(ORDERED)])
    made = {}
    for plan in ("windows", "pairs"):
        judgement = judge(engine_log(log), rules, plan=plan)  # type: ignore[arg-type]
        rows = judgement.log.backend.to_pyarrow(judgement.findings(VERDICTS)).to_pylist()
        made[plan] = sorted(rows, key=lambda row: (row["rule_id"], row["place"]))
    return made


def test_windows_and_pairs_find_the_same_events(found: dict[str, list[dict[str, Any]]]) -> None:
    assert found["windows"] == found["pairs"]


def test_much_happens_in_what_they_are_compared_on(found: dict[str, list[dict[str, Any]]]) -> None:
    rows = found["windows"]
    assert {row["verdict"] for row in rows} == set(VERDICTS)
    assert {entry["role"] for row in rows for entry in row["evidence"]} == {"activation", "match", "bound", "exemption"}
    at_once = [
        row for row in rows for e in row["evidence"] if e["time"] == row["activated_at"] and e["role"] == "match"
    ]
    assert len(at_once) > 20
