"""What rules say at their limits, for readers or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe, safe_lines
from auditor.outputs.styles import VERDICT, paper
from auditor.results.boundaries import Probed, Told
from auditor.rules import sentence
from auditor.rules.offsets import shown

_ASLEEP = "does not activate"


def write(probed: Sequence[Probed], format: str, stream: BinaryIO, look: Look) -> None:
    """A table for each rule, or one JSON list."""
    if format == "json":
        stream.write((safe_lines(json.dumps([_as_dict(one) for one in probed], indent=2)) + "\n").encode())
        return
    with paper(stream, look) as out:
        for number, one in enumerate(probed):
            if number:
                out.print()
            out.print(Text.assemble((safe(one.rule.id), "bold"), f"  {safe(sentence(one.rule))}"))
            grid = Table.grid(padding=(0, 2))
            grid.add_column(overflow="fold")
            grid.add_column(no_wrap=True)
            for told in one.told:
                grid.add_row(Text(safe(told.what)), _said(told))
            out.print(Padding(grid, (0, 0, 0, 2)))
            for reason in one.missing:
                out.print(Text(f"  no example found: {safe(reason)}", style="yellow"))


def _said(told: Told) -> Text:
    found = told.found
    if found is None:
        return Text(_ASLEEP, style="dim")
    text = Text(found.verdict, style=VERDICT[found.verdict])
    if found.reason:
        text.append(f" ({found.reason})")
    if found.late_seconds is not None:
        text.append(f", {shown(timedelta(seconds=found.late_seconds))} late")
    return text


def _as_dict(probed: Probed) -> dict[str, object]:
    return {
        "rule_id": probed.rule.id,
        "limits": [
            {
                "what": told.what,
                "verdict": told.found and told.found.verdict,
                "reason": told.found and told.found.reason,
                "late_seconds": told.found and told.found.late_seconds,
            }
            for told in probed.told
        ],
        "no_example": list(probed.missing),
    }
