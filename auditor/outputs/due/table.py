"""What falls due, for people: by urgency, worst severity first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import ibis
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs.due.words import headline, rest, warnings
from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.log_health import conclusion
from auditor.outputs.samples import LONGEST
from auditor.outputs.styles import SEVERITY, paper
from auditor.results.due import order
from auditor.results.wording import iso_text, span_text

if TYPE_CHECKING:
    from auditor.results.due import Due

MOST = 25  # obligations shown of a band
_MESSAGE = 400  # characters


def write(found: Due, stream: BinaryIO, look: Look) -> None:
    """A section for each band that holds anything; then what falls due later, and what the log cannot tell."""
    with paper(stream, look) as out:
        _heading(out, found)
        shown = _shown(found)
        for band in found.bands:
            if rows := shown.get(band.name):
                _section(out, band.name, rows, found.counts[band.name])
        out.print()
        out.print(Text(rest(found)))
        for warning in warnings(found):
            out.print(Text(f"note: {safe(warning)}", style="yellow"))
        out.print(Text(conclusion(found.audit), style="dim"))


def _heading(out: Console, found: Due) -> None:
    audit = found.audit
    packs = ", ".join(f"{pack.name} {pack.version}".strip() for pack in audit.ruleset.packs)
    files = audit.log.health.files
    logs = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    moment = f"judged as of {iso_text(audit.judgement.as_of)}"
    if found.uncertain:
        moment += f", told from {iso_text(found.start)}"
    out.print(Text.assemble((safe(packs), "bold"), f" on {safe(logs)}, {moment}"))
    out.print()
    out.print(Text(headline(found), style="bold"))


def _shown(found: Due) -> dict[str, list[dict[str, Any]]]:
    """The first obligations of each band."""
    rows = found.rows
    place = ibis.row_number().over(group_by=rows.number, order_by=order(rows))
    few = rows.mutate(place=place).filter(ibis._.place < MOST)
    shown: dict[str, list[dict[str, Any]]] = {}
    for batch in found.audit.batches(few.order_by(["number", "place"])):
        for row in batch.to_pylist():
            shown.setdefault(row["band"], []).append(row)
    return shown


def _section(out: Console, name: str, rows: list[dict[str, Any]], total: int) -> None:
    out.print()
    out.print(Text(f"{name}: {total:,}", style="bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(no_wrap=True, max_width=LONGEST, overflow="ellipsis")
    grid.add_column(overflow="fold", ratio=1)
    for row in rows:
        severity = Text(row["severity"], style=SEVERITY[row["severity"]])
        rule = safe(row["rule_id"]) + (" (draft)" if row["draft"] else "")
        subject = "(unknown)" if row["subject"] is None else safe(row["subject"], LONGEST)
        left = Text(_left(row["in_seconds"]))
        grid.add_row(left, severity, Text(rule), Text(subject), Text(safe(row["message"], _MESSAGE)))
    out.print(Padding(grid, (0, 0, 0, 2)))
    if total > len(rows):
        out.print(Text(f"  … and {total - len(rows):,} more; --output due.csv has all of them", style="dim"))


def _left(seconds: int) -> str:
    """`in 6 h 16 min`, `2 d 3 h ago`."""
    return f"in {span_text(seconds)}" if seconds >= 0 else f"{span_text(-seconds)} ago"
