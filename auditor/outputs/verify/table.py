"""What differs, for people: causes first, then what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from rich.table import Table
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.styles import paper

if TYPE_CHECKING:
    from auditor.results.verify import Verification

LONGEST = 400  # characters of one difference
MOST = 40  # differences of one cause


def write(found: Verification, stream: BinaryIO, look: Look) -> None:
    """The manifest, each difference, and in the last line whether the result is the same."""
    with paper(stream, look) as out:
        out.print(Text(_head(found)))
        out.print()
        if found.differences:
            out.print(_differences(found))
            out.print()
        out.print(Text(_conclusion(found), style="green" if not found.differences else "yellow"))


def _head(found: Verification) -> str:
    made, result = found.before.provenance, found.before.result
    files = ", ".join("a table in memory" if name is None else safe(name, LONGEST) for name in made.log.given[:5])
    more = f" and {len(made.log.given) - 5:,} more" if len(made.log.given) > 5 else ""
    return f"{safe(found.file)}: {len(result.rules):,} rules on {files}{more}, judged as of {safe(made.as_of)}"


def _differences(found: Verification) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for cause in dict.fromkeys(one.cause for one in found.differences):
        mine = [one for one in found.differences if one.cause == cause]
        for number, one in enumerate(mine[:MOST]):
            table.add_row("" if number else cause, Text(safe(one.message, LONGEST)))
        if len(mine) > MOST:
            table.add_row("", Text(f"… and {len(mine) - MOST:,} more; --format json has all of them", style="dim"))
    return table


def _conclusion(found: Verification) -> str:
    if not found.differences:
        return "All the same: log, mapping, rules, versions and result."
    if found.same_result:
        return "The result is the same, in spite of what differs."
    rules = {rule.id for one in (found.before, found.after) for rule in one.result.rules}
    differing = {one.what for one in found.differences if one.cause == "result"} & rules
    told = f"The result differs, in {len(differing):,} of {len(rules):,} rules."
    if any(one.cause != "result" for one in found.differences):
        return told
    return f"{told} Nothing that it was made of does: the manifest was changed, or this machine computes otherwise."
