"""The first sheet of a workbook: what came out, with its denominators, and of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.outputs.asserted import told
from auditor.outputs.log_health import compared, conclusion, summary
from auditor.outputs.xlsx.book import Book, Column, Sheet
from auditor.results.force import window
from auditor.results.groups import message, worst_first

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

_COUNTS = ("violated", "undetermined", "pending", "met", "exempt")


def write(book: Book, audit: Audit) -> None:
    """One section under the other; what has more rows than a sheet goes on in a second one."""
    statuses = ("waived", *(("new", "continuing") if audit.comparison is not None else ()))
    widths = (40, 24, *[13] * (1 + len(_COUNTS) + len(statuses)), 80, 60)
    sheet = book.sheet("Summary", [Column("", width) for width in widths], table=False)
    _heading(sheet, audit)
    _rules(sheet, audit, statuses)
    _group_verdicts(sheet, audit)
    _groups(sheet, audit)
    _lines(sheet, "Notes", [*audit.notes, *told(audit)])
    _packs(sheet, audit)
    _health(sheet, audit)


def _heading(sheet: Sheet, audit: Audit) -> None:
    sheet.row(", ".join(f"{pack.name} {pack.version}".strip() for pack in audit.ruleset.packs), style="title")
    sheet.row(conclusion(audit), style="bold")
    sheet.row(summary(audit))
    if audit.comparison is not None:
        sheet.row(f"Compared with {compared(audit.comparison)}")
    sheet.row("Judged as of", audit.judgement.as_of)
    sheet.row(f"Findings that are listed: {', '.join(audit.show)}. All times are UTC.")


def _section(sheet: Sheet, title: str, *names: str) -> None:
    sheet.row()
    sheet.row(title, style="title")
    if names:
        sheet.row(*names, style="head")


def _rules(sheet: Sheet, audit: Audit, statuses: tuple[str, ...]) -> None:
    _section(sheet, "Rules", "rule", "severity", "activations", *_COUNTS, *statuses, "title", "remark")
    for outcome in audit.outcomes:
        counts = (outcome.activations, *(outcome[verdict] for verdict in _COUNTS))
        marks = (outcome.violations.get(name, 0) for name in statuses)
        sheet.row(outcome.rule.id, outcome.rule.severity, *counts, *marks, outcome.rule.title, _remark(outcome))


def _remark(outcome: RuleOutcome) -> str:
    """Why the counts of a rule are not what they seem."""
    parts = ["draft, not counted"] if outcome.rule.draft else []
    if outcome.not_judged:
        parts.append(f"could not be judged: {outcome.not_judged}")
    elif outcome.silent:
        parts.append("never activated" if outcome.in_force else f"in force {window(outcome.rule)} only")
    return "; ".join(parts)


def _group_verdicts(sheet: Sheet, audit: Audit) -> None:
    if not any(outcome.groups for outcome in audit.outcomes):
        return
    _section(sheet, "Verdicts on groups", "rule", "group", "verdict", "why")
    for outcome in audit.outcomes:
        for group in worst_first(outcome.rule, outcome.groups):
            sheet.row(outcome.rule.id, _name(group["group"]), group["verdict"], message(outcome.rule, group))


def _groups(sheet: Sheet, audit: Audit) -> None:
    if audit.groups:
        _section(sheet, f"Counts by {', '.join(audit.groups[0]['group'])}", "rule", "group", "activations", *_COUNTS)
        for group in audit.groups:
            counts = [group[verdict] for verdict in _COUNTS]
            sheet.row(group["rule_id"], _name(group["group"]), sum(counts), *counts)


def _name(group: Mapping[str, Any]) -> str:
    """`chat, 2024-03`; `all` where there is but one group."""
    return ", ".join("(unknown)" if value is None else str(value) for value in group.values()) or "all"


def _lines(sheet: Sheet, title: str, lines: list[str]) -> None:
    if lines:
        _section(sheet, title)
        for line in lines:
            sheet.row(line)


def _packs(sheet: Sheet, audit: Audit) -> None:
    _section(sheet, "Packs", "pack", "version", "SHA-256 of its content")
    for pack in audit.ruleset.packs:
        sheet.row(pack.name, pack.version, pack.sha256)
    disclaimers = [" ".join(pack.disclaimer.split()) for pack in audit.ruleset.packs if pack.disclaimer]
    for line in disclaimers:
        sheet.row(line)


def _health(sheet: Sheet, audit: Audit) -> None:
    found, judged = audit.log.health, audit.judgement
    _section(sheet, "Log")
    for name in found.files:
        sheet.row("file", name)
    sheet.row("rows", found.rows)
    sheet.row("events", found.events)
    for word, reasons in (("rejected", found.rejected), ("ignored", found.ignored)):
        for reason, number in sorted(reasons.items()):
            sheet.row(f"{word}: {reason}", number)
    sheet.row("duplicates collapsed", judged.duplicates)
    sheet.row("set aside after the moment of judgement", judged.set_aside)
    sheet.row("events with imprecise times", found.imprecise)
    sheet.row("rows out of time order", audit.out_of_order)
    sheet.row("activations without a subject", sum(judged.subjectless.values()))
    if audit.log.observed_from is not None:
        sheet.row("observed from", audit.log.observed_from)
    sheet.row("observed until", audit.log.observed_until)
