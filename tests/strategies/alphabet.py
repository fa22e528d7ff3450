"""The few names, values and times that generated logs and rules share, so that they meet often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from auditor.log.schema import FIELDS, Field

EVENTS = (
    "report.received", "decision.made", "action.applied", "referral.submitted", "notice.sent", "content.reappeared",
)  # fmt: skip

# Noon before a change of clocks in Paris and New York, and before month ends of different lengths.
BASES = (
    datetime(2024, 6, 3),
    datetime(2024, 3, 30, 12),
    datetime(2024, 10, 26, 12),
    datetime(2024, 3, 9, 12),
    datetime(2024, 11, 2, 12),
    datetime(2023, 1, 29, 12),
)
ZONES = ("UTC", "Europe/Paris", "America/New_York")
MICROSECOND = timedelta(microseconds=1)

DECLARED = {
    "deadline": Field("deadline", "instant"),
    "score": Field("score", "number"),
    "queue": Field("queue", scope="standing"),
    "level": Field("level", "integer", "learned"),
}
ALL_FIELDS: dict[str, Field] = {**FIELDS, **DECLARED}

TEXTS: dict[str, tuple[str, ...]] = {
    "report_id": ("r1", "r2", "r3"),
    "content_id": ("c1", "c2"),
    "account_id": ("a1", "a2"),
    "category": ("csam", "grooming", "other"),
    "decision": ("violation", "no_violation"),
    "recipient": ("NCMEC", "reporter"),
    "actor": ("p1", "p2"),
    "platform": ("x", "y"),
    "jurisdiction": ("DE", "FR"),
    "queue": ("fast", "slow"),
}
BOOLS = ("minor_involved", "is_test")
NUMBERS: dict[str, tuple[Any, ...]] = {"views": (0, 1, 5), "score": (0.0, 0.5, 1.0), "level": (1, 2)}
INSTANTS = ("deadline",)
USED_FIELDS = (*TEXTS, *BOOLS, *NUMBERS, *INSTANTS)
