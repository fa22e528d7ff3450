"""YAML values with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from auditor.base.diagnostics import Place
from auditor.base.yaml_scalars import Scalar


class Report(Protocol):
    """Where a mistake is told."""

    def __call__(self, code: str, message: str, place: Place, help: str = "", width: int = 1) -> None: ...


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


class Open:
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

    def add(self, node: Node, report: Report) -> None:
        if not self.mapping:
            self.items.append(node)
        elif self.key is None:
            if isinstance(node.value, (list, dict)):
                report("yaml-key", "a key must be a single word", node.place, "write `key: value`")
                node = Node("", node.place)
            elif not node.value:
                report("yaml-key", "a key is missing before this colon", node.place, "write `key: value`")
            self.key = node
        else:
            name = str(self.key.value)
            if not name:
                pass  # reported as a key that is none
            elif name in self.entries:
                report(
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
