"""Tables in Markdown, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.outputs.figures import COUNTS

_NUMBERS = {*COUNTS, "number", "cases", "activations"}


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; columns of numbers stand to the right."""
    yield f"| {' | '.join(names)} |"
    yield "|" + "|".join("--:" if name in _NUMBERS else "---" for name in names) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def more(number: int, what: str, file: str) -> Iterator[str]:
    """How many of `what` are left out, and which file has them; nothing where none is."""
    if number > 0:
        yield from ("", f"… and {number:,} more {what}; `--output {file}` has all of them.")
