"""One audit that has something of everything, small enough to read."""

from __future__ import annotations

from datetime import timedelta

from auditor.base.durations import parse_duration
from auditor.log.log import Health
from auditor.log.schema import FIELDS
from auditor.results.audit import Audit
from auditor.rules.model import Basis, Pattern, ServiceLevel
from tests.results.fake import FAR, RECEIVED, audit, finding, group, log, measure, rule, witness

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


def grouped() -> Audit:
    """Two measures and a service level, each with groups of every kind, and a draft."""
    by = ("platform",)
    rules = (
        measure("median-answer", by=by, at_most=86_400.0, leave_out=Pattern(("report.withdrawn",))),
        measure("share-answer", "share", at_least=0.9, rule={"draft": True, "verified": "from memory"},
                within=parse_duration("48h")),
        rule("answered", severity="low", service_level=ServiceLevel(0.95, by)),
    )  # fmt: skip
    hour = 3600.0
    said = (
        group("median-answer", "undetermined", {"platform": None}, reason="too_few", n=3, censored=1, least=hour),
        group("median-answer", "met", {"platform": "chat"}, figure=2 * hour, naive=hour, n=40, censored=5, left_out=1),
        group("median-answer", "violated", {"platform": "feed"}, figure=26.2 * hour, naive=24.04 * hour, n=50,
              censored=6, left_out=3),
        group("median-answer", "violated", {"platform": "live"}, least=30 * hour, n=20, censored=20),
        group("median-answer", "undetermined", {"platform": "video"}, reason="imprecise_time", least=20 * hour,
              most=30 * hour, naive=25 * hour, n=20, undetermined=4),
        group("share-answer", "violated", figure=0.8999999, naive=0.95, n=100, censored=10),
        group("answered", "violated", {"platform": "chat"}, figure=0.925, n=40, met=37, violated=3, pending=2),
        group("answered", "undetermined", {"platform": "feed"}, reason="missing_value", figure=0.95, least=0.76,
              most=0.96, n=20, met=19, violated=1, undetermined=5, exempt=1),
        group("answered", "met", {"platform": "\x1b[31mred"}, figure=1.0, n=20, met=20),
    )  # fmt: skip
    known = log(fields={name: FIELDS[name] for name in ("report_id", "platform")})
    return audit(finding(rule_id="answered", severity="low"), rules=rules, group_verdicts=said, log=known)


def hostile(*subjects: str) -> Audit:
    """One violation of each subject, each of a rule of its own, so that a table shows them all."""
    rules = tuple(rule(f"rule-{number}") for number, _ in enumerate(subjects))
    found = (
        finding(subject=text, rule_id=one.id, number=n)
        for n, (text, one) in enumerate(zip(subjects, rules, strict=True))
    )
    return audit(*found, rules=rules)
