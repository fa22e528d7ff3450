"""The formats by name, and the files that they go to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from auditor.base.diagnostics import Place, UnusableError
from auditor.base.suggest import did_you_mean, nearest
from auditor.outputs.files import beside, replacing, special

if TYPE_CHECKING:
    from auditor.results.audit import Audit

Formats = Mapping[str, tuple[str, ...]]  # by name: the suffixes that mean a format

# The module of the same name writes a format.
FORMATS: Formats = {
    "table": (".txt",),
    "csv": (".csv",),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json",),
    "parquet": (".parquet", ".pq"),
    "manifest": (),  # named only: `--output manifest=audit.json`
    "sarif": (".sarif",),
    "junit": (".xml",),
    "github": (),
    "markdown": (".md",),
    "html": (".html", ".htm"),
    "xlsx": (".xlsx",),
}
BINARY = ("parquet", "xlsx")
LIBRARIES = {"xlsx": "xlsxwriter"}  # that come with an extra of the format's name
LAID_OUT = ("table",)  # formats whose layout depends on where they are read


@dataclass(frozen=True)
class Look:
    """How text is laid out."""

    width: int = 120
    color: bool = False
    verbose: bool = False


@dataclass(frozen=True)
class Target:
    """A file to write, and its format."""

    format: str
    path: Path


def target(text: str, formats: Formats = FORMATS) -> Target:
    """`FORMAT=PATH` or `PATH`.  Raises UnusableError when the format is unknown or the file cannot be made."""
    name, equals, rest = text.partition("=")
    if Path(text).is_dir() or (name in formats and equals and (not rest or Path(rest).is_dir())):
        raise UnusableError("output-is-folder", "this output is a folder", place=Place(text), help="name a file in it")
    if equals and name in formats:
        found = Target(name, Path(rest))
    elif equals and name.isidentifier() and (not Path(text).suffix or nearest(name, formats)):
        raise UnusableError("unknown-format", f"there is no format `{name}`", help=did_you_mean(name, formats))
    else:
        found = Target(_by_suffix(text, formats), Path(text))
    if text.endswith(("/", os.sep)) or not found.path.absolute().parent.is_dir():
        place = Place(rest if found.path == Path(rest) and equals else text)
        raise UnusableError("output-no-folder", "the folder of this output does not exist", place=place)
    _writable(found.format)
    return found


def _writable(format: str) -> None:
    """Raises UnusableError for a format whose library is not there."""
    library = LIBRARIES.get(format)
    if library is not None and find_spec(library) is None:
        help = f"install it: pip install 'report-auditor[{format}]'"
        raise UnusableError("format-library", f"{format} needs the library {library}, which is not here", help=help)


def _by_suffix(text: str, formats: Formats) -> str:
    suffix = Path(text).suffix.lower()
    for name, suffixes in formats.items():
        if suffix in suffixes:
            return name
    raise UnusableError(
        "unknown-format",
        f"the format of `{text}` cannot be told from its name",
        help="write FORMAT=PATH with one of " + ", ".join(formats),
    )


def distinct(targets: Sequence[Target], inputs: Iterable[Path] = ()) -> None:
    """Raises UnusableError when two outputs go to one file, or one goes over an input."""
    taken = {path.resolve(): "an input" for path in inputs}
    for one in targets:
        if str(one.path) == "-":
            help = "--format says what goes to standard output"
            raise UnusableError("output-name", "`-` is not the name of an output", help=help)
        path = one.path.resolve()
        if path in taken:
            raise UnusableError(
                "output-twice", f"this output would overwrite {taken[path]}", place=Place(str(one.path))
            )
        if path.is_file() or not path.exists():  # a device or pipe can take several
            taken[path] = "another output"


def known(format: str, *, terminal: bool = False) -> None:
    """Raises UnusableError for a format that does not exist, or that a terminal cannot show."""
    if format not in FORMATS:
        raise UnusableError("unknown-format", f"there is no format `{format}`", help=did_you_mean(format, FORMATS))
    _writable(format)
    if terminal and format in BINARY:
        raise UnusableError(
            "binary-output", f"{format} is not text", help=f"write a file: --output findings{FORMATS[format][0]}"
        )


def write(audit: Audit, format: str, stream: BinaryIO, look: Look | None = None) -> None:
    """Write an audit in one format."""
    module = import_module(f"auditor.outputs.{format}")
    if format in LAID_OUT:
        module.write(audit, stream, look or Look())
    else:
        module.write(audit, stream)


def write_files(audit: Audit, targets: Sequence[Target], look: Look | None = None) -> None:
    """Write all files; each appears whole or not at all."""
    for one in targets:
        module = import_module(f"auditor.outputs.{one.format}")
        if hasattr(module, "write_file") and audit.log.backend.name == "duckdb" and not special(one.path):
            with beside(one.path) as path:
                module.write_file(audit, path)
            continue
        with replacing(one.path) as stream:
            write(audit, one.format, stream, look)
