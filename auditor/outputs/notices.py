"""What a reader has to know before any figure: what is left out, not judged, or not counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.outputs.figures import Headline

if TYPE_CHECKING:
    from auditor.results.audit import Audit


@dataclass(frozen=True)
class Notice:
    """A sentence, and the section of the page that says more."""

    text: str
    target: str


def notices(audit: Audit, head: Headline) -> Iterator[Notice]:
    """In the order of their weight."""
    if head.not_judged:
        yield Notice(f"{head.not_judged:,} of {_rules(head.rules)} could not be judged on this log.", "unjudged")
    if head.silent:
        yield Notice(f"{_rules(head.silent)} never activated: silence is not compliance.", "unjudged")
    if head.asleep:
        yield Notice(f"{_rules(head.asleep)} {_was(head.asleep)} in force at no time of the log.", "unjudged")
    if head.drafts:
        yield Notice(f"{_rules(head.drafts, 'draft rule')} {_was(head.drafts)} judged and shown, but not counted.",
                     "rules")  # fmt: skip
    if rejected := sum(audit.log.health.rejected.values()):
        rows = "1 row" if rejected == 1 else f"{rejected:,} rows"
        yield Notice(f"{rows} of the log could not be read.", "log")
    if audit.notes:
        number = len(audit.notes)
        yield Notice("There is a note on the log." if number == 1 else f"There are {number:,} notes on the log.", "log")


def _rules(number: int, noun: str = "rule") -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
