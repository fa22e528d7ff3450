"""Sentences: each part of a rule is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from auditor.base.strict_yaml import parse
from auditor.log.schema import Field
from auditor.rules import load_rules, sentence
from auditor.rules.model import Pattern, Rule
from auditor.rules.phrases import ordinal
from tests.strategies import rules as random_rules

HEAD = """\
pack: p
version: '1'
timezone: Europe/Paris
lists: {sexual: [csam, csam_synthetic, grooming]}
clocks:
  office:
    timezone: Europe/Berlin
    hours: {mon-fri: "09:00-17:00", sat: ["10:00-12:00", "13:00-15:00"]}
    holidays: DE-BE
    closed: 2025-12-24
    pause: {from: information.requested, to: [information.provided, report.withdrawn]}
  weekdays: {hours: {sun: "00:00-24:00", mon-fri: "00:00-24:00"}}
  asked: {pause: {from: clock.paused, to: clock.resumed}}
rules:
"""
CASES = parse(
    (Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"), file="sentences.yaml"
).root.plain()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["said"][:50])
def test_a_rule_in_words(case: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"{HEAD}  - {{id: a, {case['rule'].lstrip('{')}\n", encoding="utf-8")
    found = load_rules([path], known_fields={"deadline": Field("deadline", "instant")})
    assert sentence(found.rules[0]) == case["said"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_rules())
def test_every_event_of_a_rule_is_named(rule: Rule) -> None:
    said = sentence(rule)
    demand = rule.obligation
    for pattern in (rule.when, demand.pattern, demand.before, rule.unless):
        if isinstance(pattern, Pattern):
            assert all(event in said for event in pattern.events or ())
    if demand.within is not None:
        assert str(demand.within) in said
    assert said.endswith(".")


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip
