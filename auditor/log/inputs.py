"""What the user hands over, made into a list of inputs: files with a format, or tables in memory."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from auditor.base.diagnostics import Place, UnusableError
from auditor.base.suggest import beside
from auditor.log.contents import Content, slashes

STDIN = "-"
FORMATS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet"}
PACKED = {".gz": "gzip", ".zst": "zstd"}
REFUSED = {
    ".xlsx": "spreadsheets", ".xls": "spreadsheets", ".ods": "spreadsheets", ".sqlite": "SQLite files",
    ".sqlite3": "SQLite files", ".db": "database files", ".duckdb": "DuckDB files", ".zip": "zip archives",
    ".xes": "XES logs",
}  # fmt: skip
_PIECE = 1 << 20  # bytes
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


@dataclass(frozen=True)
class FileInput:
    """A file; `label` is how the user names it."""

    path: Path
    label: str
    format: str
    content: Content
    packing: str | None = None
    passing: bool = False  # a copy of standard input, to be removed once it is read


@dataclass(frozen=True)
class TableInput:
    """A DataFrame, an Arrow table or an Ibis table."""

    table: Any
    label: str


Input = FileInput | TableInput


def resolve(sources: Any, format: str | None) -> list[Input]:
    """The inputs of a log, in the order given; `format` overrules the file names."""
    many = sources if isinstance(sources, (list, tuple)) else [sources]
    if not many:
        raise UnusableError("no-log", "no log was given", help="name at least one file")
    inputs: list[Input] = []
    for source in many:
        if isinstance(source, (str, os.PathLike)):
            inputs += _files(os.fspath(source), format)
        elif _is_table(source):
            inputs.append(TableInput(source, f"<table {len(inputs) + 1}>" if len(many) > 1 else "<table>"))
        else:
            raise UnusableError(
                "log-kind", f"a log cannot be read from a {type(source).__name__}",
                help="give a path, a pandas DataFrame, an Arrow table or an Ibis table",
            )  # fmt: skip
    return inputs


def _is_table(source: Any) -> bool:
    modules = {kind.__module__.partition(".")[0] for kind in type(source).__mro__}
    return bool(modules & {"pandas", "pyarrow", "ibis"}) and hasattr(source, "columns")


def _files(name: str, format: str | None) -> list[Input]:
    if name == STDIN:
        return [_stdin(format)]
    if "://" in name:
        raise UnusableError(
            "log-url",
            "a log is read from files, not from an address",
            place=Place(re.sub(r"//[^/]*@", "//…@", name)),  # no password in a message
            help="download or export it first",
        )
    path = Path(name)
    if not path.exists() and glob.has_magic(name):
        found = sorted(match for match in glob.glob(name, recursive=True) if Path(match).is_file())  # noqa: PTH207
        if not found:
            raise UnusableError("log-missing", "no file matches this pattern", place=Place(name))
        return [_file(Path(match), match, format) for match in found]
    return [_file(path, name, format)]


def _file(path: Path, label: str, format: str | None) -> FileInput:
    place = Place(label)
    if path.is_dir():
        raise UnusableError(
            "log-is-folder",
            "this log is a folder",
            place=place,
            help=f"name its files, for example {label.rstrip('/')}/*.csv",
        )
    try:
        content = Content.of_file(path, label)
        with path.open("rb") as stream:
            head = stream.read(4)
    except FileNotFoundError:
        raise UnusableError("log-missing", "there is no such log", place=place, help=beside(path)) from None
    except OSError as error:
        raise UnusableError("log-unreadable", f"cannot read this log: {error.strerror}", place=place) from None
    if not head:
        raise UnusableError(
            "log-empty", "this log is empty (0 bytes)", place=place, help="check that the export has finished"
        )
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packing = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    named = PACKED.get(suffixes[-1]) if suffixes else None
    if named != packing and named is not None:
        raise UnusableError(
            "log-packing",
            f"this file is named {suffixes[-1]} but is not compressed that way",
            place=place,
            help="rename it, or compress it again",
        )
    suffix = (suffixes[-2] if named and len(suffixes) > 1 else suffixes[-1]) if suffixes else ""
    if format is None and suffix in (".yaml", ".yml"):
        raise UnusableError(
            "log-format",
            "this is a YAML file, not a log",
            place=place,
            help="rules are given with -r, a mapping with -m",
        )
    if format is None and suffix in REFUSED:
        raise UnusableError(
            "log-format",
            f"{REFUSED[suffix]} cannot be read as a log",
            place=place,
            help="export it as CSV, JSON Lines or Parquet",
        )
    chosen = format or FORMATS.get(suffix) or sniff(path, packing)
    if chosen == "parquet" and head != b"PAR1":
        raise UnusableError(
            "log-format",
            "this is not a Parquet file",
            place=place,
            help="state the format: `source: {format: csv}` in the mapping",
        )
    return FileInput(path, label, chosen, content, packing)


def _stdin(format: str | None) -> FileInput:
    with tempfile.NamedTemporaryFile(prefix="auditor-", delete=False) as copy:
        content = _copied(sys.stdin.buffer, copy)
    path = Path(copy.name)
    with path.open("rb") as stream:
        head = stream.read(4)
    if not head:
        path.unlink()
        raise UnusableError("log-empty", "nothing came in on standard input", place=Place("<stdin>"))
    packing = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    return FileInput(path, "<stdin>", format or sniff(path, packing), content, packing, passing=True)


def _copied(source: BinaryIO, copy: Any) -> Content:
    """Copies a stream; what was in it can be told later only by the digest that is made now."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        copy.write(piece)
        digest.update(piece)
        size += len(piece)
    return Content(STDIN, size, digest=digest.hexdigest())


def sniff(path: Path, packing: str | None) -> str:
    """The format that the first bytes show: Parquet, JSON, JSON Lines, or else CSV."""
    with open_bytes(path, packing) as stream:
        head = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"["):
        return "json"
    return "jsonl" if head.startswith(b"{") else "csv"


def open_bytes(path: Path, packing: str | None) -> BinaryIO:
    """The bytes of a file, unpacked."""
    if packing == "gzip":
        import gzip

        return gzip.open(path, "rb")  # type: ignore[return-value]
    if packing == "zstd":
        import pyarrow as pa

        return pa.input_stream(str(path), compression="zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def given(sources: Any) -> tuple[str | None, ...]:
    """The sources as the user names them; None for a table in memory."""
    many = sources if isinstance(sources, (list, tuple)) else [sources]
    return tuple(slashes(os.fspath(one)) if isinstance(one, (str, os.PathLike)) else None for one in many)


def labels(inputs: Iterable[Input]) -> tuple[str, ...]:
    return tuple(item.label for item in inputs)


def matching(inputs: Sequence[Input], patterns: Sequence[str | None]) -> list[list[int]]:
    """For each pattern the numbers of the inputs whose file name it matches; every input and pattern is needed."""
    from fnmatch import fnmatch

    groups: list[list[int]] = [[] for _ in patterns]
    for number, item in enumerate(inputs):
        name = Path(item.label).name
        hits = [
            group for pattern, group in zip(patterns, groups, strict=True) if pattern is None or fnmatch(name, pattern)
        ]
        if not hits:
            raise UnusableError(
                "source-pattern",
                "this file matches no source of the mapping",
                place=Place(item.label),
                help="patterns: " + ", ".join(str(pattern) for pattern in patterns),
            )
        for group in hits:
            group.append(number)
    for pattern, group in zip(patterns, groups, strict=True):
        if not group:
            raise UnusableError(
                "source-pattern",
                f"no file was given for the pattern {pattern}",
                help="give the files of every source of the mapping",
            )
    return groups
