"""Paths in a configuration are relative to its file.  Which values hold paths is told by what the option takes."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Sequence
from pathlib import Path

SQLITE = "sqlite:///"
OUTPUT = "[FORMAT=]PATH"


def located(takes: str, text: str, folder: Path, formats: Sequence[str] = ()) -> str:
    """A value with its path, if it holds one, read from `folder`; `formats` are those that may stand before a path."""
    if folder == Path() or takes not in PLACES:
        return text
    format, equals, path = text.partition("=")
    if takes == OUTPUT and equals and format in formats:
        return f"{format}={_file(path, folder)}"
    return PLACES[takes](text, folder)


def _file(text: str, folder: Path) -> str:
    joined = str(folder / text)
    short = os.path.normpath(joined)
    return short if os.path.realpath(short) == os.path.realpath(joined) else joined  # `..` behind a symbolic link


def _log(text: str, folder: Path) -> str:
    """A file, a glob, or - for standard input."""
    if text == "-" or "://" in text:
        return text
    if glob.has_magic(text) and not (folder / text).exists():
        return _file(text, Path(glob.escape(str(folder))))
    return _file(text, folder)


def _rules(text: str, folder: Path) -> str:
    """A file, a folder, or the name of a shipped pack, which goes before a folder of that name."""
    if Path(text).suffix or "/" in text:
        return _file(text, folder)
    return _file(text, folder) if (folder / text).exists() and text not in _packs() else text


def _old(text: str, folder: Path) -> str:
    """Rules as they were: a file, a folder, a shipped pack, or a revision of git, which may look like a path."""
    path = folder / text
    return _rules(text, folder) if path.exists() or path.suffix in (".yaml", ".yml") else text


def _packs() -> list[str]:
    from auditor.rules import shipped_packs

    return [pack.name for pack in shipped_packs()]


def _store(text: str, folder: Path) -> str:
    """A file, also as an address, or the address of a server."""
    if text.startswith(SQLITE):
        return SQLITE + _file(text.removeprefix(SQLITE), folder)
    return text if "://" in text else _file(text, folder)


PLACES: dict[str, Callable[[str, Path], str]] = {
    "FILE": _file,
    "DIR": _file,
    "LOG": _log,
    "RULES": _rules,
    "OLD": _old,
    "STORE": _store,
    "URL": _store,
    OUTPUT: _file,
}
