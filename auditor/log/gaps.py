"""Row numbers as a spreadsheet counts them, where the engine has left rows out.

The engine numbers the records that it accepts.  Records that it rejected and blank lines come between them; `segments`
turns their numbers into runs with a constant shift.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from auditor.log.inputs import FileInput, open_bytes

_CHUNK = 1 << 22


def has_blank_lines(item: FileInput) -> bool:
    """Whether a blank line stands before the end of the file (or inside a quoted value: then nothing is lost)."""
    tail = b""
    pending = False
    with open_bytes(item.path, item.packing) as stream:
        while chunk := stream.read(_CHUNK):
            if pending and chunk.strip(b"\r\n"):
                return True
            read = tail + chunk
            if _blank(read):
                if _blank(read.rstrip(b"\r\n")):
                    return True
                pending = True
            tail = chunk[-2:]
    return False


def _blank(text: bytes) -> bool:
    return b"\n\n" in text or (b"\r" in text and b"\n\r\n" in text)


def has_returns(item: FileInput) -> bool:
    """Whether a carriage return stands anywhere in the file."""
    with open_bytes(item.path, item.packing) as stream:
        return any(b"\r" in chunk for chunk in iter(lambda: stream.read(_CHUNK), b""))


def blank_records(item: FileInput, delimiter: str) -> list[int]:
    """The record numbers (header = 1) of blank lines."""
    with open_bytes(item.path, item.packing) as stream:
        text = io.TextIOWrapper(stream, "utf-8", errors="replace", newline="")
        csv.field_size_limit(1 << 30)
        return [number for number, record in enumerate(csv.reader(text, delimiter=delimiter), 1) if not record]


def blank_lines(item: FileInput) -> list[int]:
    """The numbers of blank lines (first = 1)."""
    with open_bytes(item.path, item.packing) as stream:
        return [number for number, line in enumerate(stream, 1) if not line.strip(b"\r\n")]


def segments(missing: Iterable[int]) -> list[tuple[int, int]]:
    """(index of the first accepted record of a run, from 0; row of index 0 in that run's numbering)."""
    runs = [(0, 2)]
    shift = 2
    for row in sorted(set(missing)):
        index = row - shift
        shift += 1
        if runs[-1][0] == index:
            runs[-1] = (index, shift)
        else:
            runs.append((index, shift))
    return runs
