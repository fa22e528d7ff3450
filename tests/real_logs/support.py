"""Where the real logs lie, and audits of them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

import auditor
from auditor.results import Audit
from tests.real_logs.plain import Story

HERE = Path(__file__).parent
VERDICTS = ("met", "violated", "pending", "undetermined", "exempt")


def folder() -> Path:
    return Path(os.environ["AUDITOR_REAL_LOGS"])


def audit(log: Any, name: str, mapping: Any = None, **options: Any) -> Audit:
    return auditor.check(log, HERE / f"{name}.rules.yaml", mapping or HERE / f"{name}.mapping.yaml", **options)


def stories(found: Audit) -> dict[str, Story]:
    """What the audit says of each activation, by rule."""
    frame = found.findings(show=VERDICTS)
    return {
        str(rule): Counter(zip(part["subject"], part["activated_at"], part["verdict"], strict=True))
        for rule, part in frame.groupby("rule_id")
    }


def counts(found: Audit) -> dict[str, dict[str, int]]:
    return {outcome.rule.id: {v: n for v, n in outcome.counts.items() if n} for outcome in found.outcomes}


def tally(said: Story) -> dict[str, int]:
    total: Counter[str] = Counter()
    for (_, _, verdict), number in said.items():
        total[verdict] += number
    return dict(total)


def utc(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True, format="ISO8601").dt.as_unit("us")
