"""The meaning of rules, carried out directly: slow, obvious, over plain lists.

The engine is compared with this; so it shares nothing with the engine but the rule model.  Quotations are from the
definition of the rule language; `docs/semantics.md` tells the same to users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from auditor.log.schema import Field
from auditor.rules.model import Rule

from . import agreement, conditions, counting, lengths, limits, matching, measures, service_levels
from .activations import Activation, Audit, activations
from .conditions import Truth
from .doubt import ALL, LEVELS, REASON, Doubt
from .groups import GroupVerdict
from .values import Event, Story, counted_once, known_at, moment_of_judgement
from .windows import Window

Outcome = Literal["met", "violated", "pending", "undetermined", "exempt"]
Standing = Literal["satisfied", "exempt", "neither"]
Subject = str | tuple[Any, ...] | None


@dataclass(frozen=True)
class Verdict:
    """What is said of one activation."""

    rule_id: str
    subject: Subject
    identity: str
    verdict: Outcome
    reason: str | None
    activated_at: datetime
    due_at: datetime | None = None
    met_at: datetime | None = None
    late_seconds: int | None = None


@dataclass(frozen=True)
class Judged:
    """All verdicts, in the order of rules, time and identity, those on groups, and the rules that the log cannot
    answer."""

    verdicts: list[Verdict] = field(default_factory=list)
    groups: list[GroupVerdict] = field(default_factory=list)
    unjudged: set[str] = field(default_factory=set)


def judge(
    events: Iterable[Event],
    rules: Sequence[Rule],
    *,
    covers: frozenset[str],
    observed_until: datetime,
    observed_from: datetime | None = None,
    as_of: datetime | None = None,
    fields: Mapping[str, Field],
) -> Judged:
    """Every verdict that the rules have on a log, activation by activation and group by group."""
    moment = moment_of_judgement(as_of, observed_until)
    counted = tuple(counted_once(known_at(events, moment)))
    audit = Audit(Story(counted, fields), covers, observed_from, moment)
    judged = Judged()
    for rule in rules:
        if not audit.can_judge(rule):
            judged.unjudged.add(rule.id)
            continue
        found = activations(audit, rule)
        if rule.obligation.kind == "measure":
            judged.groups.extend(measures.groups(found))
            continue
        verdicts = [(activation, verdict(activation)) for activation in found]
        judged.verdicts.extend(sorted((v for _, v in verdicts), key=lambda v: (v.activated_at, v.identity)))
        if rule.service_level is not None:
            outcomes = [(activation, v.verdict, v.reason) for activation, v in verdicts]
            judged.groups.extend(service_levels.groups(rule, outcomes))
    return judged


def verdict(activation: Activation) -> Verdict:
    """The verdict on one activation; its reason is the first doubt that leaves it undetermined."""
    outcome, reason = _outcome_and_reason(activation)
    due_at = limits.due_at(activation)
    met_at = _met_at(activation, outcome, due_at)
    return Verdict(
        activation.rule.id,
        _shown(activation.subject),
        activation.trigger.identity,
        outcome,
        reason,
        activation.trigger.time,
        due_at,
        met_at,
        _late_seconds(activation, outcome, due_at, met_at),
    )


def _outcome_and_reason(activation: Activation) -> tuple[Outcome, str | None]:
    if activation.subject is None and activation.rule.obligation.kind != "assert":
        # “Where that is unknown, each activation is undetermined (`missing_value`), except under `assert`.”
        return "undetermined", "missing_value"
    if lengths.not_stated(activation):
        return "undetermined", "missing_value"
    outcome = outcome_at(activation, ALL)
    if outcome != "undetermined":
        return outcome, None
    return outcome, next(REASON[level] for level in LEVELS if outcome_at(activation, level) == "undetermined")


def _shown(subject: tuple[Any, ...] | None) -> Subject:
    """“With several `per` keys `subject` is the list of their values.”"""
    return subject[0] if subject is not None and len(subject) == 1 else subject


def outcome_at(activation: Activation, level: Doubt) -> Outcome:
    """The verdict when only the doubts up to a level count."""
    outcome = _outcome_of_obligation(activation, level)
    if Doubt.NONE < activation.doubt <= level and outcome not in ("met", "exempt"):
        # “An unknown activation has the verdict of its obligation when that is `met` or `exempt`, and is
        # undetermined otherwise.”
        return "undetermined"
    return outcome


def _outcome_of_obligation(activation: Activation, level: Doubt) -> Outcome:
    """“Each obligation is judged in the most favourable and in the least favourable reading.”"""
    readings = {_standing(activation, level, favourable=reading) for reading in (True, False)}
    if readings == {"satisfied"}:
        return "met"
    if readings in ({"exempt"}, {"satisfied", "exempt"}):
        return "exempt"
    if readings == {"neither"}:
        over = _is_over(activation, level)
        return "undetermined" if over is None else "violated" if over else "pending"
    return "undetermined"


def _is_over(activation: Activation, level: Doubt) -> Truth:
    """Whether nothing that comes can help: too many are too many at once, else when the limit has passed."""
    if activation.rule.obligation.kind == "count" and counting.too_many(activation, level):
        return True
    return limits.has_passed(activation, level)


def _standing(activation: Activation, level: Doubt, *, favourable: bool) -> Standing:
    """How an activation stands in one reading."""
    rule = activation.rule
    window = limits.window(activation, level, favourable=favourable)
    if _satisfied(activation, level, window, favourable=favourable):
        return "satisfied"
    # “`unless`: not satisfied, and a match in the obligation's own window (closed at both ends).”
    if rule.unless is not None and matching.found(activation, level, rule.unless, window.closed(), possible=favourable):
        return "exempt"
    return "neither"


def _satisfied(activation: Activation, level: Doubt, window: Window, *, favourable: bool) -> bool:
    """“What helps is read as possible and what hurts as certain; in the unfavourable one the reverse.”"""
    obligation = activation.rule.obligation
    if obligation.kind == "assert":
        assert obligation.condition is not None
        doubt = conditions.doubt(obligation.condition, activation.trigger, activation.trigger, activation.audit.story)
        return matching.reads(doubt, level, possible=favourable)
    if obligation.kind == "agree":
        return agreement.holds(activation, level, favourable=favourable)
    if obligation.kind == "count":
        return counting.in_range(activation, level, favourable=favourable)
    assert obligation.pattern is not None
    if obligation.kind.startswith("not_"):
        return not matching.found(activation, level, obligation.pattern, window, possible=not favourable)
    return matching.found(activation, level, obligation.pattern, window, possible=favourable)


def _met_at(activation: Activation, outcome: Outcome, due_at: datetime | None) -> datetime | None:
    """“`met_at` is the match's earliest”: of the first match from t on, or of the last one up to t."""
    obligation, t = activation.rule.obligation, activation.trigger.when
    if outcome not in ("met", "violated") or obligation.kind not in ("followed_by", "preceded_by", "accompanied_by"):
        return None
    assert obligation.pattern is not None
    found = matching.matches(activation, ALL, obligation.pattern, possible=True)
    first = min((b.time for b in found if b.time_latest >= t.earliest), default=None)
    last = max((b.time for b in found if b.time <= t.latest), default=None)
    if obligation.kind == "followed_by":
        return first
    if obligation.kind == "preceded_by":
        return last if outcome == "met" else None
    if outcome == "violated":
        return first
    in_time = first is not None and (due_at is None or first <= due_at)  # without an end a window holds all
    return first if in_time else last


def _late_seconds(
    activation: Activation, outcome: Outcome, due_at: datetime | None, met_at: datetime | None
) -> int | None:
    """“The least lateness that is possible”, of what came after its limit or has not come; too many are not late."""
    if outcome != "violated" or due_at is None:
        return None
    if activation.rule.obligation.kind == "count" and counting.too_many(activation, ALL):
        return None
    return max(0, ((met_at or activation.audit.moment) - due_at) // timedelta(seconds=1))
