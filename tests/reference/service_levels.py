"""`service_level`: “share = met / (met + violated)” of each group of activations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.rules.model import Rule, ServiceLevel

from .activations import Activation
from .groups import GroupOutcome, GroupVerdict, in_order, key, most_frequent

Outcomes = Sequence[tuple[Activation, str, str | None]]  # activation, verdict, reason


def groups(rule: Rule, outcomes: Outcomes) -> list[GroupVerdict]:
    """A verdict on each group."""
    level = rule.service_level
    assert level is not None
    keyed = [(key(activation, level.by), outcome, reason) for activation, outcome, reason in outcomes]
    return [
        _group(rule, level, group, [(outcome, reason) for k, outcome, reason in keyed if k == group])
        for group in in_order(k for k, _, _ in keyed)
    ]


def _group(
    rule: Rule, level: ServiceLevel, group: tuple[str | None, ...], outcomes: list[tuple[str, str | None]]
) -> GroupVerdict:
    counts = Counter(outcome for outcome, _ in outcomes)
    met, violated, undetermined = counts["met"], counts["violated"], counts["undetermined"]
    judged = met + violated
    least = _share(met, judged + undetermined)  # were all that is undetermined violated
    most = _share(met + undetermined, judged + undetermined)  # were it all met
    verdict: GroupOutcome = "undetermined"
    reason = None
    if judged + undetermined < level.minimum:
        reason = "too_few"
    elif judged >= level.minimum and least is not None and least >= level.share:
        verdict = "met"
    elif judged >= level.minimum and most is not None and most < level.share:
        verdict = "violated"
    else:
        reason = most_frequent(reason for _, reason in outcomes if reason is not None)
    return GroupVerdict(
        rule_id=rule.id,
        kind="service_level",
        group=dict(zip(level.by, group, strict=True)),
        verdict=verdict,
        reason=reason,
        figure=_share(met, judged),
        least=least,
        most=most,
        naive=None,
        n=judged,
        met=met,
        violated=violated,
        pending=counts["pending"],
        exempt=counts["exempt"],
        undetermined=undetermined,
        censored=0,
        left_out=0,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
