"""Packs as pages: those in docs/packs are of today, and tell what the packs hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.outputs.pack_pages import INDEX, pages
from auditor.rules import RuleSet, load_rules, sentence, shipped_packs

FOLDER = Path(__file__).parent.parent / "docs" / "packs"

EXTENDING = """\
pack: mine
version: "2"
title: Mine | *yours*
extends: base.yaml
parameters: {limit: 12h}
rules:
  - id: told
    when: report.received
    draft: true
    followed_by: {event: notice.sent, within: params.wait}
    tests:
      - name: in time
        events: [{report.received: 0h, is_test: false}, {notice.sent: 1h, time_latest: 2h, report_id: r1}]
        expect: {met: 1}
"""
BASE = """\
pack: base
version: "1"
parameters:
  limit: 24h  # receipt → decision
  wait: 2h
  word: "a # b"
rules:
  - id: decided
    title: Decided <soon>
    basis: {kind: law, deadline: statutory}
    when: report.received
    followed_by: {event: decision.made, within: params.limit}
"""


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_rules([pack.name for pack in shipped_packs()])


def test_pages_are_current(shipped: RuleSet) -> None:
    made = pages(shipped)
    assert {path.name for path in FOLDER.iterdir()} == set(made)
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run python docs/build.py"


def test_page_tells_every_rule_and_the_content_that_it_is_about(shipped: RuleSet) -> None:
    made = pages(shipped)
    for pack in shipped.packs:
        assert pack.sha256 in made[f"{pack.name}.md"]
        assert f"({pack.name}.md)" in made[INDEX]
    for rule in shipped.rules:
        text = made[f"{rule.pack}.md"].replace("\\", "")
        assert f"### {rule.id}\n" in text
        assert " ".join(sentence(rule).split()).replace("\\", "") in text
        assert all(f"*{' '.join(test.name.split())}*: " in text for test in rule.tests)


def test_a_pack_on_a_pack(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(EXTENDING, encoding="utf-8")
    made = pages(load_rules([tmp_path / "mine.yaml"]))
    assert set(made) == {"index.md", "base.md", "mine.md"}
    assert "# Mine \\| \\*yours\\*\n" in made["mine.md"]
    assert "| extends | `base` |" in made["mine.md"]
    assert "| rules | 1, 1 of them drafts" in made["mine.md"]
    assert "| `limit` | 12h | receipt → decision | the statute | decided |" in made["base.md"]
    assert "| `wait` | 2h |  |  | told |" in made["base.md"]
    assert "| `word` | a # b |  |  |  |" in made["base.md"]
    assert "**Decided \\<soon\\>** (medium)" in made["base.md"]
    assert "- *in time*: 0 h report.received (is_test no), 1 h to 2 h notice.sent → **1 met**" in made["mine.md"]
