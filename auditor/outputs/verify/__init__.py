"""A verified manifest, told: one module for each format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.verify import Verification

FORMATS = ("table", "json")


def write(found: Verification, format: str, stream: BinaryIO, look: Look) -> None:
    """Write what differs in one of FORMATS."""
    import_module(f"auditor.outputs.verify.{format}").write(found, stream, look)
