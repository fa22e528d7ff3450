"""One audit that has something of everything, small enough to read."""

from __future__ import annotations

from datetime import timedelta

from auditor.log.log import Health
from auditor.results.audit import Audit
from auditor.rules.model import Basis, Pattern
from tests.results.fake import FAR, RECEIVED, audit, finding, log, rule, witness

H = timedelta(hours=1)
DUE = RECEIVED + 24 * H
LATE = RECEIVED + 26 * H + timedelta(minutes=4)


def story() -> Audit:
    """Three rules that activated, one that never did, one that the log cannot judge."""
    rules = (
        rule("acknowledged", severity="low", pattern=Pattern(("report.acknowledged",)), refs=()),
        rule("referral-in-time", basis=Basis("law", "operator")),
        rule("not-restored", "not_followed_by", severity="high", pattern=Pattern(("content.restored",))),
        rule("never-seen", severity="medium"),
        rule("not-judged", severity="medium"),
    )
    late = [
        witness("activation", "report.received", RECEIVED), witness("match", "referral.submitted", LATE, (1 << 40) + 7)
    ]  # fmt: skip
    health = Health(
        ("reports.csv", "responses.csv"), 12, 11, {"bad time": 1}, imprecise=0, out_of_order=2,
        notes=("the newest event is older than the export",),
    )  # fmt: skip
    return audit(
        finding(subject="R1", due_at=DUE, met_at=LATE, late_seconds=7440, evidence=late),
        finding(subject="R2", due_at=DUE, late_seconds=3110400, number=2),
        finding("met", subject="R3", met_at=RECEIVED + H, due_at=DUE, number=3),
        finding("undetermined", subject="R4", reason="not_recorded", rule_id="not-restored", number=4),
        finding("undetermined", subject="R5", reason="not_recorded", rule_id="not-restored", number=5),
        finding("pending", subject="R6", due_at=FAR + 3 * H, rule_id="acknowledged", number=6),
        finding("exempt", subject="R7", rule_id="acknowledged", number=7),
        rules=rules,
        show=("violated", "undetermined", "pending"),
        unjudged={"not-judged": "the log cannot record report.closed"},
        log=log(health=health),
        judgement={"duplicates": 1},
        groups=(
            {"rule_id": "referral-in-time", "group": {"month": "2020-01"}, "violated": 2, "undetermined": 0,
             "pending": 0, "met": 1, "exempt": 0},
        ),
    )  # fmt: skip


def hostile(*subjects: str) -> Audit:
    """One violation of each subject, each of a rule of its own, so that a table shows them all."""
    rules = tuple(rule(f"rule-{number}") for number, _ in enumerate(subjects))
    found = (
        finding(subject=text, rule_id=one.id, number=n)
        for n, (text, one) in enumerate(zip(subjects, rules, strict=True))
    )
    return audit(*found, rules=rules)
