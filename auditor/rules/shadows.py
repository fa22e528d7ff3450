"""Rules that another rule of the pack makes idle: whatever violates them violates the other as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.base.durations import Duration
from auditor.rules.model import SEVERITIES, Obligation, Rule
from auditor.rules.patterns import same_pattern

_SHORTER_IS_STRICTER = ("followed_by", "preceded_by", "accompanied_by")
_LONGER_IS_STRICTER = ("not_followed_by", "not_preceded_by", "not_accompanied_by")


def shadowed(rules: Sequence[Rule]) -> Iterator[tuple[Rule, tuple[str, str, str]]]:
    """Each rule that another one makes idle; of two that say the same, the later one."""
    for index, rule in enumerate(rules):
        for other_index, other in enumerate(rules):
            if other_index == index or not _shadows(other, rule):
                continue
            if other_index < index or not _shadows(rule, other):
                help = f"`{other.id}` asks at least as much of the same events: remove one of them, or tell them apart"
                yield rule, ("shadowed-rule", f"whatever violates it violates `{other.id}` as well", help)
                break


def _shadows(other: Rule, rule: Rule) -> bool:
    """Whether a violation of `rule` is always one of `other`, no less grave and on the same ground."""
    same = (
        other.pack == rule.pack
        and same_pattern(other.when, rule.when)
        and (other.unless is rule.unless is None or same_pattern(other.unless, rule.unless))
        and _scope(other) == _scope(rule)
        and other.draft <= rule.draft
        and SEVERITIES.index(other.severity) <= SEVERITIES.index(rule.severity)
        and rule.service_level in (None, other.service_level)
    )
    return same and _implies(rule.obligation, other.obligation, exempts=rule.unless is not None)


def _scope(rule: Rule) -> tuple[object, ...]:
    basis = None if rule.basis is None else (rule.basis.kind, rule.basis.deadline)
    return basis, rule.nth, set(rule.per), rule.effective, set(rule.jurisdiction), rule.zone, rule.clock


def _implies(weak: Obligation, strict: Obligation, *, exempts: bool) -> bool:
    """Whether what breaks `weak` breaks `strict`; where something `exempts`, a longer window may hold it."""
    if weak.kind != strict.kind or not (
        weak.pattern is strict.pattern is None or same_pattern(weak.pattern, strict.pattern)
    ):
        return False
    if replace(_without_limits(weak), pattern=None) != replace(_without_limits(strict), pattern=None):
        return False
    if weak.kind in _SHORTER_IS_STRICTER:
        return _at_most(strict.within, weak.within)
    if weak.kind in _LONGER_IS_STRICTER and not exempts:
        return _at_most(weak.within, strict.within)
    if weak.kind == "count" and weak.within == strict.within:
        least = (strict.at_least or 0) >= (weak.at_least or 0)
        return least and (weak.at_most is None or (strict.at_most is not None and strict.at_most <= weak.at_most))
    return weak.within == strict.within and (weak.at_least, weak.at_most) == (strict.at_least, strict.at_most)


def _without_limits(demand: Obligation) -> Obligation:
    return replace(demand, within=None, at_least=None, at_most=None, text="")


def _at_most(short: Duration | None, long: Duration | None) -> bool:
    """Whether one length is at most another; None has no end, and unlike units are not compared."""
    if short is None or long is None:
        return long is None
    units = [(d.days > 0, d.months > 0) for d in (short, long)]
    return units[0] == units[1] and (short.months, short.days, short.seconds) <= (long.months, long.days, long.seconds)
