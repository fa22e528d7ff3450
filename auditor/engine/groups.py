"""The verdicts on groups of activations: `Judgement.group_verdicts`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from auditor.engine import service_levels
from auditor.engine.facts import Facts
from auditor.engine.findings import PERIODS, Group, JudgedPairs, JudgedRows
from auditor.rules.model import Rule

if TYPE_CHECKING:
    from auditor.engine.durations import Durations

Said = Iterable[tuple[Group, dict[str, Any]]]  # of each group of a rule


def grouped_by(rule: Rule) -> tuple[str, ...]:
    """What makes the groups of a rule: fields, `month` or `day`; nothing where it has none."""
    if rule.obligation.measure is not None:
        return rule.obligation.measure.by
    return rule.service_level.by if rule.service_level is not None else ()


def fields_of(names: Iterable[str]) -> tuple[str, ...]:
    """The fields among what makes groups, each once."""
    return tuple(dict.fromkeys(name for name in names if name not in PERIODS))


def verdicts(
    facts: Facts, rules: Sequence[Rule], judged: Sequence[JudgedRows | JudgedPairs], durations: Durations | None
) -> list[dict[str, Any]]:
    """The verdicts on the groups of all rules, in the order of rules and groups; keys as in `docs/decisions.md`."""
    shares = service_levels.shares(facts, rules, judged)
    made: list[dict[str, Any]] = []
    for rule in rules:
        if rule.service_level is not None:
            made += _entries(rule, "service_level", shares.get(rule.id, ()))
        elif durations is not None and rule in durations.rules:
            from auditor.engine.measures import figures  # with NumPy

            made += _entries(rule, "measure", figures(durations, rule))
    return made


def _entries(rule: Rule, kind: str, said: Said) -> Iterator[dict[str, Any]]:
    for group, what in said:
        yield {"rule_id": rule.id, "kind": kind, "group": dict(zip(grouped_by(rule), group, strict=True)), **what}
