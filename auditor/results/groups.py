"""Verdicts on groups of activations, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from auditor.results.wording import span_text
from auditor.rules.model import Measure, Rule

GroupVerdict = Mapping[str, Any]  # the keys are in `docs/formats.md`
_WORST = ("violated", "undetermined", "met")
_REASONS = {
    "too_few": "too few to judge",
    "unfinished": "too many are unfinished to tell",
    "not_recorded": "some depend on events that the log cannot record",
    "missing_value": "some depend on missing values",
    "imprecise_time": "the times are not precise enough",
    "log_starts_later": "the log starts after what would decide it",
}


def worst_first(rule: Rule, groups: Iterable[GroupVerdict]) -> list[GroupVerdict]:
    """Violated, undetermined, met; among these the figures that are furthest on the wrong side, then as they stand."""
    measure = rule.obligation.measure
    long_is_bad = measure is not None and measure.at_most is not None

    def badness(group: GroupVerdict) -> tuple[int, float]:
        figure = group["figure"] if group["figure"] is not None else group["least"] or 0.0
        return _WORST.index(group["verdict"]), -figure if long_is_bad else figure

    return sorted(groups, key=badness)


def message(rule: Rule, group: GroupVerdict) -> str:
    """`median 26 h 10 min (naive 24 h 02 min, 12% unfinished) > 24 h; of 240, 3 left out`."""
    said = _measured(rule, rule.obligation.measure, group) if rule.obligation.measure else _share(rule, group)
    return f"{said}: {_REASONS.get(group['reason'], group['reason'])}" if group["reason"] else said


def _share(rule: Rule, group: GroupVerdict) -> str:
    level = rule.service_level
    assert level is not None  # noqa: S101 - else the group has a measure
    bounds = _compared(group, None, level.share, percent)
    doubt = f" ({percent(group['least'])} to {percent(group['most'])})" if group["undetermined"] else ""
    figure = "none" if group["figure"] is None else _apart(group["figure"], level.share, percent)
    beside = _listed(group, ("undetermined", "pending", "exempt"))
    return f"{figure}{doubt} met{bounds}; {group['met']:,} of {group['n']:,}{beside}"


def _measured(rule: Rule, measure: Measure, group: GroupVerdict) -> str:
    length = partial(span_text, days=rule.clock is None)  # a day of a clock with hours is not 24 of them
    text = percent if measure.statistic == "share" else length
    name = measure.statistic if measure.within is None else f"share within {measure.within}"
    details = [f"naive {text(group['naive'])}"] if group["naive"] is not None else []
    if group["n"]:
        details.append(f"{percent(group['censored'] / group['n'])} unfinished")
    inside = f" ({', '.join(details)})" if details else ""
    bounds = _compared(group, measure.at_most, measure.at_least, text)
    beside = _listed(group, ("undetermined", *(("left_out",) if measure.leave_out else ())), always=("left_out",))
    return f"{name} {_figure(measure, group, text)}{inside}{bounds}; of {group['n']:,}{beside}"


def _figure(measure: Measure, group: GroupVerdict, text: Callable[[float], str]) -> str:
    least, most = group["least"], group["most"]
    if group["figure"] is not None:
        bound = measure.at_least if measure.at_most is None else measure.at_most
        return _apart(group["figure"], bound, text)
    if least is None:
        return "unknown"
    return f"at least {text(least)}" if most is None else f"between {text(least)} and {text(most)}"


def _compared(group: GroupVerdict, at_most: float | None, at_least: float | None, text: Callable[[float], str]) -> str:
    """How the figure stands to its bounds: ` > 24 h`, ` ≤ 24 h`, or what was asked where that is not known."""
    if group["verdict"] == "undetermined":
        asked = [f"{word} {text(b)}" for word, b in (("at least", at_least), ("at most", at_most)) if b is not None]
        return f", {' and '.join(asked)} asked"
    if group["verdict"] == "met":
        return "".join(f" {sign} {text(b)}" for sign, b in (("≥", at_least), ("≤", at_most)) if b is not None)
    least = group["figure"] if group["figure"] is not None else group["least"]
    if at_most is not None and (at_least is None or least is None or least > at_most):
        return f" > {text(at_most)}"
    return f" < {text(at_least or 0.0)}"


def _listed(group: GroupVerdict, names: Iterable[str], always: tuple[str, ...] = ()) -> str:
    return "".join(f", {group[name]:,} {name.replace('_', ' ')}" for name in names if group[name] or name in always)


def _apart(figure: float, bound: float | None, text: Callable[[float], str]) -> str:
    """The figure as text that is not that of a bound from which it differs."""
    if bound is None or figure == bound or text(figure) != text(bound):
        return text(figure)
    return f"just {'over' if figure > bound else 'under'} {text(figure)}"


def percent(share: float) -> str:
    """`97.5%`."""
    return f"{100 * share:.4g}%"
