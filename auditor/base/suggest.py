"""Did you mean: the nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None when nothing is close."""
    by_lower = {name.lower(): name for name in sorted(known)}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], *, limit: int = 12) -> str:
    """A help text: the nearest known word, else the list of known ones when it is short, else ''."""
    names = sorted(set(known))
    match = nearest(word, names)
    if match is not None:
        return f"did you mean `{match}`?"
    if names and len(names) <= limit:
        return "known: " + ", ".join(f"`{name}`" for name in names)
    return ""


def beside(path: Path) -> str:
    """A help text for a file that does not exist: the nearest name in its folder."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    match = nearest(path.name, [other.name for other in path.parent.iterdir() if other.is_file()])
    return f"did you mean `{path.parent / match}`?" if match else ""
