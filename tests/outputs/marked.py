"""An audit beside an earlier one and under waivers, with drafts and groups: something of all that CI formats tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from auditor.base.diagnostics import Place
from auditor.log.schema import FIELDS
from auditor.results.arrow import KNOWN
from auditor.results.audit import Audit
from auditor.results.marks import Known
from auditor.results.options import VERDICTS
from auditor.results.waivers import Waiver, Waivers
from auditor.rules.model import Basis, ServiceLevel
from tests.results.fake import RECEIVED, audit, finding, group, log, rule

RULES = (
    rule("grave", basis=Basis("law", "operator"), place=Place("rules/ours.yaml", 7), why="Children wait.",
         refs=("18 U.S.C. § 2258A(a)(1), https://example.org/2258a.",)),
    rule("middling", severity="medium", refs=()),
    rule("slight", severity="info"),
    rule("drafted", draft=True),
    rule("levelled", severity="high", service_level=ServiceLevel(0.95, ("platform",))),
    rule("silent", severity="low"),
    rule("unseen", severity="low"),
)  # fmt: skip
ROWS = (
    finding(rule_id="grave", number=1), finding(rule_id="grave", subject="R2", number=2),
    finding(rule_id="grave", subject="R3", number=3),
    finding("undetermined", rule_id="grave", subject="R4", reason="not_recorded", number=4),
    finding("undetermined", rule_id="grave", subject="R3", reason="not_recorded", number=5),
    finding("met", rule_id="grave", subject="R6", number=6),
    finding(rule_id="middling", number=7), finding(rule_id="slight", number=8), finding(rule_id="drafted", number=9),
    finding("pending", rule_id="middling", subject="R9", due_at=RECEIVED, number=10),
    finding("exempt", rule_id="middling", subject="R10", number=11),
    finding("met", rule_id="levelled", subject="R11", number=12),
)  # fmt: skip
GROUPS = (
    group("levelled", "violated", {"platform": "chat"}, figure=0.5, n=40, met=20, violated=20),
    group("levelled", "undetermined", {"platform": None}, reason="too_few", n=1, met=1, figure=1.0),
    group("levelled", "met", {"platform": "feed"}, figure=1.0, n=20, met=20),
)
WAIVER = Waiver("grave", "R3", None, "under appeal", "the board", date(2027, 3, 31), line=4)


def plain(**changes: Any) -> Audit:
    """The audit without marks."""
    known = log(fields={name: FIELDS[name] for name in ("report_id", "platform")})
    values = {"rules": RULES, "group_verdicts": GROUPS, "log": known, "show": VERDICTS}
    return audit(*ROWS, unjudged={"unseen": "the log cannot record report.closed"}, **(values | changes))


def marked(**changes: Any) -> Audit:
    """The same, where R1 continues, R3 is waived and one finding of `middling` is resolved."""
    rows = [
        {"fingerprint": f"{number:032x}", "verdict": "violated", "rule_id": rule_id, "subject": subject,
         "severity": "critical", "activated_at": RECEIVED}
        for number, rule_id, subject in ((1, "grave", "R1"), (77, "middling", "R77"))
    ]  # fmt: skip
    earlier = Known("baseline old.json", pa.Table.from_pylist(rows, KNOWN))
    return plain(**changes).marked(earlier, Waivers("waivers.yaml", (WAIVER,)))
