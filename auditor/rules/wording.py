"""A rule as an English sentence, made from its structure, so that it says what is judged and nothing else."""

from __future__ import annotations

from auditor.rules.clock_phrases import clock_described, on_clock
from auditor.rules.group_phrases import measured, service_level
from auditor.rules.model import Obligation, Pattern, Rule
from auditor.rules.phrases import bare, condition, instant, listed, ordinal, pattern, subject

_CHOSEN = {"operator": "{} chosen by the operator", "statutory": "statutory {}"}


def sentence(rule: Rule) -> str:
    """What the rule demands, with window, bounds, subject, exemption and scope."""
    return " ".join([f"{_demand(rule)}.", *_scope(rule)])


def _demand(rule: Rule) -> str:
    demand = rule.obligation
    if demand.kind == "assert":
        true = condition(demand.condition) if demand.condition is not None else demand.text
        return f"{_activation(rule)}, it must be true that {true}"
    if demand.kind == "agree" and demand.column is not None:
        return f"All {pattern(rule.when)} for {subject(rule)} must agree on {demand.column.name}"
    if demand.measure is not None:
        return f"{measured(rule, demand.measure)}{_remarks(rule)}"
    return f"{_activation(rule)}, {_duty(rule)}{_remarks(rule)}, for {subject(rule)}"


def _activation(rule: Rule) -> str:
    when = pattern(rule.when)
    if rule.nth is not None:
        return f"At the {ordinal(rule.nth)} {when} for {subject(rule)}"
    return f"Whenever {when}" if rule.when.where is not None else f"Whenever there is {_article(when)}"


def _article(phrase: str) -> str:
    if phrase.startswith("any event"):
        return phrase
    return f"{'an' if phrase[:1] in 'aeiou' else 'a'} {phrase}"


def _duty(rule: Rule) -> str:
    demand, size = rule.obligation, _length(rule)
    target = "any event" if demand.pattern is None else pattern(demand.pattern)
    match demand.kind:
        case "followed_by":
            bounds = [f"within {size}"] if size else []
            bounds += [f"by {bare(demand.due)}"] if demand.due is not None else []
            bounds += [_before(rule)] if demand.before is not None else []
            return f"{target} must follow {' and '.join(bounds)}"
        case "preceded_by":
            return f"{target} must have happened by then" + (f" and at most {size} earlier" if size else "")
        case "accompanied_by":
            return f"{target} must happen at most {size} before or after it"
        case "not_followed_by":
            return f"{target} must not follow" + (f" within {size}" if size else " at any later time")
        case "not_preceded_by":
            return f"{target} must not have happened" + (f" in the {size} before" if size else " at any earlier time")
        case "count":
            return f"{target} must happen {times(demand)} within {size} after it"
    return f"{target} must not happen" + (f" within {size} before or after it" if size else " at all, before or after")


def _length(rule: Rule) -> str:
    """The time allowed, on the clock that it runs on; empty when there is none."""
    demand = rule.obligation
    if demand.length is not None:
        return on_clock(bare(demand.length), None, rule.clock)
    return "" if demand.within is None else on_clock(str(demand.within), demand.within, rule.clock)


def times(demand: Obligation) -> str:
    if demand.at_least == demand.at_most:
        return f"exactly {_number(demand.at_most)}"
    least = [] if demand.at_least is None else [f"at least {_number(demand.at_least)}"]
    most = [] if demand.at_most is None else [f"at most {_number(demand.at_most)}"]
    return " and ".join(least + most)


def _number(count: int | None) -> str:
    return "once" if count == 1 else f"{count} times"


def _remarks(rule: Rule) -> str:
    """How the time allowed runs, and who chose it."""
    demand = rule.obligation
    timed = bool(demand.within or demand.length or demand.measure)
    remarks = clock_described(rule.clock) if rule.clock is not None and timed else []
    if demand.within is not None and demand.within.calendar and not (rule.clock is not None and rule.clock.hours):
        zone = rule.zone if rule.clock is None else rule.clock.zone
        remarks.append(f"calendar time, {zone}")
    if rule.basis is not None and rule.basis.deadline is not None and (timed or demand.due or demand.before):
        what = "bound" if demand.measure else "period" if demand.kind.startswith("not_") else "deadline"
        remarks.append(_CHOSEN[rule.basis.deadline].format(what))
    return f" ({'; '.join(remarks)})" if remarks else ""


def _before(rule: Rule) -> str:
    before = rule.obligation.before
    if isinstance(before, Pattern):
        return f"no later than {pattern(before)}"
    return f"before the next {pattern(rule.when)}"


def _scope(rule: Rule) -> list[str]:
    """Exemption, service level, jurisdiction, dates and standing, each a sentence."""
    parts = []
    if rule.unless is not None:
        where = "at the same moment" if rule.obligation.kind == "assert" else "in the same window"
        parts.append(f"Exempt when {pattern(rule.unless)} happens {where}.")
    if rule.service_level is not None:
        parts.append(service_level(rule.service_level))
    if rule.jurisdiction:
        parts.append(f"Only in the jurisdiction {listed(rule.jurisdiction, 'or')}.")
    start, end = rule.effective.start, rule.effective.end
    if start is not None and end is not None:
        parts.append(f"In force from {instant(start, rule.zone)} until before {instant(end, rule.zone)}.")
    elif start is not None:
        parts.append(f"In force from {instant(start, rule.zone)}.")
    elif end is not None:
        parts.append(f"In force until before {instant(end, rule.zone)}.")
    if rule.draft:
        parts.append("A draft: it never fails an audit.")
    return parts
