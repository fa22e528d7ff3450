"""The header of a CSV file, read and checked before the engine sees the file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

from auditor.base.diagnostics import Place, UnusableError
from auditor.log.inputs import FileInput, open_bytes

MAX_HEADER = 1 << 20
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read(item: FileInput, delimiter: str) -> list[str]:
    """The column names.  Raises UnusableError for a header that cannot be trusted."""
    place = Place(item.label, 1)
    raw = _first_bytes(item)
    if raw.startswith(_WIDE):
        raise UnusableError("not-utf8", "this log is UTF-16 text", place=place, help="save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_end = raw.find(b"\n")
        if error.start < (line_end if line_end >= 0 else len(raw)):
            raise UnusableError(
                "not-utf8",
                f"the header is not UTF-8 text (byte {error.start})",
                place=place,
                help="save the file as UTF-8",
            ) from None
        text = raw[: error.start].decode("utf-8-sig")
    if not text.strip():
        raise UnusableError("log-empty", "this log holds no header and no rows", place=place)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnusableError(
            "bad-header", f"the header cannot be read: {error}", place=place, help="check its quotes"
        ) from None
    if any("\n" in name for name in names):
        raise UnusableError("bad-header", "a quote in the header is never closed on its line", place=place)
    _check(names, delimiter, text, place)
    return names


def _first_bytes(item: FileInput) -> bytes:
    try:
        with open_bytes(item.path, item.packing) as stream:
            return stream.read(MAX_HEADER)
    except (OSError, EOFError) as error:
        raise UnusableError("log-unreadable", f"cannot unpack this log: {error}", place=Place(item.label)) from None


def _check(names: list[str], delimiter: str, text: str, place: Place) -> None:
    line = next(islice(text.splitlines(), 1), "")
    if len(names) == 1:
        seen = [other for other in (",", ";", "\t", "|") if other != delimiter and other in line]
        if seen:
            shown = "tab" if seen[0] == "\t" else seen[0]
            written = r"\t" if seen[0] == "\t" else seen[0]
            asked = "tab" if delimiter == "\t" else delimiter
            raise UnusableError(
                "wrong-delimiter", f"one column found with the delimiter `{asked}`, but `{shown}` stands in the header",
                place=place, help=f'state it in the mapping: `source: {{delimiter: "{written}"}}`',
            )  # fmt: skip
    empty = [number for number, name in enumerate(names, 1) if not name.strip()]
    twice = [name for name, count in Counter(names).items() if count > 1 and name.strip()]
    if twice:
        raise UnusableError(
            "duplicate-column",
            f"the column `{twice[0]}` stands twice in the header",
            place=place,
            help="rename one of them; which is meant is never guessed",
        )
    if len(empty) == len(names):
        raise UnusableError("bad-header", "the header names no column", place=place)
