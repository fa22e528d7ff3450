"""Audits made by hand and recorded night after night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from auditor.log.log import EventProfile
from auditor.results.audit import Audit
from auditor.rules.model import Rule
from tests.results.fake import audit, finding, log, rule

START = datetime(2025, 10, 1)
FIRST, SECOND = rule("first"), rule("second", severity="medium")


def night(
    number: int, found: Mapping[int, str], *, rules: Sequence[Rule] = (FIRST,), since: datetime = START, **changes: Any
) -> Audit:
    """The audit after `number` days: finding n was activated n hours after the start, with the verdict given.

    A finding is of the first rule; from 100 on of the second.
    """
    as_of = START + timedelta(days=number)
    rows = [
        finding(
            verdict, f"R{n}", number=n, rule_id=rules[n // 100].id, activated_at=START + timedelta(hours=n),
            reason="missing_value" if verdict == "undetermined" else None,
        )
        for n, verdict in found.items()
    ]  # fmt: skip
    told = log(observed_until=as_of, profile={"report.received": EventProfile(1, since, as_of)})
    return audit(*rows, rules=tuple(rules), log=told, judgement={"as_of": as_of}, **changes)


def statuses(audited: Audit) -> dict[str, str]:
    """The status of each finding by subject."""
    shown = audited.findings(("violated", "undetermined"))
    return dict(zip(shown["subject"], shown["status"], strict=True))


def counts(audited: Audit) -> tuple[int, int, int]:
    """New, continuing, resolved."""
    assert audited.comparison is not None
    return audited.comparison.new, audited.comparison.continuing, audited.comparison.resolved


def draft(one: Rule) -> Rule:
    """The rule as a draft."""
    return replace(one, draft=True)
