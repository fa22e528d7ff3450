"""A diff of rules, told: one module for each format."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.files import replacing
from auditor.outputs.formats import Formats, Look, Target

if TYPE_CHECKING:
    from auditor.results.diff import Diff

FORMATS: Formats = {"table": (".txt",), "json": (".json",), "markdown": (".md",), "github": ()}


def write(found: Diff, format: str, stream: BinaryIO, look: Look | None = None) -> None:
    """Write a diff in one of FORMATS."""
    import_module(f"auditor.outputs.diff.{format}").write(found, stream, look or Look())


def write_files(found: Diff, targets: Sequence[Target]) -> None:
    """Write all files; each appears whole or not at all."""
    for one in targets:
        with replacing(one.path) as stream:
            write(found, one.format, stream)
