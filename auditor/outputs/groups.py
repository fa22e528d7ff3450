"""Verdicts on groups, for people: a section for each service level and measure, its groups worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs.hostile import safe
from auditor.outputs.samples import LONGEST
from auditor.outputs.styles import VERDICT, title
from auditor.results.groups import GroupVerdict, message, worst_first
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

MOST = 10  # groups shown of a rule


def groups(out: Console, audit: Audit) -> None:
    """All sections, those with violated groups first."""
    for outcome in sorted(audit.outcomes, key=_badness):
        if outcome.groups:
            _section(out, outcome)


def _badness(outcome: RuleOutcome) -> tuple[bool, int]:
    return not outcome.grouped("violated"), SEVERITIES.index(outcome.rule.severity)


def _section(out: Console, outcome: RuleOutcome) -> None:
    out.print()
    out.print(title(outcome.rule))
    numbers = [f"{outcome.grouped('violated'):,} of {len(outcome.groups):,} groups violated"]
    numbers += [f"{n:,} {verdict}" for verdict in ("undetermined", "met") if (n := outcome.grouped(verdict))]
    out.print(Text(f"  {', '.join(numbers)}", style="dim"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, max_width=LONGEST, overflow="ellipsis")
    grid.add_column(overflow="fold", ratio=1)
    for group in worst_first(outcome.rule, outcome.groups)[:MOST]:
        verdict = Text(group["verdict"], style=VERDICT[group["verdict"]])
        grid.add_row(verdict, Text(_name(group)), Text(safe(message(outcome.rule, group))))
    out.print(Padding(grid, (0, 0, 0, 2)))
    if (more := len(outcome.groups) - MOST) > 0:
        out.print(Text(f"  … and {more:,} more; --output findings.json has all of them", style="dim"))


def _name(group: GroupVerdict) -> str:
    """`chat, 2024-03`: the values of the group; `all` where there is but one."""
    values = ("(unknown)" if value is None else safe(value, LONGEST) for value in group["group"].values())
    return ", ".join(values) or "all"
