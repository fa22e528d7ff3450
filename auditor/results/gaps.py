"""Fields that rules read and that the log does not tell of at all: each once, with its rules and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.results.facts import fields_of, some

if TYPE_CHECKING:
    from auditor.log.log import Log
    from auditor.results.audit import RuleOutcome

SHOWN = 4  # rules that are named


@dataclass(frozen=True)
class Gap:
    """A field without a single value in the log, and the rules that read it and had something to judge."""

    field: str
    mapped: bool  # whether the log has a column for it
    rules: tuple[str, ...]
    undetermined: int  # verdicts of these rules

    def note(self) -> str:
        """The same for people, with what to do about it."""
        their, readers = ("their", f"{len(self.rules)} rules read") if len(self.rules) > 1 else ("its", "a rule reads")
        told = f"the log has no value of `{self.field}`, which {readers} ({some(self.rules, SHOWN)})"
        if self.undetermined:
            told += (
                f"; {self.undetermined:,} of {their} verdicts {'is' if self.undetermined == 1 else 'are'} undetermined"
            )
        remedy = "check the column that the mapping names for it" if self.mapped else "map it under `fields`"
        return f"{told}; {remedy}, if the source knows it"

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "field": self.field, "mapped": self.mapped, "rules": list(self.rules), "undetermined": self.undetermined
        }  # fmt: skip


def gaps(log: Log, outcomes: Iterable[RuleOutcome]) -> tuple[Gap, ...]:
    """The fields that rules with something to judge read in vain, sorted.

    `is_test` is none of them: where nothing maps it, nothing is a test.
    """
    readers: dict[str, list[RuleOutcome]] = {}
    for outcome in outcomes:
        if not outcome.silent:
            for name in fields_of(outcome.rule) - {"is_test"}:
                readers.setdefault(name, []).append(outcome)
    return tuple(
        Gap(name, name in log.fields, tuple(one.rule.id for one in found), sum(one["undetermined"] for one in found))
        for name, found in sorted(readers.items())
        if name not in log.fields or all(event.missing.get(name) == event.count for event in log.profile.values())
    )
