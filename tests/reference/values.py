"""Events, and what is known of them: setting aside, identity, and the values of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from auditor.log.schema import Field


@dataclass(frozen=True)
class Interval:
    """An instant that is known to lie between two others, both included."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class Event:
    """One row of a log: what it states itself; instants are naive UTC."""

    event: str
    time: datetime
    time_latest: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    identity: str = ""
    place: int = 0

    @property
    def when(self) -> Interval:
        """The time at which it happened."""
        return Interval(self.time, self.time_latest)


def moment_of_judgement(as_of: datetime | None, observed_until: datetime) -> datetime:
    """“A, the moment of judgement, is the earlier of `as_of` and `observed_until`.”"""
    return observed_until if as_of is None else min(as_of, observed_until)


def known_at(events: Iterable[Event], moment: datetime) -> list[Event]:
    """“Events whose `time` lies after A are set aside first …; a `time_latest` after A is cut to A.”"""
    return [replace(event, time_latest=min(event.time_latest, moment)) for event in events if event.time <= moment]


def counted_once(events: Iterable[Event]) -> list[Event]:
    """“Events of one identity count once.”  Of rows that differ, the least stands for all."""
    kept: dict[str, Event] = {}
    for event in sorted(events, key=lambda e: (e.time, e.time_latest, e.event, e.place)):
        kept.setdefault(event.identity, event)
    return list(kept.values())


@dataclass(frozen=True)
class Story:
    """The events that count, and the fields that the log has."""

    events: tuple[Event, ...]
    fields: Mapping[str, Field]

    def value(self, event: Event, name: str) -> Any:
        """The value of a field of an event; None where it is missing or unknown."""
        known = self.fields.get(name)
        if known is None:
            # “A field that the log does not have is unknown, except `is_test`, which is false where nothing maps it.”
            return False if name == "is_test" else None
        own = event.values.get(name)
        if own is not None or known.scope == "event":
            return own
        if known.scope == "learned":
            return self._learned(event, name)
        return self._standing(event, name)

    def _learned(self, event: Event, name: str) -> Any:
        """“The newest value stated at or before it (by `time`) in the same report; two different values: unknown.”"""
        stated = [e for e in self._same_report(event) if e.values.get(name) is not None and e.time <= event.time]
        if not stated:
            return None
        newest = max(e.time for e in stated)
        return _only({e.values[name] for e in stated if e.time == newest})

    def _standing(self, event: Event, name: str) -> Any:
        """“The only value that the report states; several: unknown.”"""
        return _only({e.values[name] for e in self._same_report(event) if e.values.get(name) is not None})

    def _same_report(self, event: Event) -> list[Event]:
        report = event.values.get("report_id") if "report_id" in self.fields else None
        return [] if report is None else [e for e in self.events if e.values.get("report_id") == report]

    def subject(self, event: Event, per: tuple[str, ...]) -> tuple[Any, ...] | None:
        """“The subject of an event is the value of its `per` key”; None where one of them is unknown."""
        values = tuple(self.value(event, key) for key in per)
        return None if None in values else values


def _only(values: set[Any]) -> Any:
    return next(iter(values)) if len(values) == 1 else None
