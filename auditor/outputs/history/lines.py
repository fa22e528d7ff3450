"""Trends as lines: a number for each run, None where the rule was not judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.results.store import Series, Tally
from auditor.rules.model import SEVERITIES

Values = tuple[int | None, ...]
_LEVELS = "▁▂▃▄▅▆▇█"
NONE, UNKNOWN = "·", "?"


@dataclass(frozen=True)
class RuleLine:
    """A rule's violated and undetermined findings, run by run."""

    newest: Tally
    violated: Values
    undetermined: Values


def severities(series: Series) -> dict[str, Values]:
    """Violated findings by severity, as far as any rule has it, and all undetermined ones; drafts do not count."""
    counted = [[one for one in night.tallies if not one.draft] for night in series.nights]
    having = [name for name in SEVERITIES if any(one.severity == name for tallies in counted for one in tallies)]
    found: dict[str, Values] = {name: tuple(_sum(tallies, "violated", name) for tallies in counted) for name in having}
    return {**found, "undetermined": tuple(_sum(tallies, "undetermined") for tallies in counted)}


def rules(series: Series) -> list[RuleLine]:
    """A line for each rule of these runs, worst severity first, then by id."""
    nights = [{one.rule: one for one in night.tallies} for night in series.nights]
    newest = {name: one for night in nights for name, one in night.items()}
    made = [
        RuleLine(one, _values(nights, name, "violated"), _values(nights, name, "undetermined"))
        for name, one in newest.items()
    ]
    return sorted(made, key=lambda line: (SEVERITIES.index(line.newest.severity), line.newest.rule))


def spark(values: Values) -> str:
    """A character for each number, as high as it is beside the greatest of the line."""
    most = max((value for value in values if value), default=1)
    return "".join(
        UNKNOWN if value is None else NONE if not value else _LEVELS[-(-value * len(_LEVELS) // most) - 1]
        for value in values
    )


def _sum(tallies: Sequence[Tally], count: str, severity: str | None = None) -> int | None:
    """The sum over judged rules; None where none of them was judged."""
    mine = [one.counts[count] for one in tallies if one.judged and severity in (None, one.severity)]
    return sum(mine) if mine else None


def _values(nights: Sequence[dict[str, Tally]], rule: str, count: str) -> Values:
    found = (night.get(rule) for night in nights)
    return tuple(one.counts[count] if one is not None and one.judged else None for one in found)
