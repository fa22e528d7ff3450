"""The table for people: findings grouped by rule, worst first, then counts for every rule."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.log_health import conclusion, health
from auditor.outputs.styles import SEVERITY, VERDICT, columns, console, counted, plain_ends
from auditor.results.findings import ordered
from auditor.results.wording import iso_text
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

PER_RULE = 10  # findings shown for a rule
LONGEST = 40  # characters of an id


def write(audit: Audit, stream: BinaryIO, look: Look) -> None:
    """The whole table as text in UTF-8."""
    page = io.StringIO()
    out = console(page, look)
    _heading(out, audit)
    samples = _samples(audit)
    for outcome in sorted(audit.outcomes, key=_badness):
        if rows := samples.get(outcome.rule.id):
            _findings(out, audit, outcome, rows)
    _counts(out, audit)
    if audit.groups:
        _groups(out, audit)
    _silence(out, audit)
    health(out, audit, look)
    for pack in audit.ruleset.packs:
        if pack.disclaimer:
            out.print(Text(safe(pack.disclaimer), style="dim"))
    _verdict(out, audit)
    stream.write(plain_ends(page.getvalue()).encode())


def _heading(out: Console, audit: Audit) -> None:
    packs = ", ".join(f"{pack.name} {pack.version}".strip() for pack in audit.ruleset.packs)
    files = audit.log.health.files
    logs = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    out.print(Text.assemble((safe(packs), "bold"), f" on {safe(logs)}, judged as of {iso_text(audit.judgement.as_of)}"))


def _badness(outcome: RuleOutcome) -> tuple[bool, int]:
    return not outcome["violated"], SEVERITIES.index(outcome.rule.severity)


def _samples(audit: Audit) -> dict[str, list[dict[str, Any]]]:
    table = ordered(audit, audit.show, per_rule=PER_RULE)
    table = table.select("rule_id", "verdict", "message", subject=table.subject.substr(0, LONGEST * 2))
    samples: dict[str, list[dict[str, Any]]] = {}
    for batch in audit.batches(table):
        for row in batch.to_pylist():
            samples.setdefault(row["rule_id"], []).append(row)
    return samples


def _findings(out: Console, audit: Audit, outcome: RuleOutcome, rows: list[dict[str, Any]]) -> None:
    rule = outcome.rule
    out.print()
    out.print(
        Text.assemble((rule.severity, SEVERITY[rule.severity]), "  ", (safe(rule.id), "bold"), "  ", safe(rule.title))
    )
    out.print(Text(f"  {_denominators(outcome)}{_source(outcome)}", style="dim"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, max_width=LONGEST, overflow="ellipsis")
    grid.add_column(overflow="fold", ratio=1)
    for row in rows:
        subject = "(unknown)" if row["subject"] is None else safe(row["subject"], LONGEST)
        grid.add_row(Text(row["verdict"], style=VERDICT[row["verdict"]]), Text(subject), Text(safe(row["message"])))
    out.print(Padding(grid, (0, 0, 0, 2)))
    more = sum(outcome[verdict] for verdict in audit.show) - len(rows)
    if more > 0:
        out.print(Text(f"  … and {more:,} more; --output findings.csv writes all of them", style="dim"))


def _denominators(outcome: RuleOutcome) -> str:
    parts = [f"{outcome['violated']:,} of {outcome.activations:,} violated"]
    parts += [f"{outcome[v]:,} {v}" for v in ("undetermined", "pending", "exempt", "met") if outcome[v]]
    return ", ".join(parts)


def _source(outcome: RuleOutcome) -> str:
    refs = safe("; ".join(outcome.rule.refs), 120)
    basis = outcome.rule.basis
    if basis and basis.deadline == "operator":
        return f"; {refs} (the deadline is the operator's)" if refs else "; the deadline is the operator's"
    return f"; {refs}" if refs else ""


def _counts(out: Console, audit: Audit) -> None:
    shown = ("violated", "undetermined", "pending", "met", "exempt")
    table = columns("rule", "severity", numbers=(*shown, "activations"))
    for outcome in sorted(audit.outcomes, key=_badness):
        if not outcome.activations:
            continue
        cells = [counted(outcome[verdict], VERDICT[verdict]) for verdict in shown]
        severity = outcome.rule.severity
        table.add_row(
            Text(safe(outcome.rule.id)), Text(severity, SEVERITY[severity]), *cells, f"{outcome.activations:,}"
        )
    if table.row_count:
        out.print()
        out.print(table)


def _groups(out: Console, audit: Audit) -> None:
    shown = ("violated", "undetermined", "pending", "met", "exempt")
    by = [name for name in audit.groups[0] if name not in {"rule_id", *shown, "activations"}]
    table = columns("rule", *by, numbers=(*shown, "activations"))
    for group in audit.groups:
        cells = [counted(int(group.get(verdict, 0)), VERDICT[verdict]) for verdict in shown]
        table.add_row(Text(safe(group["rule_id"])), *(_cell(group, name) for name in by), *cells, f"{_total(group):,}")
    out.print()
    out.print(table)


def _cell(group: Mapping[str, Any], name: str) -> Text:
    return Text("(unknown)" if group[name] is None else safe(group[name], LONGEST))


def _total(group: Mapping[str, Any]) -> int:
    return sum(int(group.get(verdict, 0)) for verdict in VERDICT)


def _silence(out: Console, audit: Audit) -> None:
    never = [outcome.rule.id for outcome in audit.outcomes if outcome.never_activated]
    if never:
        out.print()
        out.print(Text.assemble(("Never activated", "bold"), " (silence is not compliance): ", safe(", ".join(never))))
    unjudged = [outcome for outcome in audit.outcomes if outcome.not_judged]
    if unjudged:
        out.print()
        out.print(Text("Cannot be judged on this log", style="bold yellow"))
        for outcome in unjudged:
            out.print(Text(f"  {safe(outcome.rule.id)}: {safe(outcome.not_judged)}"))


def _verdict(out: Console, audit: Audit) -> None:
    unclear = audit.total("undetermined") or any(outcome.not_judged for outcome in audit.outcomes)
    style = "bold red" if audit.total("violated") else "bold yellow" if unclear else "bold green"
    out.print()
    out.print(Text(conclusion(audit), style=style))
