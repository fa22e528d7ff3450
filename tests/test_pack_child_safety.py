"""The shipped pack `child-safety`: complete, and each of its rules means what its own tests say."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.log.schema import FIELDS, VOCABULARY
from auditor.rules import load_rules
from auditor.rules.model import Rule, RuleTest
from auditor.rules.testshapes import event_name, parse_offset
from tests.reference import Event, clock, judge

PACK = Path(__file__).parent.parent / "rules" / "child-safety.yaml"
RULES = load_rules([PACK]).rules
CASES = [pytest.param(rule, test, id=f"{rule.id}: {test.name}") for rule in RULES for test in rule.tests]
START = datetime(2025, 3, 3)  # after every rule's `effective`


def test_pack_says_that_it_is_no_legal_advice() -> None:
    assert PACK.read_text(encoding="utf-8").startswith("# Not legal advice.")
    assert load_rules([PACK]).packs[0].disclaimer.startswith("Not legal advice.")


def test_pack_has_at_least_twenty_rules() -> None:
    assert len(RULES) >= 20


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_says_why_it_exists_and_on_what_ground(rule: Rule) -> None:
    assert rule.title
    assert rule.why
    assert rule.refs
    assert rule.basis is not None
    assert rule.basis.note


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_says_who_chose_its_deadline(rule: Rule) -> None:
    assert rule.basis is not None
    assert (rule.obligation.within is None) or rule.basis.deadline is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_tests_on_both_sides(rule: Rule) -> None:
    expected = {verdict for test in rule.tests for verdict in _counts(test, found=1)}
    assert len(rule.tests) >= 4
    assert {"met", "violated"} <= expected


@pytest.mark.parametrize(("rule", "test"), CASES)
def test_rule_reaches_the_verdicts_of_its_tests(rule: Rule, test: RuleTest) -> None:
    events = [_event(number, written) for number, written in enumerate(test.events)]
    judged = judge(
        events,
        [rule],
        covers=frozenset(VOCABULARY if test.covers is None else test.covers),
        observed_until=max(e.time for e in events) if test.as_of is None else _instant(test.as_of),
        fields=FIELDS,
    )
    assert Counter(v.verdict for v in judged.verdicts) == _counts(test, found=len(judged.verdicts))


def _counts(test: RuleTest, *, found: int) -> Counter[str]:
    """What a test expects; a single verdict means every activation, and at least one."""
    if isinstance(test.expect, dict):
        return Counter(test.expect)
    return Counter() if test.expect == "none" else Counter({test.expect: max(1, found)})


def _event(number: int, written: dict[str, Any]) -> Event:
    name = event_name(list(written), frozenset(VOCABULARY))
    assert name is not None
    values = {"report_id": "r1", **{key: value for key, value in written.items() if key != name}}
    return Event(name, _instant(written[name]), _instant(written[name]), values, identity=str(number))


def _instant(offset: str) -> datetime:
    sign, duration = parse_offset(offset)
    return clock.add(START, duration, "UTC") if sign > 0 else clock.subtract(START, duration, "UTC")
