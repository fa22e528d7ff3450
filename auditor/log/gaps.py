"""Row numbers as a spreadsheet counts them, where the engine has left rows out.

The engine numbers the records that it accepts.  Records that it rejected and blank lines come between them; `segments`
turns their numbers into runs with a constant shift.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from auditor.log.inputs import FileInput, open_bytes

_FEED, _RETURN = 10, 13
_CHUNK = 1 << 22


def has_blank_lines(item: FileInput) -> bool:
    """Whether a blank line stands before the end of the file (or inside a quoted value: then nothing is lost)."""
    import numpy as np

    tail = b""
    pending = False
    with open_bytes(item.path, item.packing) as stream:
        while chunk := stream.read(_CHUNK):
            if pending and chunk.strip(b"\r\n"):
                return True
            block = np.frombuffer(tail + chunk, dtype=np.uint8)
            feed = block == _FEED
            blank = feed[1:] & feed[:-1]
            if _RETURN in block[:_CHUNK] and len(block) > 2:
                blank = np.append(blank, feed[2:] & feed[:-2] & (block[1:-1] == _RETURN))
            if blank.any():
                if (tail + chunk).rstrip(b"\r\n").count(b"\n\n") or b"\n\r\n" in (tail + chunk).rstrip(b"\r\n"):
                    return True
                pending = True
            tail = chunk[-2:]
    return False


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
