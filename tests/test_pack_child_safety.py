"""The shipped pack `child-safety`: complete, and each of its rules means what its own tests say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from auditor.log.schema import FIELDS, VOCABULARY
from auditor.log.spec import naive_utc
from auditor.rules import lint, load_rules
from auditor.rules.model import Rule
from auditor.rules.ruletests import Case, cases
from tests.engine.support import engine_verdicts
from tests.reference import Event
from tests.strategies import LogCase

PACK = Path(__file__).parent.parent / "rules" / "child-safety.yaml"
RULES = load_rules([PACK]).rules
BY_ID = {rule.id: rule for rule in RULES}
CASES = [pytest.param(case, id=f"{rule.id}: {case.name}") for rule in RULES for case in cases(rule)]


def test_pack_says_that_it_is_no_legal_advice() -> None:
    assert PACK.read_text(encoding="utf-8").startswith("# Not legal advice.")
    assert load_rules([PACK]).packs[0].disclaimer.startswith("Not legal advice.")


def test_pack_leaves_lint_nothing_to_say() -> None:
    assert lint([PACK]) == []


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
    assert rule.obligation.within is None or rule.basis.deadline is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_tests_on_both_sides(rule: Rule) -> None:
    expected = {
        verdict for test in rule.tests for verdict in (test.expect if isinstance(test.expect, dict) else [test.expect])
    }
    assert len(rule.tests) >= 4
    assert {"met", "violated"} <= expected


@pytest.mark.parametrize("case", CASES)
def test_rule_reaches_the_verdicts_of_its_tests(case: Case) -> None:
    log, rule = _log(case), BY_ID[case.rule_id]
    counts = Counter(verdict.verdict for verdict in log.judge(rule).verdicts)
    assert case.agrees(counts), counts


@pytest.mark.parametrize("case", CASES)
def test_rule_reaches_them_in_the_engine_too(case: Case) -> None:
    verdicts, _, _ = engine_verdicts(_log(case), [BY_ID[case.rule_id]], "case")
    counts = Counter(verdict.verdict for verdict in verdicts)
    assert case.agrees(counts), counts


def _log(case: Case) -> LogCase:
    as_of = naive_utc(case.as_of)
    assert as_of is not None
    events = tuple(_event(number, row) for number, row in enumerate(case.rows))
    return LogCase(events, frozenset(VOCABULARY if case.covers is None else case.covers), as_of, None, None, FIELDS)


def _event(number: int, row: dict[str, object]) -> Event:
    values = {name: value for name, value in row.items() if name not in ("event", "time")}
    time = row["time"].replace(tzinfo=None)  # type: ignore[attr-defined]
    return Event(str(row["event"]), time, time, values, identity=str(number), place=number + 2)
