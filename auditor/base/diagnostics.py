"""Diagnostics: what is wrong, where, and what to do about it.

The tree of errors that a user can meet:

    AuditorError                    anything a user can cause; never shown with a traceback
    ├── DiagnosticsError            rules, mapping or configuration with located mistakes (one or many)
    └── UnusableError               a log, file or option that cannot be used, or nothing to audit
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from auditor.base.suggest import beside

Level = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Place:
    """A position in a text file; line and column count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Diagnostic:
    """One mistake: `code` is stable and documented, `help` says how to mend it."""

    code: str
    message: str
    place: Place
    help: str = ""
    source: str = ""  # the line that `place` points to
    width: int = 1  # how many columns the caret underlines
    level: Level = "error"

    def as_dict(self) -> dict[str, Any]:
        """The same content for machines: a flat dict with file, line and column."""
        record = asdict(self)
        place = record.pop("place")
        return {**place, **record}

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place.file else ""
        lines = [f"{head}{self.level}[{self.code}]: {self.message}"]
        if self.source and self.place.column:
            prefix = f"{self.place.line} | "
            text, shift = clip(self.source, self.place.column)
            indent = " " * (len(prefix) + self.place.column - 1 - shift)
            lines += [f"    {prefix}{text}", f"    {indent}{'^' * max(1, min(self.width, 60))}"]
        if self.help:
            lines.append(f"    help: {self.help}")
        return "\n".join(lines)


def clip(line: str, column: int, width: int = 120) -> tuple[str, int]:
    """The part of a long line around `column` (from 1), and how many characters were cut before it."""
    printable = "".join(c if c.isprintable() else "�" for c in line.replace("\t", " "))
    if len(printable) <= width:
        return printable, 0
    start = max(0, column - 1 - width // 2)
    return printable[start : start + width], start


class AuditorError(Exception):
    """The root of everything that a user can cause; carries the exit code of the command line."""

    exit_code = 2


class UnusableError(AuditorError):
    """A log, file or option that cannot be used; `code` is stable, `help` says how to mend it."""

    def __init__(self, code: str, message: str, *, place: Place | None = None, help: str = "") -> None:
        self.diagnostic = Diagnostic(code, message, place or Place(""), help)
        super().__init__(message)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return (self.diagnostic,)

    def __str__(self) -> str:
        found = self.diagnostic
        head = f"{found.place}: " if found.place.file else ""
        tail = f"\n    help: {found.help}" if found.help else ""
        return f"{head}error[{found.code}]: {found.message}{tail}"


class DiagnosticsError(AuditorError):
    """Located mistakes in rules, a mapping or a configuration: all of one run, in file order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.place, d.code)))
        super().__init__("\n".join(str(d) for d in self.diagnostics))


def read_text(path: Path, *, limit: int, what: str) -> str:
    """The UTF-8 text of a small file.

    Raises UnusableError when the file is missing, is a folder, is larger than `limit` bytes or is not UTF-8.
    """
    place = Place(str(path))
    try:
        if path.is_dir():
            raise UnusableError("file-is-folder", f"this {what} is a folder", place=place)
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except FileNotFoundError:
        raise UnusableError("file-missing", f"there is no such {what}", place=place, help=beside(path)) from None
    except OSError as error:
        raise UnusableError("file-unreadable", f"cannot read this {what}: {error.strerror}", place=place) from None
    return text_of(raw, place, limit=limit, what=what)


def text_of(raw: bytes, place: Place, *, limit: int, what: str) -> str:
    """The text that the bytes of a small file are.

    Raises UnusableError when they are more than `limit` or are not UTF-8.
    """
    if len(raw) > limit:
        raise UnusableError(
            "file-too-large",
            f"this {what} is larger than {limit // 1024} KiB",
            place=place,
            help="split it into several files, or check that it is the file you meant",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnusableError(
            "not-utf8",
            f"this {what} is not UTF-8 text (byte {error.start})",
            place=Place(place.file, line),
            help="save it as UTF-8",
        ) from None


def collect(parts: Sequence[Diagnostic]) -> None:
    """Raise one DiagnosticsError when any of the diagnostics is an error; warnings pass."""
    if any(part.level == "error" for part in parts):
        raise DiagnosticsError(parts)
