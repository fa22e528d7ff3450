"""A rule as an English sentence, made from its structure, so that it says what is judged and nothing else."""

from __future__ import annotations

from auditor.rules.model import Pattern, Rule
from auditor.rules.phrases import condition, instant, listed, ordinal, pattern, subject

_CHOSEN = {"operator": "{} chosen by the operator", "statutory": "statutory {}"}


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
    if demand.kind == "assert" or demand.pattern is None:
        return "it must be true that " + (condition(demand.condition) if demand.condition is not None else demand.text)
    target, size = pattern(demand.pattern), "" if demand.within is None else str(demand.within)
    match demand.kind:
        case "followed_by":
            bounds = ([f"within {size}"] if size else []) + ([_before(rule)] if demand.before is not None else [])
            duty = f"{target} must follow {' and '.join(bounds)}"
        case "preceded_by":
            duty = f"{target} must have happened by then" + (f" and at most {size} earlier" if size else "")
        case "accompanied_by":
            duty = f"{target} must happen at most {size} before or after it"
        case "not_followed_by":
            duty = f"{target} must not follow" + (f" within {size}" if size else " at any later time")
        case "not_preceded_by":
            duty = f"{target} must not have happened" + (f" in the {size} before" if size else " at any earlier time")
        case _:
            duty = f"{target} must not happen" + (
                f" within {size} before or after it" if size else " at all, before or after"
            )
    return duty + _remarks(rule)


def _remarks(rule: Rule) -> str:
    """How the time allowed runs, and who chose it."""
    demand = rule.obligation
    remarks = []
    if demand.within is not None and demand.within.calendar:
        remarks.append(f"calendar time, {rule.zone}")
    if rule.basis is not None and rule.basis.deadline is not None and (demand.within or demand.before):
        what = "period" if demand.kind.startswith("not_") else "deadline"
        remarks.append(_CHOSEN[rule.basis.deadline].format(what))
    return f" ({'; '.join(remarks)})" if remarks else ""


def _before(rule: Rule) -> str:
    before = rule.obligation.before
    if isinstance(before, Pattern):
        return f"no later than {pattern(before)}"
    return f"before the next {pattern(rule.when)}"


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
