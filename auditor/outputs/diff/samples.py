"""What a page shows of the cases that change: the first ones of each rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.outputs.samples import LONGEST
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.diff import Diff
    from auditor.results.diff_cases import Kind

PER_RULE = 5  # cases shown of a rule
_NONE = "no activation"


@dataclass(frozen=True)
class Sample:
    """A case as a page shows it, with what is said of the finding that is there now or, vanished, was there."""

    kind: Kind
    subject: str | None
    verdict: str  # of this finding
    text: str  # `met → violated: referral.submitted came …`


def samples(found: Diff) -> dict[str, list[Sample]]:
    """The first cases of each rule, in their order."""
    table = found.cases_table(PER_RULE)
    if table is None:
        return {}
    table = table.mutate(subject=table.subject.substr(0, LONGEST + 1))
    told: dict[str, list[Sample]] = {}
    for batch in found.batches(table):
        for row in batch.to_pylist():
            told.setdefault(row["rule_id"], []).append(_sample(row))
    return told


def _sample(row: dict[str, Any]) -> Sample:
    before, after = row["before"], row["after"]
    step = f"{_verdict(before)} → {_verdict(after)}"
    if row["change"] == "due":
        step = f"due {_time(before['due_at'])} → {_time(after['due_at'])}"
    shown, beside = (before, "; before: ") if row["change"] == "vanishes" else (after, ": ")
    return Sample(row["change"], row["subject"], shown["verdict"], f"{step}{beside}{shown['message']}")


def _verdict(side: dict[str, Any] | None) -> str:
    return _NONE if side is None else str(side["verdict"])


def _time(moment: datetime | None) -> str:
    return "never" if moment is None else iso_text(moment)
