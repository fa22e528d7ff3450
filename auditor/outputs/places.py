"""Where findings lie, as tools find it: files as relative addresses (RFC 3986), rows as lines where they are lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from auditor.base.diagnostics import Place
from auditor.rules.files import packs_folder

LINES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})  # suffixes of files with one record in a line
SHIPPED = "rules"  # the folder of shipped packs, whatever it is called on this machine


@dataclass(frozen=True)
class RulePlace:
    """Where a rule is written; `shipped`: in a pack that comes with auditor, whose path is the same everywhere."""

    path: str
    line: int
    shipped: bool


def is_file(label: str) -> bool:
    """Whether the name of a log is that of a file: not so for `<stdin>` and `<table>`."""
    return not label.startswith("<")


def relative(label: str) -> str:
    """The path of a log from the working directory, where it lies below it."""
    path, here = Path(label), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_absolute() and path.is_relative_to(here) else label


def address(path: str) -> str:
    """A path as an address: relative, or `file:///…` for an absolute one."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path, safe="/")


def rule_place(place: Place) -> RulePlace:
    """Where a rule is written, with no path of this machine where the pack comes with auditor."""
    path, folder = Path(place.file), packs_folder()
    if folder is not None and path.is_relative_to(folder):
        return RulePlace(f"{SHIPPED}/{path.relative_to(folder).as_posix()}", place.line, True)
    return RulePlace(relative(place.file), place.line, False)


@dataclass
class Lines:
    """The lines of rows; each file is looked at once, for one output."""

    _known: dict[str, bool] = field(default_factory=dict)

    def of(self, label: str, row: int) -> int | None:
        """The line of a row; None where the file has no lines, or rows that take several of them."""
        if label not in self._known:
            self._known[label] = _rows_are_lines(label)
        return row if self._known[label] else None


def _rows_are_lines(label: str) -> bool:
    path = Path(label)
    if not is_file(label) or path.suffix.lower() not in LINES or not path.is_file():
        return False
    if path.suffix.lower() not in (".csv", ".tsv"):
        return True  # a line break within JSON is written as an escape
    with path.open("rb") as lines:
        return not any(line.count(b'"') % 2 for line in lines)
