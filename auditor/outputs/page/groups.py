"""Groups as the page tells them: verdicts of service levels and measures, and counts of `--by`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.outputs.figures import COUNTS, group_name, grouped, worst_first
from auditor.results.groups import message
from auditor.results.groups import worst_first as worst_groups
from auditor.rules.model import Rule

if TYPE_CHECKING:
    from auditor.results.audit import Audit

MOST = 200  # groups of a rule, or of `--by`


@dataclass(frozen=True)
class Section:
    """The groups of one rule, worst first."""

    rule: Rule
    summary: str
    by: str
    groups: Sequence[Mapping[str, Any]]
    left_out: int


@dataclass(frozen=True)
class Tally:
    """The groups of `--by`."""

    names: Sequence[str]
    groups: Sequence[Mapping[str, Any]]
    left_out: int


def sections(audit: Audit) -> list[Section]:
    """A section for each service level and measure, those with violations first."""
    found = []
    for outcome in worst_first(audit.outcomes):
        if outcome.groups:
            shown = [
                {"verdict": one["verdict"], "name": group_name(one["group"]), "message": message(outcome.rule, one)}
                for one in worst_groups(outcome.rule, outcome.groups)[:MOST]
            ]
            by = ", ".join(outcome.groups[0]["group"])
            found.append(Section(outcome.rule, grouped(outcome), by, shown, len(outcome.groups) - len(shown)))
    return found


def tally(audit: Audit) -> Tally | None:
    """The groups of `--by`; of too many those with the most violations."""
    if not audit.groups:
        return None
    chosen = list(audit.groups)
    if len(chosen) > MOST:
        chosen = sorted(chosen, key=lambda group: -group["violated"])[:MOST]
    shown = [
        {"rule_id": one["rule_id"], "name": group_name(one["group"]), "counts": {name: one[name] for name in COUNTS}}
        for one in chosen
    ]
    return Tally(list(audit.groups[0]["group"]), shown, len(audit.groups) - len(shown))
