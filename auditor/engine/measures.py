"""`measure`: the figure of each group, made from how long its activations took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.engine.durations import Durations
from auditor.engine.findings import Group, group_value
from auditor.engine.tallies import alike, tallies
from auditor.engine.verdicts import REASONS
from auditor.rules.model import Rule


def figures(durations: Durations, rule: Rule) -> Iterator[tuple[Group, dict[str, Any]]]:
    """What is said of each group of a rule's activations, in the order of groups."""
    measure, facts = rule.obligation.measure, durations.facts
    assert measure is not None  # noqa: S101 - asked only of measures
    lasted = durations.of(rule)
    attributes = {name.removeprefix("f_"): lasted[name] for name in lasted.columns if name.startswith("f_")}
    keys = {f"g{i}": group_value(facts, name, rule, lasted.time, attributes) for i, name in enumerate(measure.by)}
    kinds = alike(lasted.mutate(**keys), list(keys))
    for group, tally in tallies(facts.log.backend.to_pyarrow(kinds), list(keys)):
        yield group, tally.judged(measure, REASONS)
