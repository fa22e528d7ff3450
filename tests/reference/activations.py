"""Which events activate a rule, and how far each activation is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.log.schema import VOCABULARY
from auditor.rules.model import Pattern, Rule

from . import conditions
from .doubt import Doubt
from .values import Event, Story

Key = tuple[Any, ...] | None


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

    def can_judge(self, rule: Rule) -> bool:
        """“A rule whose activating event is outside `covers` is listed as ‘cannot be judged on this log’.”"""
        return bool(self.covers.intersection(VOCABULARY if rule.when.events is None else rule.when.events))


@dataclass(frozen=True)
class Activation:
    """One activation of one rule: its event, the other events of its subject, and how far it is in doubt itself.

    `alike` only for `agree`: the subject's activating events, this one included, each with its own doubt.
    """

    audit: Audit
    rule: Rule
    trigger: Event
    subject: Key
    others: tuple[Event, ...]
    doubt: Doubt
    alike: tuple[tuple[Event, Doubt], ...] = ()

    @property
    def members(self) -> list[Event]:
        """All events of the subject; none where it is unknown."""
        return [] if self.subject is None else [self.trigger, *self.others]


def activations(audit: Audit, rule: Rule) -> list[Activation]:
    """The activations of a rule, those included of which it is not known whether they are."""
    found = _events_that_activate(audit, rule)
    return _one_per_subject(found) if rule.obligation.kind == "agree" else found


def _events_that_activate(audit: Audit, rule: Rule) -> list[Activation]:
    story = audit.story
    members: dict[Key, list[Event]] = {}
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


def _one_per_subject(found: list[Activation]) -> list[Activation]:
    """`agree`: “one activation per subject, at the first certain match of `when` (the first of all when none is)”.

    Events without subject cannot be put together: each stands alone.
    """
    kept = [activation for activation in found if activation.subject is None]
    for subject in {activation.subject for activation in found} - {None}:
        same = [activation for activation in found if activation.subject == subject]
        first = min(same, key=lambda a: (a.doubt > Doubt.NONE, a.trigger.time, a.trigger.identity))
        alike = tuple((a.trigger, a.doubt) for a in same)
        kept.append(Activation(first.audit, first.rule, first.trigger, subject, first.others, first.doubt, alike))
    return kept


def _doubt(audit: Audit, rule: Rule, event: Event, subject: list[Event] | None) -> Doubt | None:
    """How far an activation is in doubt; None where there is certainly none."""
    doubts = [
        conditions.matches(rule.when, event, None, audit.story),
        _in_jurisdiction(audit.story, rule, event),
        _effective(rule, event),
    ]
    if rule.nth is not None:
        doubts.append(_nth(audit, rule, rule.nth, event, subject))
    if None in doubts:
        return None  # Kleene: one false is enough
    return min((doubt for doubt in doubts if doubt), default=Doubt.NONE)


def _in_jurisdiction(story: Story, rule: Rule, event: Event) -> Doubt | None:
    """“Activates only where the report's jurisdiction is in the list.”"""
    if not rule.jurisdiction:
        return Doubt.NONE
    value = story.value(event, "jurisdiction")
    if value is None:
        return Doubt.VALUE
    return Doubt.NONE if value in rule.jurisdiction else None


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
    doubts = {e.identity: conditions.matches(rule.when, e, None, audit.story) for e in subject}
    in_order = [e.identity for e in sorted(subject, key=lambda e: (e.time, e.identity))]

    def known(level: Doubt) -> list[str]:
        """The matches of which there is no more than so much doubt."""
        return [name for name in in_order if (doubt := doubts[name]) is not None and doubt <= level]

    certain, timed, possible = known(Doubt.NONE), known(Doubt.TIME), known(Doubt.VALUE)
    if len(possible) < k:
        return None
    if len(certain) < k:
        # “When k is reached only by counting uncertain matches, the k-th of all matches is an unknown activation.”
        if event.identity != possible[k - 1]:
            return None
        return Doubt.TIME if timed[k - 1 : k] == [event.identity] else Doubt.VALUE
    if event.identity != certain[k - 1]:
        return None
    # “An uncertain match before or at the k-th makes the activation unknown.”
    if timed[:k] != certain[:k]:
        return Doubt.TIME
    if possible[:k] != certain[:k]:
        return Doubt.VALUE
    # An event that the log leaves out “is a possible match at every time in every subject”.
    if not audit.recorded(rule.when):
        return Doubt.COVER
    # “The log may start later than the story”: a match before that may come first.
    return Doubt.START if starts_later(audit, rule, subject) else Doubt.NONE


def starts_later(audit: Audit, rule: Rule, subject: Iterable[Event]) -> bool:
    """“… not under `per: report_id` when the report's own `report.received` is in the log.”"""
    if audit.observed_from is None:
        return False
    return rule.per != ("report_id",) or all(e.event != "report.received" for e in subject)
