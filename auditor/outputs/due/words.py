"""How many obligations fall due, and what the log does not tell, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.due import Due


def headline(found: Due) -> str:
    """`Due within 24 h, until 2025-11-08T00:00:00Z: 12 of 87 pending obligations`."""
    pending = sum(found.counts.values())
    listed = f"{found.listed:,} of {_many(pending, 'pending obligation')}"
    return f"Due within {found.length}, until {iso_text(found.end)}: {listed}"


def rest(found: Due) -> str:
    """How many fall due later, and how many pend without due time."""
    return f"Due later: {found.counts['later']:,}; pending without a due time: {found.counts['without']:,}"


def warnings(found: Due) -> Iterator[str]:
    """What keeps the list from being all that may fall due."""
    audit = found.audit
    if found.uncertain:
        end = iso_text(audit.judgement.as_of)
        yield f"the log ends at {end}; it cannot tell what has been done since then"
    if unclear := sum(outcome["undetermined"] for outcome in audit.outcomes):
        yield f"{_many(unclear, 'activation')} undetermined: the log cannot tell whether something is still due there"
    if unjudged := sum(bool(outcome.not_judged) for outcome in audit.outcomes):
        yield f"{unjudged:,} of {_many(len(audit.outcomes), 'rule')} could not be judged on this log"
    yield from audit.notes


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
