"""Verdicts on groups that two versions of rules disagree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.results.diff_cases import Kind
from auditor.results.groups import message
from auditor.rules.changes import RuleChange
from auditor.rules.model import Rule

Said = Sequence[Mapping[str, Any]]  # verdicts of one rule on its groups


@dataclass(frozen=True)
class GroupChange:
    """A group whose verdict is another; one of `before` and `after` can be missing.  Both have a `message`."""

    change: RuleChange
    kind: Kind
    group: Mapping[str, str | None]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "rule_id": self.change.rule.id, "severity": self.change.severity, "change": self.kind,
            "group": dict(self.group), "before": _told(self.before), "after": _told(self.after),
        }  # fmt: skip


def group_changes(change: RuleChange, before: Said, after: Said, show: Sequence[str]) -> Iterator[GroupChange]:
    """The groups with another verdict, as far as one of the two is shown."""
    then, now = _by_group(before), _by_group(after)
    for key in dict.fromkeys((*now, *then)):
        old, new = then.get(key), now.get(key)
        kind = _kind(*(None if one is None or one["verdict"] not in show else one["verdict"] for one in (old, new)))
        if kind is not None:
            sides = (_with_message(change.before, old), _with_message(change.after, new))
            yield GroupChange(change, kind, dict(key), *sides)


def _by_group(said: Said) -> dict[tuple[tuple[str, str | None], ...], Mapping[str, Any]]:
    return {tuple(one["group"].items()): one for one in said}


def _kind(before: str | None, after: str | None) -> Kind | None:
    """How two verdicts differ; None stands for one that is not shown."""
    if before == after:
        return None
    return "appears" if before is None else "vanishes" if after is None else "verdict"


def _with_message(rule: Rule | None, group: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if rule is None or group is None else {**group, "message": message(rule, group)}


def _told(side: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if side is None else {name: side[name] for name in ("verdict", "reason", "figure", "n", "message")}
