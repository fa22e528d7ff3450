"""What rules say just inside and just outside their limits."""

from __future__ import annotations

import pytest

from auditor.results.boundaries import Probed, probe
from auditor.rules import load_rules

RULES = """\
pack: limits
version: "1"
clocks: {office: {hours: {mon-fri: "09:00-17:00"}}}
rules:
  - id: followed
    effective: {from: 2024-05-07, to: 2025-01-01}
    jurisdiction: FR
    when: {event: report.received, where: 'category in ["csam", "grooming"] and not is_test'}
    followed_by: {event: decision.made, where: decision != "void" and actor != trigger.actor, within: 24h}
  - id: bounded
    when: report.received
    followed_by: {event: decision.made, before: report.closed}
  - id: each
    when: report.reopened
    followed_by: {event: decision.made, before: next}
  - id: preceded
    when: report.closed
    preceded_by: {event: notice.sent, within: 1 day}
  - id: beside
    when: action.applied
    accompanied_by: {event: statement.filed, within: 1h}
  - id: stays-down
    per: content_id
    when: content.removed
    not_followed_by: {event: content.restored, within: 1 month}
  - id: counted
    when: report.received
    count: {event: notice.sent, within: 48h, at_least: 2, at_most: 3}
  - id: third
    per: content_id
    when: {event: report.received, nth: 3}
    followed_by: {event: decision.made, within: 1h}
  - id: asserted
    when: {event: content.removed, where: 'views > 100'}
    assert: 'views <= 1000 and matches(template, r"^closed-[0-9]+$")'
  - id: agreed
    per: content_id
    when: decision.made
    agree: decision
  - id: office
    clock: office
    when: report.received
    followed_by: {event: decision.made, within: 16h}
  - id: stated
    when: report.received
    followed_by: {event: decision.made, within: trigger.views * 1h}
  - id: impossible
    when: {event: report.received, where: 'hours_between(time, time) > 1'}
    followed_by: {event: decision.made, within: 1h}
"""


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Probed]:
    path = tmp_path_factory.mktemp("rules") / "limits.yaml"
    path.write_text(RULES, encoding="utf-8")
    return {one.rule.id: one for one in probe(load_rules([path]))}


def told(probed: dict[str, Probed], id: str) -> dict[str, str]:
    return {one.what: one.found.verdict if one.found else "" for one in probed[id].told}


LIMITS = [
    ("followed", "decision.made 1 s before report.received", "violated"),
    ("followed", "decision.made at the moment of report.received", "met"),
    ("followed", "decision.made 24 h 00 min 00 s after report.received", "met"),
    ("followed", "decision.made 24 h 00 min 01 s after report.received", "violated"),
    ("followed", "no decision.made, judged 24 h 00 min 00 s after report.received", "pending"),
    ("followed", "no decision.made, judged 24 h 00 min 01 s after report.received", "violated"),
    ("followed", "report.received 1 s before 2024-05-07 (UTC)", ""),
    ("followed", "report.received at the moment of 2024-05-07 (UTC)", "pending"),
    ("followed", "report.received 1 s before 2025-01-01 (UTC)", "pending"),
    ("followed", "report.received at the moment of 2025-01-01 (UTC)", ""),
    ("bounded", "decision.made at the moment of report.closed", "met"),
    ("bounded", "decision.made 1 s after report.closed", "violated"),
    ("each", "decision.made 1 s before the next report.reopened", "met"),
    ("each", "decision.made 1 s after the next report.reopened", "violated"),
    ("preceded", "notice.sent 24 h 00 min 00 s before report.closed", "met"),
    ("preceded", "notice.sent 24 h 00 min 01 s before report.closed", "violated"),
    ("preceded", "notice.sent 1 s after report.closed", "violated"),
    ("beside", "statement.filed 1 h 00 min 00 s before action.applied", "met"),
    ("beside", "statement.filed 1 h 00 min 01 s before action.applied", "violated"),
    ("beside", "statement.filed 1 h 00 min 01 s after action.applied", "violated"),
    ("stays-down", "content.restored at the moment of content.removed", "met"),
    ("stays-down", "content.restored 1 s after content.removed", "violated"),
    ("stays-down", "content.restored 31 d 0 h 00 min 00 s after content.removed", "violated"),
    ("stays-down", "content.restored 31 d 0 h 00 min 01 s after content.removed", "met"),
    ("counted", "1 × notice.sent in time", "violated"),
    ("counted", "2 × notice.sent in time", "met"),
    ("counted", "3 × notice.sent in time", "met"),
    ("counted", "4 × notice.sent in time", "violated"),
    ("counted", "1 × notice.sent in time and one at the moment of report.received", "violated"),
    ("counted", "1 × notice.sent in time and one 48 h 00 min 00 s after report.received", "met"),
    ("counted", "1 × notice.sent in time and one 48 h 00 min 01 s after report.received", "violated"),
    ("third", "2 × report.received", ""),
    ("third", "3 × report.received", "pending"),
    ("agreed", "the same decision 1 s later", "met"),
    ("agreed", "another decision 1 s later", "violated"),
    ("office", "decision.made 41 h 00 min 00 s after report.received", "met"),
    ("office", "decision.made 41 h 00 min 01 s after report.received", "violated"),
    ("stated", "decision.made 1 h 00 min 00 s after report.received", "met"),
    ("stated", "decision.made 1 h 00 min 01 s after report.received", "violated"),
]


@pytest.mark.parametrize(("id", "what", "verdict"), LIMITS, ids=[f"{id}: {what}" for id, what, _ in LIMITS])
def test_limits(probed: dict[str, Probed], id: str, what: str, verdict: str) -> None:
    assert told(probed, id)[what] == verdict


def test_conditions_that_hold_and_do_not(probed: dict[str, Probed]) -> None:
    assert list(told(probed, "asserted").values()) == ["met", "violated"]
    assert "the condition holds (template closed-1, views 101)" in told(probed, "asserted")


def test_what_cannot_be_shown_is_said(probed: dict[str, Probed]) -> None:
    assert probed["impossible"].told == ()
    assert probed["impossible"].missing == ("no event was found that activates it",)
    assert [id for id, one in probed.items() if one.missing] == ["impossible"]
