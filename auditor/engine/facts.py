"""What is known of a log before any rule is judged, so that only the doubts that can occur are compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from auditor.base.durations import Duration
from auditor.engine.clocks import Clock, Span
from auditor.log.log import Log
from auditor.log.schema import FIELDS, TIME, VOCABULARY, Field
from auditor.rules import expressions as ex
from auditor.rules.model import NEXT, Pattern, Rule

SMALL = 20_000  # events up to which making a query costs more than any plan of it


@dataclass(frozen=True)
class Facts:
    """A log judged at the moment `as_of` (A), and what its profile says."""

    log: Log
    as_of: datetime
    of_packs: Mapping[str, Field] = field(default_factory=dict)  # fields that packs declare

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The event names that occur up to A, sorted."""
        return tuple(sorted(name for name, found in self.log.profile.items() if found.first <= self.as_of))

    @property
    def small(self) -> bool:
        """Whether making a query costs more than running it."""
        return self.log.health.events <= SMALL

    @property
    def precise(self) -> bool:
        """Whether every time is one moment."""
        return self.log.health.imprecise == 0

    @cached_property
    def late_events(self) -> bool:
        """Whether any event lies after A."""
        return any(found.last > self.as_of for found in self.log.profile.values())

    @cached_property
    def uncertain_any(self) -> bool:
        """Whether "any event" reaches beyond what the log can record."""
        return not (set(VOCABULARY) | self.log.names) <= self.log.covers

    @property
    def observed_from(self) -> datetime | None:
        """The start of the log, where it is declared."""
        return self.log.observed_from

    def declared(self, name: str) -> Field:
        """A field that the log has, that the schema knows, or that a pack declares."""
        return self.log.fields.get(name) or FIELDS.get(name) or self.of_packs.get(name) or Field(name)

    def missing(self, name: str, event: str) -> str:
        """How often events of one name have no value of their own: `none`, `some` or `all`."""
        found = self.log.profile[event]
        count = found.missing.get(name, 0)
        return "none" if count == 0 else "all" if count == found.count else "some"

    def occurring(self, pattern: Pattern) -> tuple[str, ...]:
        """The event names of a pattern that occur in the log."""
        return self.names if pattern.events is None else tuple(n for n in self.names if n in pattern.events)

    def activating(self, rule: Rule) -> tuple[str, ...]:
        """The event names on which a rule can activate: those that occur and that the source is said to record."""
        return tuple(name for name in self.occurring(rule.when) if name in self.log.covers)

    def unrecorded(self, pattern: Pattern) -> bool:
        """Whether the pattern could also be met by an event that the source is not able to record."""
        if pattern.events is None:
            return self.uncertain_any
        return not set(pattern.events) <= self.log.covers

    def may_be_unknown(self, condition: ex.Expr | None, event: str, activations: Iterable[str]) -> bool:
        """Whether a condition on events of one name can be unknown; `activations` are the names behind `trigger`."""
        if _moves_by_field(condition):
            return True  # by more than all limits: missing
        triggers = tuple(activations)
        for column in ex.columns(condition):
            events = triggers if column.trigger else (event,)
            if column.name == TIME:
                if not self.precise:
                    return True
            elif any(self._may_miss(column.name, name) for name in events):
                return True
        return False

    def turns_on_time(self, condition: ex.Expr | None) -> bool:
        """Whether a condition can be unknown because a time is."""
        return not self.precise and any(column.name == TIME for column in ex.columns(condition))

    def _may_miss(self, column: str, event: str) -> bool:
        if column not in self.log.fields:
            return column != "is_test"
        return self.missing(column, event) != "none"

    def clock(self, rule: Rule) -> Clock:
        """The clock that the rule's durations run on."""
        return self.clock_for(rule.zone, [rule.obligation.within] if rule.obligation.within else [])

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """The first and the last moment of the log, A included."""
        moments = [self.as_of, *(at for found in self.log.profile.values() for at in (found.first, found.last))]
        return min(moments), max(moments)

    def clock_for(self, zone: str, durations: list[Duration]) -> Clock:
        """A clock for some durations in a zone; with none, for reading dates."""
        return Clock(zone, Span(*self.span).widened(durations))


def _moves_by_field(expr: ex.Expr | None) -> bool:
    """Whether an instant is moved by a length that an event states."""
    match expr:
        case ex.Arithmetic(_, left, right):
            return _moves_by_field(left) or (expr.type == "instant" and bool(ex.columns(right)))
        case ex.Compare(_, left, right):
            return _moves_by_field(left) or _moves_by_field(right)
        case ex.Not(part) | ex.Member(part):
            return _moves_by_field(part)
        case ex.And(parts) | ex.Or(parts) | ex.Call(_, parts):
            return any(map(_moves_by_field, parts))
        case _:
            return False


def patterns(rule: Rule) -> dict[str, Pattern]:
    """The patterns of a rule by the part they play: `match`, `bound`, `exemption`, `left_out`; never the activation."""
    found: dict[str, Pattern] = {}
    measure = rule.obligation.measure
    if rule.obligation.pattern is not None:
        found["match"] = rule.obligation.pattern
    if rule.obligation.kind == "agree":
        found["match"] = rule.when  # another activating event, with another value
    elif measure is not None:
        found["match"] = measure.end
        if measure.leave_out is not None:
            found["left_out"] = measure.leave_out
    before = rule.obligation.before
    if before == NEXT:
        found["bound"] = rule.when
    elif isinstance(before, Pattern):
        found["bound"] = before
    if rule.unless is not None:
        found["exemption"] = rule.unless
    return found


def columns_used(rule: Rule) -> frozenset[ex.Column]:
    """Every column that a rule reads, the activating event's marked with `trigger` inside targets."""
    found = ex.columns(rule.when.where) | ex.columns(rule.obligation.condition)
    for pattern in patterns(rule).values():
        found |= ex.columns(pattern.where)
    for pattern in pause_patterns(rule):
        found |= ex.columns(pattern.where)
    if rule.jurisdiction:
        found |= {ex.Column("jurisdiction", "text")}
    agreed = {rule.obligation.column} if rule.obligation.column is not None else set()
    return found | stated_columns(rule) | agreed


def pause_patterns(rule: Rule) -> tuple[Pattern, ...]:
    """The patterns that begin and end the pauses of the rule's clock."""
    pauses = rule.clock.pauses if rule.clock is not None else ()
    return tuple(pattern for pause in pauses for pattern in (pause.start, pause.end))


def stated_columns(rule: Rule) -> frozenset[ex.Column]:
    """The columns of the activating event that state its limit."""
    return ex.columns(rule.obligation.length) | ex.columns(rule.obligation.due)


def plain(rule: Rule) -> bool:
    """Whether the rule asks for single events, within its own length if any, on a clock that no event stops."""
    demand = rule.obligation
    stated = demand.length is not None or demand.due is not None
    return demand.kind not in ("count", "agree") and not stated and not pause_patterns(rule)


def names_trigger(rule: Rule) -> bool:
    """Whether a condition of the rule names the activating event."""
    return any(column.trigger for column in columns_used(rule))
