"""The diff for people: rules with what they demanded and demand, and the first cases that change."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.outputs.diff import words
from auditor.outputs.diff.samples import Sample, samples
from auditor.outputs.hostile import safe
from auditor.outputs.names import group_named
from auditor.outputs.samples import LONGEST
from auditor.outputs.styles import VERDICT, paper, title
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.diff import Diff, RuleDiff
    from auditor.results.diff_groups import GroupChange

MOST_GROUPS = 5  # of a rule
_KIND = {"added": "bold green", "removed": "bold red", "edited": "bold yellow", "described": "bold"}


def write(found: Diff, stream: BinaryIO, look: Look) -> None:
    """The whole diff as text in UTF-8."""
    with paper(stream, look) as out:
        _heading(out, found)
        shown = samples(found)
        for one in found.rules:
            _rule(out, found, one, shown.get(one.change.rule.id, []))
        out.print()
        for note in found.notes:
            out.print(Text(f"note: {safe(note)}", style="yellow"))
        if look.verbose:
            out.print(Text(f"log: {safe(found.log.health.line())}"))
        out.print(Text(f"Rules: {words.edited(found)}"))
        out.print(Text(words.conclusion(found), style="bold red" if found.failures else "bold green"))


def _heading(out: Console, found: Diff) -> None:
    files = found.log.health.files
    logs = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    names = (safe(found.sides.old.label), "bold"), " → ", (safe(found.sides.new.label), "bold")
    out.print(Text.assemble(*names, f" on {safe(logs)}, judged as of {iso_text(found.as_of)}"))
    for what, some in (
        ("parameter", found.changes.parameters), ("pack", found.changes.packs), ("field", found.changes.fields)
    ):  # fmt: skip
        for edit in some:
            out.print(Text(f"  {what} {safe(words.told(edit))}"))


def _rule(out: Console, found: Diff, one: RuleDiff, shown: list[Sample]) -> None:
    change = one.change
    out.print()
    out.print(Text.assemble((change.kind, _KIND[change.kind]), "  ", title(change.rule)))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold", ratio=1)
    before, after = change.sentences
    if before == after:
        grid.add_row("demands", Text(safe(after or "")))
        if change.parts:
            grid.add_row("differs in", Text(safe(", ".join(change.parts))))
    else:
        for name, sentence in (("before", before), ("now", after)):
            if sentence is not None:
                grid.add_row(name, Text(safe(sentence)))
    for edit in words.edits(change):
        grid.add_row("also", Text(safe(edit)))
    out.print(Padding(grid, (0, 0, 0, 2)))
    if change.judged:
        counts = f"violated: {words.violated(one, 'before')} before, {words.violated(one, 'after')} now"
        uncounted = "" if found.fails(one) else "; not counted for the exit code"
        text = Text(f"{counts}; {words.ways(one) or 'no finding changes'}{uncounted}", style="dim")
        out.print(Padding(text, (0, 0, 0, 2)))
        _cases(out, one, shown)
        _groups(out, one)


def _cases(out: Console, one: RuleDiff, shown: list[Sample]) -> None:
    if not shown:
        return
    grid = Table.grid(padding=(0, 2))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for case in shown:
        subject = "(unknown)" if case.subject is None else safe(case.subject, LONGEST)
        grid.add_row(Text(case.kind, style=VERDICT[case.verdict]), Text(subject), Text(safe(case.text)))
    out.print(Padding(grid, (0, 0, 0, 2)))
    more = sum(one.ways.values()) - len(shown)
    if more > 0:
        out.print(Text(f"  … and {more:,} more; --output diff.json has all of them", style="dim"))


def _groups(out: Console, one: RuleDiff) -> None:
    for group in one.groups[:MOST_GROUPS]:
        out.print(Text(f"  group {group_named(group.group)}: {group_step(group)}"))
    more = len(one.groups) - MOST_GROUPS
    if more > 0:
        out.print(Text(f"  … and {more:,} more groups; --output diff.json has all of them", style="dim"))


def group_step(group: GroupChange) -> str:
    """`met → violated: 62.5% met < 90%; 5 of 8`."""
    before, after = ("no such group" if one is None else one["verdict"] for one in (group.before, group.after))
    said = group.after or group.before
    return f"{before} → {after}: {said['message'] if said else ''}"
