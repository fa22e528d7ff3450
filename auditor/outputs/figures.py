"""What documents for readers say of an audit, whatever their format: totals, the order of rules, silence, standing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.outputs.names import named
from auditor.outputs.samples import Doubt, doubts
from auditor.results.force import window
from auditor.rules.model import SEVERITIES, Rule

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

COUNTS = ("violated", "undetermined", "pending", "met", "exempt")  # the order in which readers are told of verdicts
GROUP_COUNTS = ("violated", "undetermined", "met")
MEANINGS = {
    "violated": "The log shows that the rule was broken.",
    "undetermined": "The log does not say enough to tell whether the rule was kept.",
    "pending": "The time allowed had not run out at the moment of judgement.",
    "met": "The log shows that the rule was kept.",
    "exempt": "Something that the rule names took the duty away.",
}


@dataclass(frozen=True)
class Headline:
    """The totals of an audit; drafts are in none of them but `drafts`."""

    rules: int
    activations: int
    counts: Mapping[str, int]  # activations by verdict
    waived: int  # of those that are violated
    groups: int
    group_counts: Mapping[str, int]  # groups by verdict
    severities: Mapping[str, int]  # violated activations and groups by severity, worst first, zeros left out
    not_judged: int  # rules that could not be judged at all
    silent: int  # rules that never activated, though the log could have shown it
    asleep: int  # rules that are in force at no time of the log
    drafts: int

    @property
    def violated(self) -> int:
        """Violated activations and groups."""
        return self.counts["violated"] + self.group_counts["violated"]


def headline(audit: Audit) -> Headline:
    """The totals of an audit."""
    counted = audit.counted
    severities = {
        severity: sum(one["violated"] + one.grouped("violated") for one in counted if one.rule.severity == severity)
        for severity in SEVERITIES
    }
    return Headline(
        rules=len(counted),
        activations=sum(one.activations for one in counted),
        counts={verdict: audit.total(verdict) for verdict in COUNTS},
        waived=sum(one.waived for one in counted),
        groups=sum(len(one.groups) for one in counted),
        group_counts={verdict: audit.grouped(verdict) for verdict in GROUP_COUNTS},
        severities={severity: number for severity, number in severities.items() if number},
        not_judged=sum(bool(one.not_judged) for one in counted),
        silent=sum(one.never_activated and one.in_force for one in counted),
        asleep=sum(one.silent and not one.in_force for one in counted),
        drafts=len(audit.outcomes) - len(counted),
    )


def worst_first(outcomes: Iterable[RuleOutcome]) -> list[RuleOutcome]:
    """Rules with violations first, then by severity, then as the packs list them."""
    return sorted(
        outcomes,
        key=lambda one: (not (one["violated"] or one.grouped("violated")), SEVERITIES.index(one.rule.severity)),
    )


@dataclass(frozen=True)
class Silence:
    """The rules that say nothing of this log, or nothing but doubts."""

    unjudged: tuple[RuleOutcome, ...]  # the log cannot show whether they ever activated
    undecided: tuple[RuleOutcome, ...]  # all that they say is "undetermined"
    never: tuple[RuleOutcome, ...]  # the log could have shown it, and shows nothing
    asleep: Mapping[str, tuple[RuleOutcome, ...]]  # by the time at which they are in force, outside that of the log


def silence(audit: Audit) -> Silence:
    """The rules that say nothing of this log, in their order."""
    asleep: dict[str, tuple[RuleOutcome, ...]] = {}
    for one in audit.outcomes:
        if one.silent and not one.in_force:
            asleep[window(one.rule)] = (*asleep.get(window(one.rule), ()), one)
    return Silence(
        tuple(one for one in audit.outcomes if one.unjudged and one.in_force),
        tuple(one for one in audit.outcomes if one.not_judged and not one.silent),
        tuple(one for one in audit.outcomes if one.never_activated and one.in_force),
        asleep,
    )


def doubtful(audit: Audit) -> list[Doubt]:
    """Undetermined findings by rule and reason, also where the audit does not list them."""
    return doubts(audit, audit.show if "undetermined" in audit.show else ("undetermined",))


def standing(rule: Rule) -> str:
    """What a finding of this rule is measured against, and whose deadline it is; '' where the rule does not say.

    A deadline that the operator chose is never told as a breach of the law.
    """
    if rule.basis is None:
        return ""
    kind = "Law" if rule.basis.kind == "law" else f"{rule.basis.kind.capitalize()}, not law"
    what = "bound" if rule.obligation.measure else "period" if rule.obligation.kind.startswith("not_") else "deadline"
    deadline = {
        "operator": f"; the {what} is the operator's own choice: what is found is not in itself a breach of the law",
        "statutory": f"; the {what} is statutory",
        None: "",
    }[rule.basis.deadline]
    note = " ".join(rule.basis.note.split())
    return f"{kind}{deadline}." + (f" {note}" if note else "")


def group_name(values: Mapping[str, str | None]) -> str:
    """`chat, 2024-03`: the values of a group; `all` where there is but one group."""
    return ", ".join(map(named, values.values())) or "all"


def grouped(outcome: RuleOutcome) -> str:
    """`2 of 5 groups violated, 1 undetermined`; '' for a rule without groups."""
    if not outcome.groups:
        return ""
    total = len(outcome.groups)
    first = f"{outcome.grouped('violated'):,} of {total:,} {'group' if total == 1 else 'groups'} violated"
    rest = (f"{n:,} {verdict}" for verdict in GROUP_COUNTS[1:] if (n := outcome.grouped(verdict)))
    return ", ".join([first, *rest])
