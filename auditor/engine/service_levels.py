"""`service_level`: the share of activations that are met, and the verdict on it, for each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import ibis

from auditor.engine.facts import Facts
from auditor.engine.findings import Group, JudgedPairs, JudgedRows, group_value
from auditor.engine.tables import fetched
from auditor.engine.verdicts import CODES, REASONS
from auditor.rules.model import Rule, ServiceLevel

Said = list[tuple[Group, dict[str, Any]]]
Tally = Counter[tuple[int, int]]  # activations by verdict and, of undetermined ones, level of doubt


def shares(facts: Facts, rules: Sequence[Rule], judged: Sequence[JudgedRows | JudgedPairs]) -> dict[str, Said]:
    """What is said of each group of each rule that has a service level, in the order of groups, unknown ones first."""

    def value(name: str, rule: Rule, activated_at: Any, attributes: Any) -> Any:
        return group_value(facts, name, rule, activated_at, attributes)

    levels = {rule.id: rule.service_level for rule in rules if rule.service_level is not None}
    tallies: dict[str, dict[Group, Tally]] = {}
    for by in dict.fromkeys(level.by for level in levels.values()):
        some = [rule_id for rule_id, level in levels.items() if level.by == by]
        tables = [table for one in judged for table in one.groups(by, value, some)]
        for record in fetched(facts.log.backend, _union(tables)) if tables else ():
            group = tuple(record[f"g{i}"] for i in range(len(by)))
            tally = tallies.setdefault(record["rule_id"], {}).setdefault(group, Counter())
            tally[record["code"], record["doubt"] or 0] += record["n"]
    return {
        rule_id: [(group, _said(levels[rule_id], found[group])) for group in sorted(found, key=_place)]
        for rule_id, found in tallies.items()
    }


def _place(group: Group) -> tuple[tuple[bool, str], ...]:
    return tuple((value is not None, value or "") for value in group)


def _union(tables: list[Any]) -> Any:
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def _said(level: ServiceLevel, tally: Tally) -> dict[str, Any]:
    numbers = {name: sum(n for (known, _), n in tally.items() if known == code) for name, code in CODES.items()}
    met, judged, undetermined = numbers["met"], numbers["met"] + numbers["violated"], numbers["undetermined"]
    least, most = _share(met, judged + undetermined), _share(met + undetermined, judged + undetermined)
    verdict, reason = "undetermined", None
    if judged + undetermined < level.minimum:
        reason = "too_few"
    elif judged >= level.minimum and least is not None and least >= level.share:
        verdict = "met"
    elif judged >= level.minimum and most is not None and most < level.share:
        verdict = "violated"
    else:
        # max takes the first of equals, which is the lowest level
        reason = REASONS[max(REASONS, key=lambda doubt: tally[CODES["undetermined"], doubt])]
    return {
        "verdict": verdict,
        "reason": reason,
        "figure": _share(met, judged),
        "least": least,
        "most": most,
        "naive": None,
        "n": judged,
        **{name: numbers[name] for name in ("met", "violated", "pending", "exempt", "undetermined")},
        "censored": 0,
        "left_out": 0,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
