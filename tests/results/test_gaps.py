"""Fields that rules read and the log does not have: told once each, with rules and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.log.log import EventProfile
from auditor.log.schema import FIELDS
from auditor.results.audit import Audit
from auditor.results.facts import fields_of
from auditor.rules.expressions import Column, Compare, Literal_
from auditor.rules.model import Measure, NamedClock, Pattern, Pause, ServiceLevel
from tests.results.fake import RECEIVED, audit, finding, log, rule


def where(name: str, *, trigger: bool = False) -> Compare:
    return Compare("==", Column(name, "text", trigger), Literal_("x", "text"))


def asking(name: str, id: str = "asking") -> Any:
    return rule(id, pattern=Pattern(("referral.submitted",), where(name)))


def audited(*rules: Any, verdict: str = "undetermined", **changes: Any) -> Audit:
    rows = [finding(verdict, rule_id=one.id, reason="missing_value", number=n) for n, one in enumerate(rules)]
    return audit(*rows, rules=rules, log=log(**changes))


def test_a_field_that_the_log_does_not_have() -> None:
    [gap] = audited(asking("recipient")).gaps
    assert gap.as_dict() == {"field": "recipient", "mapped": False, "rules": ["asking"], "undetermined": 1}
    assert gap.note() == (
        "the log has no value of `recipient`, which a rule reads (asking); 1 of its verdicts is undetermined; "
        "map it under `fields`, if the source knows it"
    )


def test_a_field_is_told_once_for_all_its_rules() -> None:
    found = audited(*(asking("recipient", f"rule-{n}") for n in range(8)), asking("template"), verdict="met")
    gap, other = found.gaps
    assert (gap.field, len(gap.rules), other.field) == ("recipient", 8, "template")
    assert "8 rules read (rule-0, rule-1, rule-2, rule-3 and 4 more); map it" in gap.note()
    assert found.notes == (gap.note(), other.note())


def test_a_column_that_is_always_empty() -> None:
    fields = {name: FIELDS[name] for name in ("report_id", "recipient")}
    profile = {"report.received": EventProfile(3, RECEIVED, RECEIVED, {"report_id": 0, "recipient": 3})}
    [gap] = audited(asking("recipient"), fields=fields, profile=profile).gaps
    assert gap.mapped
    assert "check the column that the mapping names for it" in gap.note()
    partly = {"report.received": EventProfile(3, RECEIVED, RECEIVED, {"recipient": 2})}
    assert audited(asking("recipient"), fields=fields, profile=partly).gaps == ()


def test_nothing_is_said_of_rules_that_had_nothing_to_judge_nor_of_tests() -> None:
    assert audit(rules=(asking("recipient"),)).gaps == ()
    assert audited(asking("is_test")).gaps == ()
    assert audited(asking("time")).gaps == ()


@pytest.mark.parametrize("changes", [
    {"when": Pattern(("report.received",), where("actor"))},
    {"unless": Pattern(("report.voided",), where("actor"))},
    {"before": Pattern(("report.closed",), where("actor", trigger=True))},
    {"kind": "assert", "condition": where("actor")},
    {"kind": "agree", "pattern": None, "column": Column("actor", "text")},
    {"length": Column("actor", "duration")},
    {"due": Column("actor", "instant")},
    {"per": ("report_id", "actor")},
    {"service_level": ServiceLevel(0.9, by=("month", "actor"))},
    {"kind": "measure", "pattern": None, "measure": Measure(Pattern(("notice.sent",), where("actor")), "median")},
    {"kind": "measure", "pattern": None, "measure": Measure(Pattern(None), "median", by=("actor",))},
    {"clock": NamedClock("office", "UTC", pauses=(Pause(Pattern(None, where("actor")), Pattern(None)),))},
], ids=lambda changes: next(key for key in reversed(changes)))  # fmt: skip
def test_every_part_of_a_rule_is_looked_at(changes: dict[str, Any]) -> None:
    kind = changes.pop("kind", "followed_by")
    assert fields_of(rule("all", kind, **changes)) == {"report_id", "actor"}
