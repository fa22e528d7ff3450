"""The source's own verdicts beside ours, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from auditor.outputs.hostile import safe
from auditor.outputs.samples import LONGEST, PER_RULE
from auditor.outputs.styles import columns, counted

if TYPE_CHECKING:
    from auditor.results.asserted import Comparison
    from auditor.results.audit import Audit


def opinions(out: Console, audit: Audit) -> None:
    """A row for each opinion and each rule that it is compared with, and some of the reports that differ."""
    each = audit.asserted.each
    if not each:
        return
    table = columns("source's own verdict", "rule", numbers=("says met", "we: violated", "says violated", "we: met"))
    for one in each:
        for beside in one.rules:
            cells = [
                counted(number, style)
                for said, ours, style in (("met", "violated", "red"), ("violated", "met", "red"))
                for number, style in ((sum(beside.counts[said].values()), ""), (beside.counts[said][ours], style))
            ]
            table.add_row(Text(safe(one.name)), Text(safe(beside.rule_id)), *cells)
    if table.row_count:
        out.print()
        out.print(table)
    for one in each:
        if one.differing:
            out.print(Padding(Text(_examples(audit, one)), (0, 0, 0, 2)))
        for note in one.notes:
            out.print(Text(f"  note: {safe(one.name)}: {safe(note)}", style="yellow"))


def _examples(audit: Audit, one: Comparison) -> str:
    rows = audit.asserted.differing(one.name)
    if rows is None:
        return ""
    rows = rows.limit(PER_RULE).mutate(subject=rows.subject.substr(0, LONGEST + 1))
    found = [row for batch in audit.batches(rows) for row in batch.to_pylist()]
    some = "; ".join(
        f"{safe(row['subject'], LONGEST)} ({safe(row['rule_id'])}: says {row['asserted']}, we: {row['verdict']})"
        for row in found
    )
    more = one.differing - len(found)
    rest = f"; and {more:,} more, --output findings.json has all" if more > 0 else ""
    return f"{safe(one.name)} differs on {some}{rest}"


def told(audit: Audit) -> list[str]:
    """A line for each opinion, and its notes."""
    lines = []
    for one in audit.asserted.each:
        total = sum(sum(said.values()) for beside in one.rules for said in beside.counts.values())
        lines.append(f"{one.name}, the source's own verdict, differs from ours {one.differing:,} times in {total:,}")
        lines += [f"note: {one.name}: {note}" for note in one.notes]
    return lines
