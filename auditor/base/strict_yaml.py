"""YAML without guesses: every value keeps its place, and what YAML 1.1 would reinterpret is an error.

Not accepted, because another reader would see something else than the author: duplicate keys, unquoted
`yes no on off`, clock times that read as base-60 numbers, octal, hexadecimal and binary numbers, anchors, aliases,
tags, several documents in one file.  Dates and instants stay text; the models give them their type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.base.diagnostics import Diagnostic, DiagnosticsError, Place, read_text
from auditor.base.spans import place_inside
from auditor.base.yaml_nodes import Node
from auditor.base.yaml_reader import MAX_DEPTH, Reader
from auditor.base.yaml_scalars import Scalar

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Document", "Node", "Scalar", "examine", "load", "parse"]

MAX_BYTES = 2 * 1024 * 1024
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines


@dataclass(frozen=True)
class Document:
    """A parsed file: its root node and its lines, for carets."""

    file: str
    root: Node
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), or '' outside the file."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def inside(self, node: Node, offset: int) -> Place:
        """The place of character `offset` (from 0) of a text value, wherever quotes, folds and escapes have put it."""
        if not isinstance(node.value, str):
            return node.place
        return place_inside(self.lines, node.place, node.style, node.value, offset)

    def diagnostic(
        self, code: str, message: str, place: Place, *, help: str = "", width: int = 1, level: Any = "error"
    ) -> Diagnostic:
        """A diagnostic at `place` that carries its source line."""
        return Diagnostic(code, message, place, help, self.line(place.line), width, level)


def load(path: Path, *, what: str = "YAML file") -> Document:
    """Parse a file.  Raises UnusableError for an unreadable file, DiagnosticsError with every mistake found."""
    return parse(read_text(path, limit=MAX_BYTES, what=what), file=str(path))


def parse(text: str, *, file: str) -> Document:
    """Parse a text.  Raises DiagnosticsError with every mistake found."""
    document, found = examine(text, file=file)
    if found:
        raise DiagnosticsError(found)
    return document


def examine(text: str, *, file: str) -> tuple[Document, list[Diagnostic]]:
    """A text as far as it can be read, and every mistake in it; for readers that go on to tell further mistakes.

    The document is empty after a mistake that ends the reading; doubtful scalars in it stay text.
    """
    lines = tuple(_LINE_BREAK.split(text))
    reader = Reader(file, lines)
    root = reader.read(text)
    return Document(file, root, lines), reader.found
