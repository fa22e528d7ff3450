"""Workflow commands for the job log of GitHub Actions: an annotation at each rule that changed, and the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.diff import words
from auditor.outputs.diff.table import group_step
from auditor.outputs.github import MOST, Annotation, Kind
from auditor.outputs.names import group_named
from auditor.outputs.places import relative, rule_place

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.diff import Diff, RuleDiff

LONGEST = 500  # characters of a sentence


def write(found: Diff, stream: BinaryIO, look: Look) -> None:  # noqa: ARG001 - as other formats
    """Warnings for what counts for the exit code, notices for the rest, and the conclusion, a line each."""
    made = [_annotation(found, one) for one in found.rules]
    made += [Annotation("notice", "note", note) for note in found.notes]
    shown = [one for kind, most in MOST.items() for one in [one for one in made if one.kind == kind][:most]]
    said = f"{words.conclusion(found)}. Rules: {words.edited(found)}"
    if len(made) > len(shown):
        said += f"; {words.many(len(made) - len(shown), 'other remark')} not shown here: a step shows ten of a kind"
    last = Annotation("notice", "auditor", said)
    stream.write("".join(f"{one}\n" for one in [*shown, last]).encode())


def _annotation(found: Diff, one: RuleDiff) -> Annotation:
    change = one.change
    kind: Kind = "warning" if one.total and found.fails(one) else "notice"
    parts = []
    if change.judged:
        parts.append(words.ways(one) or "no finding changes")
        parts.append(f"violated: {words.violated(one, 'before')} before, {words.violated(one, 'after')} now")
    if one.groups:
        first = one.groups[0]
        parts.append(
            f"{words.many(len(one.groups), 'group')} changed, such as {group_named(first.group)}: {group_step(first)}"
        )
    parts += words.edits(change)
    if change.judged:
        parts += [f"{name}: {text}" for name, text in words.demands(change, LONGEST)]
    file, line = _place(found, one)
    return Annotation(kind, f"{change.kind}: {change.rule.id}", "; ".join(parts), file, line)


def _place(found: Diff, one: RuleDiff) -> tuple[str, int]:
    """Where the rule is written now; of a removed one, the first line of a file of its pack."""
    if one.change.after is not None:
        place = rule_place(one.change.after.place)
        return ("", 0) if place.shipped else (place.path, place.line)
    files = [file for pack in found.sides.after.packs if pack.name == one.change.rule.pack for file in pack.files]
    return (relative(str(Path(files[0].path))), 1) if files and not files[0].shipped else ("", 0)
