"""Lint: what loads but is probably not meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.rules import lint, load_rules

HEAD = "pack: p\nversion: '1'\n"
GOOD = (
    "why: w, refs: [r], basis: {kind: policy}, "
    "tests: [{name: t, events: [{report.received: 0h}], expect: {met: 1, violated: 1}}]"
)

DOUBTS = [
    ("no-why", "when: report.received, assert: minor_involved"),
    ("no-refs", "when: report.received, assert: minor_involved"),
    ("no-basis", "when: report.received, assert: minor_involved"),
    ("no-tests", "when: report.received, assert: minor_involved"),
    ("no-deadline-basis", "basis: {kind: law}, when: report.received, accompanied_by: {within: 1h}"),
    ("constant-condition", "when: report.received, assert: false"),
    ("constant-condition", "when: report.received, assert: automated, unless: {event: report.voided, where: true}"),
    ("constant-condition", "when: {event: report.received, where: 3 > 2}, assert: minor_involved"),
    ("always-true", "when: report.received, assert: decision == decision and automated"),
    ("always-true", 'when: report.received, unless: {event: decision.made, where: decision != "void" or '
     'decision != "partial"}, assert: automated'),
    ("always-true", "when: report.received, assert: automated and (minor_involved or not minor_involved)"),
    ("never-true", 'when: report.received, assert: decision == "void" and decision == "partial"'),
    ("never-true", "when: report.received, assert: 'decision == \"void\" and decision in [\"partial\", \"upheld\"]'"),
    ("never-true", 'when: report.received, assert: decision == "void" and decision is None'),
    ("never-true", 'when: report.received, assert: not (lower(recipient) == "NCMEC")'),
    ("never-true", "when: report.received, assert: 'lower(recipient) in [\"NCMEC\"]'"),
    ("never-true", "when: report.received, assert: views < views"),
    ("within-zero", "when: report.received, followed_by: {event: report.closed, within: 0h}"),
    ("before-is-target", "when: report.received, followed_by: {event: report.closed, before: report.closed}"),
    ("unless-is-target", "when: report.received, not_followed_by: report.closed, unless: report.closed"),
    ("target-is-activation", "when: report.received, followed_by: {event: report.received, within: 1h}"),
    ("target-is-activation", "when: report.received, preceded_by: report.received"),
    ("any-event", "when: {nth: 2}, assert: minor_involved"),
    ("any-event", "when: report.received, followed_by: {within: 1h}"),
    ("nth-before-next", "when: {event: report.closed, nth: 2}, followed_by: {event: decision.made, before: next}"),
    ("no-violating-test", "when: report.received, assert: minor_involved, tests: [{name: t, events: "
     "[{report.received: 0h}], expect: met}]"),
    ("no-met-test", "when: report.received, assert: minor_involved, tests: [{name: t, events: "
     "[{report.received: 0h}], expect: [{verdict: violated}]}]"),
    ("never-violated", "when: report.received, assert: true"),
    ("never-violated", "when: report.received, assert: decision == decision"),
    ("never-violated", "when: report.received, count: {event: notice.sent, within: 1h, at_least: 0}"),
    ("never-violated", "when: report.received, not_followed_by: {event: notice.sent, where: views < views}"),
    ("never-violated", "when: report.received, assert: minor_involved, service_level: {share: 0%}"),
    ("never-violated", "when: decision.made, measure: {to: notice.sent, statistic: share, within: 1h, at_most: 100%}"),
    ("never-violated", "measure: {from: report.received, to: report.closed, statistic: max, at_least: 0h}"),
    ("never-activates", "when: {event: report.received, where: false}, assert: minor_involved"),
    ("never-activates", "when: {event: report.received, where: views < views}, assert: minor_involved"),
    ("never-activates", 'jurisdiction: FR, when: {where: jurisdiction == "DE"}, assert: is_test'),
    ("target-is-activation", "measure: {from: report.received, to: report.received, statistic: max, at_most: 1h}"),
    ("no-deadline-basis", "basis: {kind: law}, when: report.received, followed_by: {due: trigger.time + 1h}"),
    ("nth-per-report", "when: {event: report.received, nth: 2}, assert: minor_involved"),
]  # fmt: skip


def file(folder: Path, rule: str, head: str = "") -> Path:
    path = folder / "rules.yaml"
    path.write_text(f"{HEAD}{head}rules:\n  - {{id: a, {rule}}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("code", "rule"), DOUBTS, ids=[f"{code}-{rule[-40:]}" for code, rule in DOUBTS])
def test_a_doubt_is_told(code: str, rule: str, tmp_path: Path) -> None:
    path = file(tmp_path, rule)
    found = [d for d in lint([path]) if d.code == code]
    assert len(found) == 1
    assert (found[0].level, found[0].place.line, found[0].place.column) == ("warning", 4, 10)
    assert found[0].help
    assert found[0].source.startswith("  - {id: a")
    assert code in [d.code for d in lint(load_rules([path]))]


@pytest.mark.parametrize(
    "rule",
    [
        'assert: decision != "void" and decision != "partial"',
        'assert: decision == "void" or decision == "partial"',
        'assert: decision == "void" and actor == "partial"',
        'assert: lower(recipient) == "ncmec"',
        "not_followed_by: report.received",
        "followed_by: {event: report.received, where: actor != trigger.actor, within: 1h}",
    ],
)
def test_a_sound_rule_is_left_in_peace(rule: str, tmp_path: Path) -> None:
    assert lint([file(tmp_path, f"when: report.received, {rule}, {GOOD}")]) == []


def test_unused_parameters_and_lists_are_told(tmp_path: Path) -> None:
    head = "parameters: {limit: 24h, other: 1h}\nlists: {sexual: [csam], rest: [ncii]}\n"
    rule = "when: {event: report.received, where: category in lists.sexual}, followed_by: " \
           "{event: report.closed, within: params.limit}, " + GOOD  # fmt: skip
    path = file(tmp_path, rule, head)
    found = [(d.code, d.place.line, d.place.column, d.level) for d in lint([path])]
    assert found == [("unused-parameter", 3, 26, "warning"), ("unused-list", 4, 25, "warning")]
    assert [d.code for d in lint(load_rules([path]))] == []


_COUNT = "count: {event: report.closed, within: 1h, "
PAIRS = [
    ("followed_by: {event: report.closed, within: 48h}", "followed_by: {event: report.closed, within: 24h}", "a"),
    ("followed_by: {event: report.closed, within: 24h}", "followed_by: {event: report.closed, within: 24h}", "b"),
    ("followed_by: {event: report.closed, within: 24h}", "followed_by: {event: report.closed, within: 1 day}", ""),
    ("followed_by: {event: report.closed, within: 24h}", "preceded_by: {event: report.closed, within: 24h}", ""),
    ("preceded_by: report.closed", "preceded_by: {event: report.closed, within: 2 days}", "a"),
    ("not_followed_by: {event: report.closed, within: 1h}", "not_followed_by: report.closed", "a"),
    ("not_followed_by: {event: report.closed, within: 1h}", "not_followed_by: {event: report.closed, within: 2h}", "a"),
    (_COUNT + "at_most: 3}", _COUNT + "at_most: 2}", "a"),
    (_COUNT + "at_least: 2}", _COUNT + "at_most: 2}", ""),
    ("assert: minor_involved", "assert: minor_involved", "b"),
    ("assert: minor_involved", "assert: automated", ""),
    ("agree: decision", "agree: category", ""),
    ("assert: minor_involved, severity: critical", "assert: minor_involved, severity: low", "b"),
    ("assert: minor_involved, severity: low", "assert: minor_involved, severity: critical", "a"),
    ("assert: minor_involved, jurisdiction: FR", "assert: minor_involved", ""),
    ("assert: minor_involved, unless: report.voided", "assert: minor_involved", ""),
    ("assert: minor_involved, draft: true", "assert: minor_involved", "a"),
    ("assert: minor_involved, basis: {kind: law}", "assert: minor_involved, basis: {kind: policy}", ""),
    ("followed_by: {within: 48h, before: next}", "followed_by: {within: 24h}", ""),
    ("followed_by: {within: 48h}, unless: report.voided", "followed_by: {within: 24h}, unless: report.voided", "a"),
    ("not_followed_by: {within: 1h}, unless: notice.sent", "not_followed_by: {within: 2h}, unless: notice.sent", ""),
    ("assert: is_test, service_level: {share: 95%}", "assert: is_test", "b"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "idle"), PAIRS, ids=[f"{pair[0]}-{pair[1]}" for pair in PAIRS])
def test_a_rule_that_another_makes_idle_is_told(first: str, second: str, idle: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    rules = "".join(f"  - {{id: {id}, when: report.received, {rest}}}\n" for id, rest in (("a", first), ("b", second)))
    path.write_text(f"{HEAD}rules:\n{rules}", encoding="utf-8")
    found = [d for d in lint([path]) if d.code == "shadowed-rule"]
    assert [d.message[0] for d in found] == list(idle)
    assert all(f"`{'ab'.replace(idle, '')}`" in d.message for d in found)


def test_a_clock_without_use_is_told(tmp_path: Path) -> None:
    path = file(
        tmp_path, "clock: c, when: report.received, preceded_by: notice.sent", "clocks: {c: {closed: 2025-12-24}}\n"
    )
    assert "idle-clock" in [d.code for d in lint([path])]
    clocks = "clocks: {c: {pause: {from: clock.paused, to: {event: clock.resumed, where: views < views}}}}\n"
    path = file(tmp_path, "clock: c, when: report.received, followed_by: {event: notice.sent, within: 1h}", clocks)
    found = [d.message for d in lint([path]) if d.code == "never-true"]
    assert found == ["a: a part of the condition of `pause` is never true"]


def test_mistakes_come_with_the_doubts_and_nothing_is_raised(tmp_path: Path) -> None:
    path = file(tmp_path, "when: report.recieved, assert: minor_involved")
    path.write_text(
        path.read_text() + "  - {id: b, when: report.closed, assert: true, " + GOOD + "}\n", encoding="utf-8"
    )
    assert [(d.code, d.level) for d in lint([path])] == [("unknown-event", "error"), ("never-violated", "warning")]
    assert [d.code for d in lint(["nowhere"])] == ["rules-missing"]


def test_shipped_packs_raise_no_doubt() -> None:
    assert [str(d) for d in lint(["child-safety"])] == []
