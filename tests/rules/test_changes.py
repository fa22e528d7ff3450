"""What counts as an edit of a rule, and what as an edit of its meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.rules import RuleSet, load_rules
from auditor.rules.changes import Changes, Edit, changes

HEAD = "pack: p\nversion: '1'\nparameters: {limit: 24h}\nlists: {grave: [csam, grooming]}\nrules:\n"
RULE = """\
  - id: a
    title: Referred
    when: {event: report.received, where: {category: csam}}
    followed_by: {event: referral.submitted, within: 24h}
"""


@pytest.fixture
def load(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Rules from texts."""
    numbers = iter(range(100))

    def loaded(text: str) -> RuleSet:
        path = tmp_path / f"{next(numbers)}.yaml"
        path.write_text(text)
        return load_rules([path])

    return loaded


def kinds(found: Changes) -> dict[str, str]:
    return {change.rule.id: change.kind for change in found.rules}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within: 24h", "within: 1440 min"),
        ("where: {category: csam}", 'where: category == "csam"'),
        ("  - id: a\n", "\n\n  # moved\n  - id: a\n"),
    ],
)
def test_what_only_is_written_otherwise_is_unchanged(load, old: str, new: str) -> None:  # type: ignore[no-untyped-def]
    assert old in RULE
    found = changes(load(HEAD + RULE), load(HEAD + RULE.replace(old, new)))
    assert (found.rules, found.unchanged) == ((), 1)


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("title: Referred", "title: Sent on", Edit("title", "Referred", "Sent on")),
        ("title: Referred", "title: Referred\n    severity: high", Edit("severity", "medium", "high")),
        ("title: Referred", "title: Referred\n    draft: true", Edit("draft", "no", "yes")),
        ("title: Referred", "title: Referred\n    refs: [a, b]", Edit("refs", None, "a; b")),
        ("title: Referred", "title: Referred\n    basis: {kind: law}", Edit("basis.kind", None, "law")),
        ("title: Referred", "title: Referred\n    tests: [{name: t, events: [{report.received: 0h}], expect: none}]",
         Edit("tests", "0", "1")),
    ],
)  # fmt: skip
def test_what_only_describes_a_rule_is_told_and_not_judged(load, old: str, new: str, edit: Edit) -> None:  # type: ignore[no-untyped-def]
    found = changes(load(HEAD + RULE), load(HEAD + RULE.replace(old, new)))
    assert kinds(found) == {"a": "described"}
    assert edit in found.rules[0].edits
    assert found.judged == ()


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("within: 24h", "within: 12h", "followed_by"),
        ("within: 24h", "within: 1 day", "followed_by"),
        ("followed_by", "preceded_by", "preceded_by"),
        ("where: {category: csam}", "where: {category: [csam, ncii]}", "when"),
        ("event: report.received", "nth: 2, event: report.received", "nth"),
        ("title: Referred", "per: content_id", "per"),
        ("title: Referred", "jurisdiction: FR", "jurisdiction"),
        ("title: Referred", "effective: {from: 2024-01-01}", "effective"),
        ("title: Referred", "unless: report.withdrawn", "unless"),
        ("title: Referred", "service_level: {share: 95%, by: [month]}", "service_level"),
    ],
)
def test_the_part_of_the_meaning_that_differs_is_named(load, old: str, new: str, part: str) -> None:  # type: ignore[no-untyped-def]
    found = changes(load(HEAD + RULE), load(HEAD + RULE.replace(old, new, 1)))
    assert [(change.kind, change.parts) for change in found.rules] == [("edited", (part,))]
    assert found.rules[0].sentences[0] != found.rules[0].sentences[1]


def test_parameters_and_lists_change_the_rules_that_use_them(load) -> None:  # type: ignore[no-untyped-def]
    user = """\
  - {id: by-limit, when: report.received, followed_by: {event: notice.sent, within: params.limit}}
  - {id: by-list, when: {event: report.received, where: category in lists.grave}, assert: minor_involved}
  - {id: by-none, when: report.received, followed_by: {event: notice.sent, within: 24h}}
"""
    new = HEAD.replace("24h", "12h").replace("[csam, grooming]", "[csam]").replace("'1'", "'2'")
    found = changes(load(HEAD + user), load(new + user))
    assert kinds(found) == {"by-limit": "edited", "by-list": "edited"}
    assert found.parameters == (Edit("limit", "24h", "12h"),)
    assert found.packs == (Edit("p", "1", "2"),)
    assert found.unchanged == 1


def test_rules_come_go_and_are_renamed(load) -> None:  # type: ignore[no-untyped-def]
    found = changes(
        load(HEAD + RULE),
        load(HEAD + RULE.replace("id: a", "id: b") + RULE.replace("id: a", "id: c").replace("24h", "1h")),
    )
    assert kinds(found) == {"b": "added", "c": "added", "a": "removed"}
    assert [change.renamed for change in found.rules] == ["a", "", ""]


def test_a_field_of_another_type_counts_for_the_rules_that_read_it(load) -> None:  # type: ignore[no-untyped-def]
    readers = """\
  - {id: reads, when: report.received, assert: level > 1}
  - {id: groups, when: report.received, followed_by: {event: notice.sent, within: 24h},
     service_level: {share: 95%, by: [level]}}
"""
    heads = [
        HEAD.replace("rules:", f"fields: {{{declared}}}\nrules:")
        for declared in ("level: integer", "level: number, q: text")
    ]
    found = changes(load(heads[0] + RULE + readers), load(heads[1] + RULE + readers))
    assert [(change.rule.id, change.parts) for change in found.rules] == [
        ("reads", ("fields",)),
        ("groups", ("fields",)),
    ]
    assert found.fields == (Edit("level", "integer", "number"), Edit("q", None, "text"))


def test_the_worse_severity_counts_and_a_draft_is_one_on_both_sides(load) -> None:  # type: ignore[no-untyped-def]
    before, after = RULE.replace("title: Referred", "severity: critical\n    draft: true"), RULE.replace("24h", "1h")
    [change] = changes(load(HEAD + before), load(HEAD + after)).rules
    assert (change.severity, change.draft) == ("critical", False)
