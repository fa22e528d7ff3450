"""What falls due next, told: one module for each format."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.files import replacing
from auditor.outputs.formats import Formats, Look, Target

if TYPE_CHECKING:
    from auditor.results.due import Due

FORMATS: Formats = {"table": (".txt",), "csv": (".csv",), "json": (".json",), "ics": (".ics",)}


def write(found: Due, format: str, stream: BinaryIO, look: Look | None = None) -> None:
    """Write what falls due in one of FORMATS."""
    import_module(f"auditor.outputs.due.{format}").write(found, stream, look or Look())


def write_files(found: Due, targets: Sequence[Target]) -> None:
    """Write all files; each appears whole or not at all."""
    for one in targets:
        with replacing(one.path) as stream:
            write(found, one.format, stream)
