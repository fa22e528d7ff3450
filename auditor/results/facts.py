"""What a message says about a rule whatever the case: constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.engine.facts import columns_used, pause_patterns
from auditor.engine.groups import fields_of as grouping_fields
from auditor.engine.groups import grouped_by
from auditor.log.schema import VOCABULARY
from auditor.rules.clock_phrases import on_clock
from auditor.rules.expressions import columns
from auditor.rules.model import NEXT, SEVERITIES, Pattern, Rule
from auditor.rules.phrases import bare, subject
from auditor.rules.wording import times

if TYPE_CHECKING:
    from auditor.log.log import Log


@dataclass(frozen=True)
class Facts:
    """Texts are '' where they do not apply."""

    rule: str
    rule_number: int
    severity: str
    severity_number: int  # 0 is the worst
    subject_key: str
    refs: str
    kind: str
    title: str
    wanted: str  # the pattern of the obligation: `matching referral.submitted`, where it has a condition
    target: str  # its event name, '' when it names several
    within: str  # `24 h`, `8 h (clock office)`
    window: str  # what stands before the activation: `within 24 h of `
    until: str  # what stands after it: ` and before content.removed`
    assertion: str
    times: str  # of `count`: `at least 2 times`
    few: str  # where the least number is above one: `fewer than 2`
    many: str  # where there is a greatest number: `more than once`
    agreed: str  # of `agree`: the field
    same: str  # `the same report`
    zone: str  # in whose wall time a limit is made, where that is not UTC
    deadline: str  # who chose the limit, as an ending of a sentence
    exemption: str
    unrecorded: str  # why the log cannot tell, where it does not record what the rule asks for
    gaps: str  # fields that the rule asks for and the log lacks, wholly or in part: ` (category)`


def facts(rules: tuple[Rule, ...], log: Log) -> tuple[Facts, ...]:
    """The constants of all rules."""
    return tuple(_facts(number, rule, log) for number, rule in enumerate(rules))


def _facts(number: int, rule: Rule, log: Log) -> Facts:
    duty = rule.obligation
    names = duty.pattern.events if duty.pattern else None
    bound = duty.before
    before = f"the next {_events(rule.when)}" if bound == "next" else _matching(bound) if bound else ""
    return Facts(
        rule=rule.id,
        rule_number=number,
        severity=rule.severity,
        severity_number=SEVERITIES.index(rule.severity),
        subject_key=", ".join(rule.per),
        refs="; ".join(rule.refs),
        kind=duty.kind,
        title=rule.title,
        wanted=_matching(duty.pattern or rule.when),
        target=names[0] if names and len(names) == 1 else "",
        within=_within(rule),
        window=_window(rule),
        until=f" and before {before}" if before else "",
        assertion=duty.text,
        times=times(duty) if duty.kind == "count" else "",
        few=f"fewer than {duty.at_least}" if (duty.at_least or 0) > 1 else "",
        many="" if duty.at_most is None else f"more than {'once' if duty.at_most == 1 else f'{duty.at_most} times'}",
        agreed=duty.column.name if duty.column else "",
        same=subject(rule),
        zone=_zone(rule),
        deadline=_deadline(rule),
        exemption=_matching(rule.unless) if rule.unless else "",
        unrecorded=_unrecorded(rule, log),
        gaps=_gaps(rule, log),
    )


def _zone(rule: Rule) -> str:
    within = rule.obligation.within
    if rule.clock is not None and (within is not None or rule.obligation.length is not None):
        zone = rule.clock.zone
    else:
        zone = rule.zone if within is not None and within.calendar else "UTC"
    return "" if zone == "UTC" else zone


def patterns(rule: Rule) -> Iterator[Pattern]:
    """Every pattern of a rule, the activating one first."""
    duty = rule.obligation
    measured = (duty.measure.end, duty.measure.leave_out) if duty.measure else ()
    found = (rule.when, duty.pattern, None if duty.before == NEXT else duty.before, rule.unless, *measured)
    yield from (pattern for pattern in found if pattern is not None)
    yield from pause_patterns(rule)


def fields_of(rule: Rule) -> frozenset[str]:
    """The fields that a rule looks at."""
    used = {column.name for column in columns_used(rule)}
    used |= {column.name for pattern in patterns(rule) for column in columns(pattern.where)}
    return frozenset({*used, *rule.per, *grouping_fields(grouped_by(rule))}) - {"time"}


def _matching(pattern: Pattern) -> str:
    return f"matching {_events(pattern)}" if pattern.where is not None else _events(pattern)


def _events(pattern: Pattern) -> str:
    return " or ".join(pattern.events) if pattern.events else "any event"


def _within(rule: Rule) -> str:
    """How long the time allowed is, and on which clock."""
    duty = rule.obligation
    length = bare(duty.length) if duty.length is not None else str(duty.within or "")
    length, _, clock = (on_clock(length, duty.within, rule.clock) if length else "").partition(" of clock ")
    return f"{length} (clock {clock})" if clock else length


def _window(rule: Rule) -> str:
    duty, within = rule.obligation, _within(rule)
    if duty.due is not None:
        return "by the due time of "
    if duty.kind == "preceded_by":
        return f"within {within} before " if within else "before "
    return f"within {within} of " if within else "after "


def _deadline(rule: Rule) -> str:
    duty = rule.obligation
    if rule.basis is None or rule.basis.deadline is None or not (_within(rule) or duty.due is not None):
        return ""
    return " (statutory deadline)" if rule.basis.deadline == "statutory" else " (operator's deadline)"


def _unrecorded(rule: Rule, log: Log) -> str:
    """Why a verdict may lie out of the log's sight: the events that the rule asks for and the log cannot record."""
    unseen = list(patterns(rule))[1:]
    if rule.nth is not None or rule.obligation.before == NEXT or rule.obligation.kind == "agree":
        unseen.append(rule.when)
    named = {name for pattern in unseen for name in pattern.events or ()} - log.covers
    if named:
        return f"the log cannot record {some(sorted(named), 4)}"
    beyond = {*VOCABULARY, *log.names} - log.covers
    if beyond and any(pattern.events is None for pattern in unseen):
        return f"it depends on events that the log does not record, such as {some(sorted(beyond), 3)}"
    return "the log cannot record what the rule asks for"


def some(names: Sequence[str], most: int) -> str:
    """`a, b, c and 31 more`."""
    if len(names) <= most + 1:  # "and 1 more" is no shorter than its name
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def _gaps(rule: Rule, log: Log) -> str:
    named = [set(pattern.events or log.profile) for pattern in patterns(rule)]
    events = set[str]().union(*named)
    partly = {name for event in events if event in log.profile for name, n in log.profile[event].missing.items() if n}
    used = fields_of(rule) - {"is_test"}
    found = sorted(name for name in used if name not in log.fields or name in partly)
    return f" ({', '.join(found)})" if found else ""
