"""YAML without guesses: every value keeps its place, and what YAML 1.1 would reinterpret is an error.

Not accepted, because another reader would see something else than the author: duplicate keys, unquoted
`yes no on off`, clock times that read as base-60 numbers, octal, hexadecimal and binary numbers, anchors, aliases,
tags, several documents in one file.  Dates and instants stay text; the models give them their type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from auditor.base.diagnostics import Diagnostic, DiagnosticsError, Place, read_text
from auditor.base.spans import place_inside

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 40

Scalar = str | int | float | bool | None

_BOOLISH = re.compile(r"^(yes|no|on|off)$", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$")
_INTEGER = re.compile(r"^[-+]?(0|[1-9]\d*)$")
_FLOAT = re.compile(r"^[-+]?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)$")
_GROUPED = re.compile(r"^[-+]?[0-9][0-9_.]*_[0-9_.]*$")
_SPECIAL_FLOAT = re.compile(r"^[-+]?\.(inf|nan)$", re.IGNORECASE)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
_UNREADABLE = re.compile("[\ud800-\udfff\ufffe\uffff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_BASE = re.compile(r"^[-+]?(0[0-9_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+)$")


@dataclass(frozen=True)
class Node:
    """A YAML value with its place: a scalar, a list of nodes, or a dict of nodes by key."""

    value: Scalar | list[Node] | dict[str, Node]
    place: Place
    width: int = 1
    key_places: dict[str, Place] = field(default_factory=dict)
    style: str = ""  # of a scalar: plain '', quoted ' or ", block | or >

    def plain(self) -> Any:
        """The value as ordinary Python data, places dropped."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The deepest node along `path`; steps that lead nowhere are passed over."""
        here = self
        for step in path:
            if isinstance(here.value, dict) and step in here.value:
                here = here.value[str(step)]
            elif isinstance(here.value, list) and isinstance(step, int) and step < len(here.value):
                here = here.value[step]
        return here


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
    reader = _Reader(file, lines)
    root = reader.read(text)
    return Document(file, root, lines), reader.found


class _Reader:
    """Walks PyYAML's events; collects mistakes in `found` instead of stopping at the first."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.found: list[Diagnostic] = []

    def report(self, code: str, message: str, place: Place, help: str = "", width: int = 1) -> None:
        self.found.append(Diagnostic(code, message, place, help, self._line(place), width))

    def _line(self, place: Place) -> str:
        return self.lines[place.line - 1] if 0 < place.line <= len(self.lines) else ""

    def place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def read(self, text: str) -> Node:
        nothing = Node(None, Place(self.file, 1, 1))
        if not self._readable():
            return nothing
        try:
            events = self._checked(yaml.parse(text, Loader=yaml.CSafeLoader))
            stack: list[_Open] = []
            root: Node | None = None
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                    self.report(
                        "yaml-documents",
                        "a second YAML document starts here",
                        self.place(event.start_mark),
                        "keep one document in a file",
                    )
                    return root
                node = self._event(event, stack)
                if node is None:
                    continue
                if stack:
                    stack[-1].add(node, self)
                else:
                    root = node
            return root or nothing
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = self.place(mark) if mark else Place(self.file)
            help = "check the indentation, quotes and brackets here; a value with a comma, `: ` or ` #` needs quotes"
            if place.line and "\t" in self._line(place)[: place.column]:
                help = "indent with spaces, not with tabs"
            self.report("yaml-syntax", f"this is not YAML: {error.problem or error.context}", place, help)
        except yaml.YAMLError as error:
            message = " ".join(str(error).split())
            self.report("yaml-syntax", f"this is not YAML: {message}", Place(self.file))
        return nothing

    def _readable(self) -> bool:
        for number, line in enumerate(self.lines, 1):
            if found := _UNREADABLE.search(line):
                self.report(
                    "yaml-character",
                    f"the character U+{ord(found[0]):04X} cannot stand in YAML",
                    Place(self.file, number, found.start() + 1),
                    "remove it, or save the file as plain UTF-8 text",
                )
                return False
        return True

    def _checked(self, events: Any) -> Any:
        depth = 0
        for event in events:
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
                if depth > MAX_DEPTH:
                    self.report(
                        "yaml-depth",
                        f"nested deeper than {MAX_DEPTH} levels",
                        self.place(event.start_mark),
                        "flatten this structure",
                    )
                    return
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self.report(
                    "yaml-alias",
                    "anchors and aliases are not accepted",
                    self.place(event.start_mark),
                    "write the value out, or use a list or parameter of the pack",
                )
                if isinstance(event, yaml.AliasEvent):
                    return
            yield event

    def _event(self, event: Any, stack: list[_Open]) -> Node | None:
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            stack.append(_Open(self.place(event.start_mark), isinstance(event, yaml.MappingStartEvent)))
            return None
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            return stack.pop().close()
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, key=bool(stack) and stack[-1].wants_key)
        return None

    def _scalar(self, event: Any, *, key: bool) -> Node:
        place = self.place(event.start_mark)
        text: str = event.value
        width = max(1, event.end_mark.column - event.start_mark.column)
        if event.tag and event.tag != "!":
            self.report("yaml-tag", f"the tag {event.tag} is not accepted", place, "remove the tag", width)
        if event.style:
            return Node(text, place, width, style=event.style)
        if key:
            if text == "<<":
                self.report("yaml-merge", "merge keys (`<<`) are not accepted", place, "write the keys out", width)
            self._ambiguous(text, place, width)
            return Node(text, place, width)
        return Node(self._plain(text, place, width), place, width)

    def _ambiguous(self, text: str, place: Place, width: int) -> bool:
        if _BOOLISH.match(text):
            self.report(
                "yaml-boolean",
                f"unquoted `{text}` reads as true or false in YAML",
                place,
                f'write "{text}" for the text, or true or false',
                width,
            )
        elif _SEXAGESIMAL.match(text):
            self.report(
                "yaml-clock",
                f"unquoted `{text}` reads as a base-60 number in YAML",
                place,
                f'write "{text}" in quotes',
                width,
            )
        elif _SPECIAL_FLOAT.match(text):
            self.report(
                "yaml-number",
                f"unquoted `{text}` reads as infinity or not-a-number in YAML",
                place,
                f'write "{text}" for the text',
                width,
            )
        elif _GROUPED.match(text):
            self.report(
                "yaml-number",
                f"unquoted `{text}` reads as a number without its underscores in YAML",
                place,
                f'write "{text}" for the text, or the number without underscores',
                width,
            )
        elif _OTHER_BASE.match(text):
            self.report(
                "yaml-number-base",
                f"unquoted `{text}` reads as an octal, hexadecimal or binary number in YAML",
                place,
                f'write "{text}" for the text, or the number without leading zeros',
                width,
            )
        else:
            return False
        return True

    def _plain(self, text: str, place: Place, width: int) -> Scalar:
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE"):
            return True
        if text in ("false", "False", "FALSE"):
            return False
        if self._ambiguous(text, place, width):
            return text
        if _INTEGER.match(text):
            if len(text) < 20:
                return int(text)
            self.report(
                "yaml-number", "this number has more than 19 digits", place, "write it in quotes for the text", width
            )
        if _FLOAT.match(text):
            number = float(text)
            if isfinite(number):
                return number
            self.report(
                "yaml-number", f"`{text}` is too large for a number", place, "write it in quotes for the text", width
            )
        return text


class _Open:
    """A list or mapping that is still being read."""

    def __init__(self, place: Place, mapping: bool) -> None:
        self.start = place
        self.mapping = mapping
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.key_places: dict[str, Place] = {}
        self.key: Node | None = None

    @property
    def wants_key(self) -> bool:
        return self.mapping and self.key is None

    def add(self, node: Node, reader: _Reader) -> None:
        if not self.mapping:
            self.items.append(node)
        elif self.key is None:
            if isinstance(node.value, (list, dict)):
                reader.report("yaml-key", "a key must be a single word", node.place, "write `key: value`")
                node = Node("", node.place)
            elif not node.value:
                reader.report("yaml-key", "a key is missing before this colon", node.place, "write `key: value`")
            self.key = node
        else:
            name = str(self.key.value)
            if not name:
                pass  # reported as a key that is none
            elif name in self.entries:
                reader.report(
                    "yaml-duplicate-key",
                    f"the key `{name}` stands twice; the first is on line {self.key_places[name].line}",
                    self.key.place,
                    "remove or rename one of them",
                    self.key.width,
                )
            else:
                self.entries[name] = node
                self.key_places[name] = self.key.place
            self.key = None

    def close(self) -> Node:
        if self.mapping:
            return Node(self.entries, self.start, 1, self.key_places)
        return Node(self.items, self.start)
