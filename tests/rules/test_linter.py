"""Lint: what loads but is probably not meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.rules import lint, load_rules

HEAD = "pack: p\nversion: '1'\n"
GOOD = "why: w, refs: [r], basis: {kind: policy}, tests: [{name: t, events: [{report.received: 0h}], expect: met}]"

DOUBTS = [
    ("no-why", "when: report.received, assert: minor_involved"),
    ("no-refs", "when: report.received, assert: minor_involved"),
    ("no-basis", "when: report.received, assert: minor_involved"),
    ("no-tests", "when: report.received, assert: minor_involved"),
    ("no-deadline-basis", "basis: {kind: law}, when: report.received, accompanied_by: {within: 1h}"),
    ("constant-condition", "when: report.received, assert: false"),
    ("constant-condition", "when: {event: report.received, where: 3 > 2}, assert: minor_involved"),
    ("always-true", "when: report.received, assert: decision == decision"),
    ("always-true", 'when: report.received, assert: decision != "void" or decision != "partial"'),
    ("always-true", "when: report.received, assert: minor_involved or not minor_involved"),
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


def test_mistakes_come_with_the_doubts_and_nothing_is_raised(tmp_path: Path) -> None:
    path = file(tmp_path, "when: report.recieved, assert: minor_involved")
    path.write_text(
        path.read_text() + "  - {id: b, when: report.closed, assert: true, " + GOOD + "}\n", encoding="utf-8"
    )
    assert [(d.code, d.level) for d in lint([path])] == [("unknown-event", "error"), ("constant-condition", "warning")]
    assert [d.code for d in lint(["nowhere"])] == ["rules-missing"]


def test_shipped_packs_raise_no_doubt() -> None:
    assert [str(d) for d in lint(["child-safety"])] == []
