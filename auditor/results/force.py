"""When a rule is in force, set beside the time that a log tells of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from auditor.rules.model import Rule
from auditor.rules.phrases import instant

if TYPE_CHECKING:
    from auditor.log.log import Log


def in_force(rule: Rule, log: Log, as_of: datetime) -> bool:
    """Whether the rule is in force at some moment from the log's beginning to the judgement (naive UTC).

    The log begins at `observed_from` or, if it states none, with its earliest event.
    """
    start, end = rule.effective.start, rule.effective.end
    if start is not None and start > as_of:
        return False
    begins = log.observed_from or min((event.first for event in log.profile.values()), default=as_of)
    return end is None or end > begins


def window(rule: Rule) -> str:
    """`from 2024-02-17`, `from 2018-01-01 until before 2024-05-14`; '' for a rule that is always in force."""
    start, end = rule.effective.start, rule.effective.end
    parts = ((word, moment) for word, moment in (("from", start), ("until before", end)) if moment is not None)
    return " ".join(f"{word} {instant(moment, rule.zone)}" for word, moment in parts)
