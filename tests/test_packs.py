"""The shipped packs: complete, honest about their ground, and each rule means what its own tests say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.base.strict_yaml import parse
from auditor.log.schema import FIELDS, VOCABULARY
from auditor.log.spec import naive_utc
from auditor.results.ruletests import run
from auditor.rules import lint, load_rules
from auditor.rules.activations import Activation, difference
from auditor.rules.model import Rule, RuleTest
from auditor.rules.ruletests import Case, cases
from tests.reference import Event, Verdict
from tests.strategies import LogCase

FOLDER = Path(__file__).parent.parent / "rules"
PACKS = sorted(FOLDER.glob("*.yaml"))
RULESET = load_rules([FOLDER])  # together: no two packs share a rule id
RULES, DECLARED = RULESET.rules, RULESET.fields
BY_ID = {rule.id: rule for rule in RULES}
CASES = [pytest.param(case, id=f"{rule.id}: {case.name}") for rule in RULES for case in cases(rule, DECLARED)]

each_pack = pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
each_case = pytest.mark.parametrize("case", CASES)


@each_pack
def test_pack_says_that_it_is_no_legal_advice(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# Not legal advice.")
    assert load_rules([path]).packs[0].disclaimer.startswith("Not legal advice.")


@each_pack
def test_pack_has_the_name_of_its_file_and_says_what_it_covers(path: Path) -> None:
    head = parse(path.read_text(encoding="utf-8"), file=str(path)).root.plain()
    assert head["pack"] == path.stem
    assert head["title"]
    assert len(head["description"]) > 200


@each_pack
def test_pack_is_named_in_the_readme(path: Path) -> None:
    assert f"| `{path.stem}` |" in (FOLDER.parent / "README.md").read_text(encoding="utf-8")


@each_pack
def test_pack_leaves_lint_nothing_to_say(path: Path) -> None:
    assert lint([path]) == []


def test_child_safety_has_at_least_twenty_rules() -> None:
    assert sum(rule.pack == "child-safety" for rule in RULES) >= 20


@each_rule
def test_rule_says_why_it_exists_and_on_what_ground(rule: Rule) -> None:
    assert rule.title
    assert rule.why
    assert rule.refs
    assert rule.basis is not None
    assert rule.basis.note


@each_rule
def test_rule_says_who_chose_its_deadline(rule: Rule) -> None:
    assert rule.basis is not None
    assert rule.obligation.within is None or rule.basis.deadline is not None


@each_pack
def test_no_setting_bends_a_number_of_a_statute(path: Path) -> None:
    for rule in parse(path.read_text(encoding="utf-8"), file=str(path)).root.plain()["rules"]:
        if rule["basis"].get("deadline") == "statutory":
            spans = [part["within"] for part in rule.values() if isinstance(part, dict) and "within" in part]
            assert not any(span.startswith("params.") for span in spans), rule["id"]


@each_pack
def test_pack_says_of_all_laws_how_well_they_are_verified_or_of_none(path: Path) -> None:
    laws = [bool(rule.verified) for rule in load_rules([path]).rules if rule.basis and rule.basis.kind == "law"]
    assert all(laws) or not any(laws)


@each_rule
def test_what_nobody_has_seen_is_a_draft(rule: Rule) -> None:
    assert rule.draft or not rule.verified.startswith(("remembered", "not seen"))


@each_rule
def test_rule_has_tests_on_both_sides(rule: Rule) -> None:
    assert len(rule.tests) >= 4
    assert {"met", "violated"} <= {verdict for test in rule.tests for verdict in _verdicts(test)}


@each_case
def test_rule_reaches_the_verdicts_of_its_tests(case: Case) -> None:
    assert difference(case, _judged(case, BY_ID[case.rule_id])) is None


@each_pack
def test_rules_reach_them_in_the_engine_too(path: Path) -> None:
    for one in run(load_rules([path])):
        assert one.difference is None, f"{one.rule.id}: {one.case.name}: {one.difference}"
        direct = _judged(one.case, one.rule)
        assert Counter(one.found) == Counter(direct), f"{one.rule.id}: {one.case.name}"


def test_another_number_in_the_statute_changes_exactly_the_cases_between_the_two(tmp_path: Path) -> None:
    text = (FOLDER / "us-take-it-down.yaml").read_text(encoding="utf-8")
    changed = tmp_path / "us-take-it-down.yaml"
    changed.write_text(text.replace("within: 48h}", "within: 24h}"), encoding="utf-8")
    assert set(_disappointed(load_rules([FOLDER / "us-take-it-down.yaml"]).rules)) == set()
    assert set(_disappointed(load_rules([changed]).rules)) == {
        "us-take-it-down-removed: removed after a day, a minute late for a limit of 24 hours",
        "us-take-it-down-removed: removed at the limit",
        "us-take-it-down-removed: deleted by its author in time",
        "us-take-it-down-removed: there is still time at the limit",
        "us-take-it-down-removed-after-information: removed at the limit",
        "us-take-it-down-removed-after-information: there is still time at the limit",
    }


def _disappointed(rules: Iterable[Rule]) -> list[str]:
    """The tests, as `rule: name`, whose expectation the rules do not fulfil."""
    pairs = [(rule, case) for rule in rules for case in cases(rule, DECLARED)]
    return [f"{rule.id}: {case.name}" for rule, case in pairs if difference(case, _judged(case, rule))]


def _verdicts(test: RuleTest) -> list[str]:
    if isinstance(test.expect, str):
        return [test.expect]
    if isinstance(test.expect, tuple):
        return [expected.verdict for expected in test.expect]
    return list(test.expect)


def _judged(case: Case, rule: Rule) -> list[Activation]:
    """What the direct evaluator says."""
    return [_activation(verdict) for verdict in _log(case).judge(rule).verdicts]


def _activation(verdict: Verdict) -> Activation:
    subject = verdict.subject if isinstance(verdict.subject, str | None) else json.dumps(list(verdict.subject))
    activated_at, due_at, met_at = (
        moment and moment.replace(tzinfo=UTC) for moment in (verdict.activated_at, verdict.due_at, verdict.met_at)
    )
    late = verdict.late_seconds
    return Activation(str(verdict.verdict), subject, verdict.reason, activated_at, due_at, met_at, late)


def _log(case: Case) -> LogCase:
    as_of = naive_utc(case.as_of)
    assert as_of is not None
    events = tuple(_event(number, row) for number, row in enumerate(case.rows))
    covers = frozenset(VOCABULARY if case.covers is None else case.covers)
    return LogCase(events, covers, as_of, None, None, {**FIELDS, **DECLARED})


def _event(number: int, row: dict[str, object]) -> Event:
    naive = {name: value.replace(tzinfo=None) if isinstance(value, datetime) else value for name, value in row.items()}
    event, time = naive.pop("event"), naive.pop("time")
    assert isinstance(time, datetime)
    return Event(str(event), time, time, naive, identity=str(number), place=number + 2)
