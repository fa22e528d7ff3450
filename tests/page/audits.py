"""Audits that pages are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from auditor.log.log import Health
from auditor.log.schema import FIELDS
from auditor.results.arrow import KNOWN
from auditor.results.audit import Audit
from auditor.results.marks import Known
from auditor.results.options import VERDICTS
from auditor.results.waivers import Waiver, Waivers
from auditor.rules.model import Basis, Pattern, ServiceLevel
from tests.outputs.story import DUE, LATE, H
from tests.results.fake import RECEIVED, audit, finding, group, log, rule, witness

MANY = 50_100
SEVERITIES = ("critical", "high", "medium", "low", "info")


def everything() -> Audit:
    """Something of all that a page can show: 60 findings, groups, drafts, waivers, a comparison, a trend."""
    rules = (
        rule("referral-in-time", basis=Basis("law", "operator"), why="Children wait.",
             refs=("18 U.S.C. § 2258A(a)(1), https://example.org/2258a",)),
        rule("not-restored", "not_followed_by", severity="high", pattern=Pattern(("content.restored",))),
        rule("answered", severity="medium", service_level=ServiceLevel(0.95, ("platform",))),
        rule("tried-out", severity="low", draft=True),
        rule("never-seen", severity="info"),
        rule("not-judged", severity="low"),
    )  # fmt: skip
    late = [witness("activation", "report.received", RECEIVED), witness("match", "referral.submitted", LATE, 7)]
    rows = [finding(subject="R1", due_at=DUE, met_at=LATE, late_seconds=7440, evidence=late)]
    rows += [
        finding(
            subject=f"R{n}",
            activated_at=RECEIVED + n * H,
            due_at=DUE + n * H,
            number=n,
            late_seconds=3_110_400 - 3600 * n,
            evidence=[witness("activation", "report.received", RECEIVED + n * H, n)],
        )
        for n in range(2, 56)
    ]
    rows += [
        finding("undetermined", "R56", reason="not_recorded", rule_id="not-restored", number=56),
        finding("undetermined", None, reason="missing_value", rule_id="not-restored", number=57),
        finding("pending", "R58", due_at=RECEIVED + 900 * H, rule_id="answered", number=58),
        finding("met", "R59", due_at=DUE, met_at=RECEIVED + H, rule_id="answered", number=59),
        finding("violated", "R60", rule_id="tried-out", number=60),
    ]
    groups = (
        group("answered", "violated", {"platform": "chat"}, figure=0.5, n=40, met=20, violated=20),
        group("answered", "undetermined", {"platform": None}, reason="too_few", n=1, met=1, figure=1.0),
    )
    by = [{"rule_id": "referral-in-time", "group": {"month": "2020-01"}, "violated": 55, "undetermined": 0,
           "pending": 0, "met": 0, "exempt": 0}]  # fmt: skip
    health = Health(("reports.csv",), 70, 62, {"bad time": 1}, {"back-test rows": 2}, imprecise=0, out_of_order=2,
                    notes=("the newest event is older than the export",))  # fmt: skip
    known = log(fields={name: FIELDS[name] for name in ("report_id", "platform")}, health=health)
    plain = audit(*rows, rules=rules, group_verdicts=groups, log=known, show=VERDICTS, groups=tuple(by),
                  unjudged={"not-judged": "the log cannot record report.closed"})  # fmt: skip
    earlier = [
        {"fingerprint": f"{number:032x}", "verdict": "violated", "rule_id": "referral-in-time", "subject": f"R{number}",
         "severity": "critical", "activated_at": RECEIVED} for number in (1, 2, 99)
    ]  # fmt: skip
    waiver = Waiver("referral-in-time", "R3", None, "under appeal", "the board", date(2027, 3, 31), line=4)
    marked = plain.marked(
        Known("baseline old.json", pa.Table.from_pylist(earlier, KNOWN)), Waivers("waivers.yaml", (waiver,))
    )
    return replace(marked, trend=tuple(
        {"run": n, "as_of": f"2020-02-{n:02}T00:00:00Z", "violated": {"critical": 40 + n, "low": n % 3},
         "undetermined": 5} for n in range(1, 27)
    ))  # fmt: skip


def many(number: int = MANY) -> Audit:
    """Too many findings for one page, of five rules, one for each severity."""
    rules = tuple(rule(f"{severity}-rule", severity=severity) for severity in SEVERITIES)
    rows: list[dict[str, Any]] = []
    for n in range(number):
        seconds = {"activated_at": RECEIVED + timedelta(seconds=n * 7919 % 100_003)}
        late = {"due_at": DUE, "late_seconds": n * 31 % 1_000_003}
        doubt = n % 10 == 9
        said = {"reason": "not_recorded"} if doubt else late
        verdict, rule_id = "undetermined" if doubt else "violated", f"{SEVERITIES[n % 5]}-rule"
        rows.append(finding(verdict, f"R-{n:06}", number=n, rule_id=rule_id, **seconds, **said))
    return audit(*rows, rules=rules, show=("violated", "undetermined"))
