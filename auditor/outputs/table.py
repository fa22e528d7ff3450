"""The table for people: findings grouped by rule, worst first, then counts for every rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs import tallies
from auditor.outputs.asserted import opinions
from auditor.outputs.figures import silence
from auditor.outputs.formats import Look
from auditor.outputs.groups import groups
from auditor.outputs.hostile import safe
from auditor.outputs.log_health import compared, conclusion, health
from auditor.outputs.samples import LONGEST, Doubt, Sample, doubts, samples
from auditor.outputs.styles import VERDICT, columns, marked, paper, title, whole
from auditor.outputs.tallies import in_words
from auditor.results.force import window
from auditor.results.wording import iso_text
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

_ADDRESS = re.compile(r",?\s*https?://[^\s;]+")


def write(audit: Audit, stream: BinaryIO, look: Look) -> None:
    """The whole table as text in UTF-8."""
    with paper(stream, look) as out:
        _heading(out, audit)
        certain = samples(audit)
        for outcome in sorted(audit.outcomes, key=_badness):
            if found := certain.get(outcome.rule.id):
                _findings(out, audit, outcome, found)
        groups(out, audit)
        _doubts(out, audit, doubts(audit) if "undetermined" in audit.show else [])
        tallies.rules(out, sorted(audit.outcomes, key=_badness))
        if audit.groups:
            tallies.groups(out, audit)
        opinions(out, audit)
        _silence(out, audit)
        health(out, audit, look)
        for pack in audit.ruleset.packs:
            _line(out, f"{safe(pack.name)} {safe(pack.version)}, SHA-256 of its content {pack.sha256}")
        for pack in audit.ruleset.packs:
            if pack.disclaimer:
                out.print(Text(safe(" ".join(pack.disclaimer.split())), style="dim"))
        violated, undetermined = (audit.total(v) + audit.grouped(v) for v in ("violated", "undetermined"))
        if audit.comparison is not None:
            out.print()
            out.print(Text.assemble(("Compared", "bold"), " with ", safe(compared(audit.comparison))))
        unclear = undetermined or any(outcome.not_judged for outcome in audit.counted)
        out.print()
        style = "bold red" if violated else "bold yellow" if unclear else "bold green"
        out.print(Text(conclusion(audit), style=style))


def _heading(out: Console, audit: Audit) -> None:
    packs = ", ".join(f"{pack.name} {pack.version}".strip() for pack in audit.ruleset.packs)
    files = audit.log.health.files
    logs = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    out.print(Text.assemble((safe(packs), "bold"), f" on {safe(logs)}, judged as of {iso_text(audit.judgement.as_of)}"))


def _badness(outcome: RuleOutcome) -> tuple[bool, int]:
    return not outcome["violated"], SEVERITIES.index(outcome.rule.severity)


def _findings(out: Console, audit: Audit, outcome: RuleOutcome, found: list[Sample]) -> None:
    rule = outcome.rule
    out.print()
    out.print(title(rule))
    _line(out, f"  {in_words(outcome.__getitem__)}{_source(outcome)}")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, max_width=LONGEST, overflow="ellipsis")
    grid.add_column(overflow="fold", ratio=1)
    for sample in found:
        subject = "(unknown)" if sample.subject is None else safe(sample.subject, LONGEST)
        verdict = Text(sample.verdict, style=VERDICT[sample.verdict])
        if sample.status:
            verdict.append(f", {sample.status}")
        grid.add_row(verdict, Text(subject), Text(safe(sample.message)))
    out.print(Padding(grid, (0, 0, 0, 2)))
    more = sum(outcome[verdict] for verdict in audit.show if verdict != "undetermined") - len(found)
    if more > 0:
        _line(out, f"  … and {more:,} more; --output findings.csv writes all of them")


def _line(out: Console, text: str) -> None:
    out.print(Text(text, style="dim"), no_wrap=True, overflow="ellipsis")


def _source(outcome: RuleOutcome) -> str:
    """Whose the deadline is, when the rule is in force, and the sources without addresses; `rules show` has them."""
    rule = outcome.rule
    chosen = "deadline chosen by the operator" if rule.basis and rule.basis.deadline == "operator" else ""
    force = f"in force {dates}" if (dates := window(rule)) else ""
    refs = _ADDRESS.sub("", "; ".join(rule.refs))
    return "".join(f"; {safe(text)}" for text in (chosen, force, refs) if text)


def _doubts(out: Console, audit: Audit, found: list[Doubt]) -> None:
    """Activations that the log cannot decide, by reason."""
    if not found:
        return
    table = columns("undetermined", numbers=("cases",))
    table.add_column("why", overflow="fold")
    table.add_column("for example", no_wrap=True, max_width=LONGEST, overflow="ellipsis")
    outcomes = {outcome.rule.id: outcome for outcome in audit.outcomes}
    for doubt in found:
        cases = f"{doubt.cases:,} of {outcomes[doubt.rule_id].activations:,}"
        example = "(unknown)" if doubt.subject is None else safe(doubt.subject, LONGEST)
        table.add_row(marked(outcomes[doubt.rule_id].rule), cases, Text(safe(doubt.why)), Text(example))
    whole(table, [marked(outcomes[doubt.rule_id].rule) for doubt in found], out.width)
    out.print()
    out.print(table)


def _silence(out: Console, audit: Audit) -> None:
    """Rules that say nothing about this log, and why."""
    quiet = silence(audit)
    if quiet.unjudged:
        table = columns("cannot be judged on this log", "why")
        for outcome in quiet.unjudged:
            table.add_row(marked(outcome.rule), Text(safe(outcome.unjudged)))
        out.print()
        out.print(table)
    _never(out, "Never activated", " (silence is not compliance)", quiet.never)
    for when, outcomes in quiet.asleep.items():
        _never(out, f"Never activated: in force {when}", ", at no time that this log tells of", outcomes)


def _never(out: Console, what: str, remark: str, outcomes: Sequence[RuleOutcome]) -> None:
    if outcomes:
        out.print()
        out.print(Text.assemble((what, "bold"), remark, ": ", safe(", ".join(one.rule.id for one in outcomes))))
