"""Rows that could not be read, as CSV: reason, file, row, column and the value of that one cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.outputs.csv import lines
from auditor.outputs.files import replacing

if TYPE_CHECKING:
    from auditor.log.log import Log

COLUMNS = ("reason", "file", "row", "column", "value")


def write(log: Log, path: Path) -> None:
    """Always writes the file, with the header alone when every row could be read."""
    with replacing(path) as stream:
        stream.write((",".join(COLUMNS) + "\n").encode())
        if log.rejects is None:
            return
        for chunk in lines(log.backend, log.rejects.select(*COLUMNS)):
            stream.write(chunk)
