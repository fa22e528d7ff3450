"""PyYAML's events → nodes with places; every mistake is collected."""

from __future__ import annotations

import re
from typing import Any

import yaml

from auditor.base.diagnostics import Diagnostic, Place
from auditor.base.yaml_nodes import Node, Open
from auditor.base.yaml_scalars import doubt, scalar

MAX_DEPTH = 40

_UNREADABLE = re.compile("[\ud800-\udfff\ufffe\uffff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Reader:
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
            stack: list[Open] = []
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
                    stack[-1].add(node, self.report)
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

    def _event(self, event: Any, stack: list[Open]) -> Node | None:
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            stack.append(Open(self.place(event.start_mark), isinstance(event, yaml.MappingStartEvent)))
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
        if key and text == "<<":
            self.report("yaml-merge", "merge keys (`<<`) are not accepted", place, "write the keys out", width)
        value, found = (text, doubt(text)) if key else scalar(text)
        if found is not None:
            code, message, help = found
            self.report(code, message, place, help, width)
        return Node(value, place, width)
