"""Measures and service levels in words."""

from __future__ import annotations

from auditor.base.durations import Duration
from auditor.rules.clock_phrases import on_clock
from auditor.rules.model import Measure, Rule, ServiceLevel
from auditor.rules.phrases import listed, pattern, subject

_FIGURES = {
    "mean": "The mean time", "median": "The median time", "p75": "The time that 75% do not exceed",
    "p90": "The time that 90% do not exceed", "p95": "The time that 95% do not exceed", "max": "The longest time",
}  # fmt: skip


def measured(rule: Rule, measure: Measure) -> str:
    """`The median time from report.received to decision.made, for the same report, must be at most 24 h`."""
    times = f"from {pattern(rule.when)} to {pattern(measure.end)}, for {subject(rule)},"
    if measure.statistic == "share":
        limit = on_clock(str(measure.within), measure.within, rule.clock)
        figure = f"The share of the times {times} that are at most {limit} long"
    else:
        figure = f"{_FIGURES[measure.statistic]} {times}"
    bounds = [
        f"{words} {_bound(value, measure, rule)}"
        for words, value in (("at least", measure.at_least), ("at most", measure.at_most))
        if value is not None
    ]
    said = f"{figure} must be {listed(bounds, 'and')}{_each(measure.by, measure.minimum)}"
    if measure.leave_out is not None:
        said += f", leaving out those with {pattern(measure.leave_out)}"
    return said


def service_level(level: ServiceLevel) -> str:
    """`At least 95% of these must be met for each platform (…).`"""
    return f"At least {share(level.share)} of these must be met{_each(level.by, level.minimum)}."


def share(value: float) -> str:
    """`95%`."""
    return f"{100 * value:.9g}%"


def _bound(value: float, measure: Measure, rule: Rule) -> str:
    if measure.statistic == "share":
        return share(value)
    length = Duration(seconds=int(value))
    return on_clock(str(length), length, rule.clock)


def _each(by: tuple[str, ...], minimum: int) -> str:
    groups = f" for each {listed(by, 'and')}" if by else ""
    return f"{groups} (not judged with fewer than {minimum})" if minimum > 1 else groups
