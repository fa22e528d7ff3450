"""What the formats of a diff say alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.outputs.hostile import safe
from auditor.results.diff_cases import KINDS, Kind

if TYPE_CHECKING:
    from auditor.results.diff import Diff, RuleDiff
    from auditor.rules.changes import Edit, RuleChange

LONGEST_EDIT = 120  # characters of a value that was edited
_ONE = {
    "appears": "appears", "vanishes": "vanishes", "verdict": "has another verdict", "due": "has another due time"
}  # fmt: skip
_SEVERAL = {
    "appears": "appear", "vanishes": "vanish", "verdict": "have another verdict", "due": "have another due time"
}  # fmt: skip


def many(number: int, noun: str) -> str:
    """`1 finding`, `1,200 findings`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ways(found: Diff | RuleDiff) -> str:
    """`3 appear, 1 vanishes`; '' where no finding changes."""
    numbers: Iterator[tuple[Kind, int]] = ((kind, found.number(kind)) for kind in KINDS)
    return ", ".join(f"{n:,} {(_ONE if n == 1 else _SEVERAL)[kind]}" for kind, n in numbers if n)


def conclusion(found: Diff) -> str:
    """The result in one sentence, with its denominators."""
    if found.cases is None:
        return "No verdict changes: every rule means what it meant"
    cases = sum(found.number(kind) for kind in KINDS)
    text = (
        f"{many(cases, 'finding')} change{'s' if cases == 1 else ''}: {ways(found)}" if cases else "No finding changes"
    )
    text += f"; of {many(found.counted('before'), 'activation')} before and {found.counted('after'):,} now"
    if found.groups:
        text += f"; {many(len(found.groups), 'group')} {'has' if len(found.groups) == 1 else 'have'} another verdict"
    if found.total != found.failures:
        text += f"; {found.failures:,} of these changes count for the exit code"
    return text


def edited(found: Diff) -> str:
    """How many rules changed in which way: `1 added, 2 edited, 12 unchanged`."""
    changes = found.changes
    numbers = [
        (changes.number("added"), "added"),
        (changes.number("removed"), "removed"),
        (changes.number("edited"), "edited"),
        (changes.number("described"), "described otherwise, with the same meaning"),
        (changes.unchanged, "unchanged"),
    ]
    return ", ".join(f"{number:,} {said}" for number, said in numbers if number)


def violated(one: RuleDiff, side: str) -> str:
    """`5 of 60 (2 undetermined)`: violated activations and all; `–` where the rule did not exist."""
    outcome = one.before if side == "before" else one.after
    if outcome is None:
        return "–"
    doubt = f" ({outcome['undetermined']:,} undetermined)" if outcome["undetermined"] else ""
    return f"{outcome['violated']:,} of {outcome.activations:,}{doubt}"


def demands(change: RuleChange, longest: int) -> Iterator[tuple[str, str]]:
    """`before` and `now` with what the rule demanded and demands, long texts cut to where they begin to differ."""
    before, after = (text or "" for text in change.sentences)
    start = 0
    if max(len(before), len(after)) > longest:
        differing = (place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
        start = max(0, next(differing, 0) - longest // 4)
    for name, text in (("before", before), ("now", after)):
        if text:
            yield name, safe("…" * bool(start) + text[start:], longest)


def edits(change: RuleChange) -> Iterator[str]:
    """What was edited in a rule beside its meaning: `severity: high → critical`."""
    yield from map(told, change.edits)
    if change.renamed:
        yield f"means what the removed rule {change.renamed} meant; with another id, all its findings are new"


def told(edit: Edit) -> str:
    """`severity: high → critical`."""
    if edit.before == edit.after:  # of tests only their number is told
        return f"{edit.what} edited"
    return f"{edit.what}: {_value(edit.before)} → {_value(edit.after)}"


def _value(text: str | None) -> str:
    return "none" if text is None else safe(text, LONGEST_EDIT)
