"""A rule as an English sentence, made from its structure, so that it says what is judged and nothing else."""

from __future__ import annotations

from auditor.base.durations import Duration
from auditor.rules.model import Pattern, Rule
from auditor.rules.phrases import condition, instant, length, listed, ordinal, pattern, subject

_DEADLINE = {"operator": " (deadline chosen by the operator)", "statutory": " (statutory deadline)"}


def sentence(rule: Rule) -> str:
    """What the rule demands, with window, bounds, subject, exemption and scope."""
    duty = _duty(rule)
    if rule.obligation.kind != "assert":
        duty += f", for {subject(rule)}"
    text = f"{_activation(rule)}, {duty}."
    return " ".join([text, *_scope(rule)])


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
    demand = rule.obligation
    within = demand.within
    if demand.kind == "assert" or demand.pattern is None:
        return "it must be true that " + (condition(demand.condition) if demand.condition is not None else demand.text)
    target = pattern(demand.pattern)
    size = "" if within is None else length(within, rule.zone)
    deadline = _deadline(rule, within, demand.before is not None)
    match demand.kind:
        case "followed_by":
            bounds = ([f"within {size}"] if size else []) + ([_before(rule)] if demand.before is not None else [])
            return f"{target} must follow {' and '.join(bounds)}{deadline}"
        case "preceded_by":
            earlier = f" and at most {size} earlier" if size else ""
            return f"{target} must have happened by then{earlier}{deadline}"
        case "accompanied_by":
            return f"{target} must happen at most {size} before or after it{deadline}"
        case "not_followed_by":
            later = f" within {size}" if size else " at any later time"
            return f"{target} must not follow{later}{deadline}"
        case "not_preceded_by":
            earlier = f" in the {size} before" if size else " at any earlier time"
            return f"{target} must not have happened{earlier}{deadline}"
        case _:
            near = f" within {size} before or after it" if size else " at all, before or after"
            return f"{target} must not happen{near}{deadline}"


def _before(rule: Rule) -> str:
    before = rule.obligation.before
    if isinstance(before, Pattern):
        return f"no later than {pattern(before)}"
    return f"before the next {pattern(rule.when)}"


def _deadline(rule: Rule, within: Duration | None, bound: bool) -> str:
    if rule.basis is None or rule.basis.deadline is None or (within is None and not bound):
        return ""
    return _DEADLINE[rule.basis.deadline]


def _scope(rule: Rule) -> list[str]:
    """Exemption, jurisdiction and dates, each a sentence."""
    parts = []
    if rule.unless is not None:
        where = "at the same moment" if rule.obligation.kind == "assert" else "in the same window"
        parts.append(f"Exempt when {pattern(rule.unless)} happens {where}.")
    if rule.jurisdiction:
        parts.append(f"Only in the jurisdiction {listed(rule.jurisdiction, 'or')}.")
    start, end = rule.effective.start, rule.effective.end
    if start is not None and end is not None:
        parts.append(f"In force from {instant(start, rule.zone)} until before {instant(end, rule.zone)}.")
    elif start is not None:
        parts.append(f"In force from {instant(start, rule.zone)}.")
    elif end is not None:
        parts.append(f"In force until before {instant(end, rule.zone)}.")
    return parts
