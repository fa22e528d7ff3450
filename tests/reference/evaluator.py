"""The meaning of rules, carried out directly: slow, obvious, over plain lists.

The engine is compared with this; so it shares nothing with the engine but the rule model.  Quotations are from the
definition of the rule language; `docs/semantics.md` tells the same to users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Literal

from auditor.log.schema import VOCABULARY, Field
from auditor.rules.model import NEXT, Pattern, Rule

from . import conditions, windows
from .conditions import Truth
from .values import Event, Story, counted_once, known_at, moment_of_judgement
from .windows import Edge, Window

Outcome = Literal["met", "violated", "pending", "undetermined", "exempt"]
Standing = Literal["satisfied", "exempt", "neither"]
Subject = str | tuple[Any, ...] | None


class Doubt(IntEnum):
    """What is in doubt; each level has the doubts of those before it."""

    NONE = 0
    TIME = 1
    VALUE = 2
    COVER = 3
    START = 4


REASON = {
    Doubt.TIME: "imprecise_time",
    Doubt.VALUE: "missing_value",
    Doubt.COVER: "not_recorded",
    Doubt.START: "log_starts_later",
}
LEVELS = tuple(REASON)
ALL = Doubt.START


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
    """All verdicts, in the order of rules, time and identity, and the rules that the log cannot answer."""

    verdicts: list[Verdict] = field(default_factory=list)
    unjudged: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Audit:
    """What holds for all rules: the events that count and what is known about the log."""

    story: Story
    covers: frozenset[str]
    observed_from: datetime | None
    moment: datetime

    def recorded(self, pattern: Pattern) -> bool:
        """Whether the log can record all that a pattern means; one that names no event means any event at all."""
        return set(VOCABULARY if pattern.events is None else pattern.events) <= self.covers


@dataclass(frozen=True)
class Activation:
    """One activation of one rule: its event, the other events of its subject, and how far it is in doubt itself."""

    audit: Audit
    rule: Rule
    trigger: Event
    subject: tuple[Any, ...] | None
    others: tuple[Event, ...]
    doubt: Doubt

    @property
    def members(self) -> list[Event]:
        """All events of the subject; none where it is unknown."""
        return [] if self.subject is None else [self.trigger, *self.others]


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
    """Every verdict that the rules have on a log."""
    moment = moment_of_judgement(as_of, observed_until)
    counted = tuple(counted_once(known_at(events, moment)))
    audit = Audit(Story(counted, fields), covers, observed_from, moment)
    judged = Judged()
    for rule in rules:
        if not _can_be_judged(rule, covers):
            judged.unjudged.add(rule.id)
            continue
        found = activations(audit, rule)
        judged.verdicts.extend(sorted(map(verdict, found), key=lambda v: (v.activated_at, v.identity)))
    return judged


def _can_be_judged(rule: Rule, covers: frozenset[str]) -> bool:
    """“A rule whose activating event is outside `covers` is listed as ‘cannot be judged on this log’.”"""
    return bool(covers.intersection(VOCABULARY if rule.when.events is None else rule.when.events))


# ---------------------------------------------------------------------------------------------------- activations


def activations(audit: Audit, rule: Rule) -> list[Activation]:
    """The events on which a rule activates, those included of which that is not known."""
    story = audit.story
    members: dict[tuple[Any, ...] | None, list[Event]] = {}
    for event in story.events:
        members.setdefault(story.subject(event, rule.per), []).append(event)
    found = []
    for event in story.events:
        subject = story.subject(event, rule.per)
        # “The event matches nothing in other subjects”, so one without subject has no others beside it.
        same = [] if subject is None else members[subject]
        doubt = _doubt(audit, rule, event, None if subject is None else same)
        if doubt is not None and event.event in audit.covers:
            # “The activating event is never its own match, bound or exemption.”
            others = tuple(e for e in same if e.identity != event.identity)
            found.append(Activation(audit, rule, event, subject, others, doubt))
    return found


def _doubt(audit: Audit, rule: Rule, event: Event, subject: list[Event] | None) -> Doubt | None:
    """How far an activation is in doubt; None where there is certainly none."""
    doubts = [
        _from_truth(conditions.matches(rule.when, event, None, audit.story)),
        _from_truth(_in_jurisdiction(audit.story, rule, event)),
        _effective(rule, event),
    ]
    if rule.nth is not None:
        doubts.append(_nth(audit, rule, rule.nth, event, subject))
    if None in doubts:
        return None  # Kleene: one false is enough
    return min((doubt for doubt in doubts if doubt), default=Doubt.NONE)


def _from_truth(value: Truth) -> Doubt | None:
    if value is None:
        return Doubt.VALUE
    return Doubt.NONE if value else None


def _in_jurisdiction(story: Story, rule: Rule, event: Event) -> Truth:
    """“Activates only where the report's jurisdiction is in the list.”"""
    if not rule.jurisdiction:
        return True
    value = story.value(event, "jurisdiction")
    return None if value is None else value in rule.jurisdiction


def _effective(rule: Rule, event: Event) -> Doubt | None:
    """“Half-open [from, to) …; an interval that straddles a bound makes the activation unknown.”"""
    start, end = rule.effective.start, rule.effective.end
    if (start is not None and event.time_latest < start) or (end is not None and event.time >= end):
        return None
    certain = (start is None or event.time >= start) and (end is None or event.time_latest < end)
    return Doubt.NONE if certain else Doubt.TIME


def _nth(audit: Audit, rule: Rule, k: int, event: Event, subject: list[Event] | None) -> Doubt | None:
    """“`nth` counts the subject's certain matches by time (ties by identity).”"""
    if subject is None:
        return Doubt.VALUE  # it may be the k-th of whatever it belongs to
    truths = {e.identity: conditions.matches(rule.when, e, None, audit.story) for e in subject}
    in_order = sorted(subject, key=lambda e: (e.time, e.identity))
    possible = [e.identity for e in in_order if truths[e.identity] is not False]
    certain = [e.identity for e in in_order if truths[e.identity] is True]
    if len(possible) < k:
        return None
    if len(certain) < k:
        # “When k is reached only by counting uncertain matches, the k-th of all matches is an unknown activation.”
        return Doubt.VALUE if event.identity == possible[k - 1] else None
    if event.identity != certain[k - 1]:
        return None
    # “An uncertain match before or at the k-th makes the activation unknown.”
    if possible[:k] != certain[:k]:
        return Doubt.VALUE
    # An event that the log leaves out “is a possible match at every time in every subject”.
    if not audit.recorded(rule.when):
        return Doubt.COVER
    # “The log may start later than the story”: a match before that may come first.
    return Doubt.START if _starts_later(audit, rule, subject) else Doubt.NONE


def _starts_later(audit: Audit, rule: Rule, subject: Iterable[Event]) -> bool:
    """“… not under `per: report_id` when the report's own `report.received` is in the log.”"""
    if audit.observed_from is None:
        return False
    return rule.per != ("report_id",) or all(e.event != "report.received" for e in subject)


# ------------------------------------------------------------------------------------------------------- verdicts


def verdict(activation: Activation) -> Verdict:
    """The verdict on one activation; its reason is the first doubt that leaves it undetermined."""
    outcome = outcome_at(activation, ALL)
    if activation.subject is None and activation.rule.obligation.kind != "assert":
        # “Where that is unknown, each activation is undetermined (`missing_value`), except under `assert`.”
        outcome, reason = "undetermined", "missing_value"
    elif outcome == "undetermined":
        reason = next(REASON[level] for level in LEVELS if outcome_at(activation, level) == "undetermined")
    else:
        reason = None
    due_at = _due_at(activation)
    met_at = _met_at(activation, outcome, due_at)
    late = None
    if outcome == "violated" and due_at is not None:
        late = max(0, ((met_at or activation.audit.moment) - due_at) // timedelta(seconds=1))
    return Verdict(
        activation.rule.id,
        _shown(activation.subject),
        activation.trigger.identity,
        outcome,
        reason,
        activation.trigger.time,
        due_at,
        met_at,
        late,
    )


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
        return "violated" if _limit_has_passed(activation, level) else "pending"
    return "undetermined"


def _standing(activation: Activation, level: Doubt, *, favourable: bool) -> Standing:
    """How an activation stands in one reading."""
    rule = activation.rule
    window = _window(activation, level, favourable=favourable)
    if _satisfied(activation, level, window, favourable=favourable):
        return "satisfied"
    # “`unless`: not satisfied, and a match in the obligation's own window (closed at both ends).”
    if rule.unless is not None and _found(activation, level, rule.unless, window.closed(), possible=favourable):
        return "exempt"
    return "neither"


def _satisfied(activation: Activation, level: Doubt, window: Window, *, favourable: bool) -> bool:
    """“What helps is read as possible and what hurts as certain; in the unfavourable one the reverse.”"""
    obligation = activation.rule.obligation
    if obligation.kind == "assert":
        assert obligation.condition is not None
        value = conditions.truth(obligation.condition, activation.trigger, activation.trigger, activation.audit.story)
        return _reads(value, level, possible=favourable)
    assert obligation.pattern is not None
    if obligation.kind.startswith("not_"):
        return not _found(activation, level, obligation.pattern, window, possible=not favourable)
    return _found(activation, level, obligation.pattern, window, possible=favourable)


def _reads(value: Truth, level: Doubt, *, possible: bool) -> bool:
    """“An unknown condition is possible, not certain”; below the level of doubt about values it counts as false."""
    return value is True or (value is None and possible and level >= Doubt.VALUE)


def _found(activation: Activation, level: Doubt, pattern: Pattern, window: Window, *, possible: bool) -> bool:
    """Whether a match lies in a window: possibly, or certainly."""
    for event in _matches(activation, level, pattern, possible=possible):
        if window.may_hold(event) if possible else window.surely_holds(event):
            return True
    return possible and _may_be_hidden(activation, level, pattern, window)


def _matches(activation: Activation, level: Doubt, pattern: Pattern, *, possible: bool) -> list[Event]:
    """The other events of the subject that match a pattern: possibly, or certainly."""
    story, trigger = activation.audit.story, activation.trigger
    return [
        event
        for event in activation.others
        if _reads(conditions.matches(pattern, event, trigger, story), level, possible=possible)
    ]


def _may_be_hidden(activation: Activation, level: Doubt, pattern: Pattern, window: Window) -> bool:
    """Whether a match may exist in a window that the log could not show."""
    # “An event that the log's `covers` leaves out is a possible match at every time in every subject.”
    if level >= Doubt.COVER and not activation.audit.recorded(pattern):
        return True
    if level < Doubt.START or not _starts_later(activation.audit, activation.rule, activation.members):
        return False
    # “The log may start later than the story”: the part of the window before `observed_from`.
    first = activation.audit.observed_from
    assert first is not None
    return window.start is None or window.start.at.earliest < first


# ------------------------------------------------------------------------------------------------ windows, limits


def _window(activation: Activation, level: Doubt, *, favourable: bool) -> Window:
    """The row of the Windows table."""
    rule, t = activation.rule, activation.trigger.when
    within = rule.obligation.within
    match rule.obligation.kind:
        case "assert":
            return windows.at_once(t)
        case "followed_by":
            return windows.onwards(t, within, rule.zone, _bounds(activation, level, favourable=favourable))
        case "preceded_by":
            return windows.back(t, within, rule.zone, strict=False)
        case "not_preceded_by":
            return windows.back(t, within, rule.zone, strict=True)
        case "not_followed_by":
            return windows.ahead(t, within, rule.zone)
        case "accompanied_by" | "not_accompanied_by":
            return windows.around(t, within, rule.zone)


def _bounds(activation: Activation, level: Doubt, *, favourable: bool) -> tuple[Edge, ...]:
    """“The first `before` match at or after t”; “`next`: strictly before the subject's next activation strictly after
    t”.

    A bound hurts: the favourable reading knows only certain bounds that certainly lie after t, the other one all that
    are possible.  Each bound closes the window on its own, so the first one does.
    """
    before = activation.rule.obligation.before
    if before is None:
        return ()
    is_next = before == NEXT
    pattern = activation.rule.when if is_next else before
    assert isinstance(pattern, Pattern)
    after = Window(Edge(activation.trigger.when, strict=is_next))
    bounds = [
        Edge(event.when, strict=is_next)
        for event in _matches(activation, level, pattern, possible=not favourable)
        if (after.surely_holds(event) if favourable else after.may_hold(event))
    ]
    if not favourable and _may_be_hidden(activation, level, pattern, after):
        # A bound that the log could not show may come at once.
        bounds.append(Edge(activation.trigger.when))
    return tuple(bounds)


def _limit_has_passed(activation: Activation, level: Doubt) -> bool:
    """“The limit has passed in the favourable reading”: “A > limit”; a bound “has passed as soon as it exists”."""
    kind = activation.rule.obligation.kind
    if kind not in ("followed_by", "accompanied_by"):
        return True  # at once
    if kind == "followed_by" and _bounds(activation, level, favourable=True):
        return True
    limit = _window(activation, level, favourable=True).last_moment()
    return limit is not None and activation.audit.moment > limit


def _due_at(activation: Activation) -> datetime | None:
    """“`due_at` is the limit's latest end.”"""
    if activation.rule.obligation.kind not in ("followed_by", "accompanied_by"):
        return None
    return _window(activation, ALL, favourable=True).last_moment()


def _met_at(activation: Activation, outcome: Outcome, due_at: datetime | None) -> datetime | None:
    """“`met_at` is the match's earliest”: of the first match from t on, or of the last one up to t."""
    obligation, t = activation.rule.obligation, activation.trigger.when
    if outcome not in ("met", "violated") or obligation.kind not in ("followed_by", "preceded_by", "accompanied_by"):
        return None
    assert obligation.pattern is not None
    found = _matches(activation, ALL, obligation.pattern, possible=True)
    first = min((b.time for b in found if b.time_latest >= t.earliest), default=None)
    last = max((b.time for b in found if b.time <= t.latest), default=None)
    if obligation.kind == "followed_by":
        return first
    if obligation.kind == "preceded_by":
        return last if outcome == "met" else None
    if outcome == "violated":
        return first
    in_time = first is not None and due_at is not None and first <= due_at
    return first if in_time else last
