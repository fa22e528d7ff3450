"""Counts for every rule, and for every group of `--by`: in columns where these fit, else in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.measure import Measurement
from rich.text import Text

from auditor.outputs.hostile import safe
from auditor.outputs.samples import LONGEST
from auditor.outputs.styles import SEVERITY, VERDICT, columns, counted, marked, whole

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

MOST_GROUPS = 60
COUNTS = ("violated", "undetermined", "pending", "met", "exempt")
Counts = Callable[[str], int]  # by verdict
_ANY_WIDTH = 1 << 16


def rules(out: Console, outcomes: Sequence[RuleOutcome]) -> None:
    """The rules that activated."""
    rows = [
        ([marked(one.rule), Text(one.rule.severity, SEVERITY[one.rule.severity])], one.__getitem__)
        for one in outcomes
        if one.activations
    ]
    if rows:
        _tally(out, ("rule", "severity"), rows)


def groups(out: Console, audit: Audit) -> None:
    """The groups of `--by`; where there are very many, those with the most violations."""
    by = list(audit.groups[0]["group"])
    rows: list[tuple[list[Text], Counts]] = []
    shown = audit.groups
    if len(shown) > MOST_GROUPS:
        shown = tuple(sorted(shown, key=lambda group: -group["violated"])[:MOST_GROUPS])
    for group in shown:
        values = ("(unknown)" if group["group"][name] is None else group["group"][name] for name in by)
        rows.append(
            ([Text(safe(group["rule_id"])), *(Text(safe(value, LONGEST)) for value in values)], group.__getitem__)
        )
    _tally(out, ("rule", *by), rows)
    if more := len(audit.groups) - len(shown):
        out.print(Text(f"… and {more:,} more groups; --output findings.json has all of them", style="dim"))


def in_words(counts: Counts) -> str:
    """`179 of 518 violated, 21 undetermined, 278 met`."""
    total = sum(counts(verdict) for verdict in COUNTS)
    parts = [f"{counts('violated'):,} of {total:,} violated"]
    return ", ".join(parts + [f"{counts(verdict):,} {verdict}" for verdict in COUNTS[1:] if counts(verdict)])


def _tally(out: Console, names: Sequence[str], rows: Sequence[tuple[list[Text], Counts]]) -> None:
    table = columns(*names, numbers=(*COUNTS, "activations"))
    for labels, counts in rows:
        cells = [counted(counts(verdict), VERDICT[verdict]) for verdict in COUNTS]
        table.add_row(*labels, *cells, f"{sum(counts(verdict) for verdict in COUNTS):,}")
    if Measurement.get(out, out.options.update(max_width=_ANY_WIDTH), table).maximum > out.width:
        table = columns(*names, "activations")
        for labels, counts in rows:
            table.add_row(*labels, in_words(counts))
        whole(table, [labels[0] for labels, _ in rows], out.width)
    out.print()
    out.print(table)
