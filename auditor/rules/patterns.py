"""Patterns, with every event and every name in their conditions resolved."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.conditions import compile_where
from auditor.rules.faults import Path
from auditor.rules.model import Pattern
from auditor.rules.names import Pack, Page
from auditor.rules.shapes import PatternShape


@dataclass(frozen=True)
class Patterns:
    """Builds the patterns below one node; mistakes go to the page."""

    page: Page
    pack: Pack
    node: Node  # of a rule or clock

    def pattern(self, shape: PatternShape, path: Path, *, trigger: bool, also: str = "") -> Pattern:
        """A pattern at `path`; events are checked against the vocabulary and the log's own.

        `also` is a further word that may have been meant.
        """
        node = self.node.at(path)
        events = self._events(shape.event, node, also) if shape.event is not None else None
        if shape.where is None or not isinstance(node.value, dict):
            return Pattern(events)
        where, text = compile_where(node.value["where"], self.pack, self.page, trigger=trigger)
        return Pattern(events, where, text)

    def optional(self, shape: PatternShape | None, path: Path, *, trigger: bool) -> Pattern | None:
        """The pattern of a key that may be left out."""
        return None if shape is None else self.pattern(shape, path, trigger=trigger)

    def _events(self, names: list[str], node: Node, also: str) -> tuple[str, ...]:
        if isinstance(node.value, dict) and "event" in node.value:
            node = node.value["event"]
        items = node.value if isinstance(node.value, list) else [node]
        for item in items:
            name = str(item.value)
            if name not in self.pack.known.events and isinstance(item.value, str):
                help = (
                    did_you_mean(name, {*self.pack.known.events, also})
                    or "the mapping of the log can declare further events"
                )
                self.page.report("unknown-event", f"there is no event `{name}`", item, help)
        if len(set(names)) < len(names):
            self.page.report("duplicate-value", "an event is named twice", node, "remove one of them")
        return tuple(names)


def same_pattern(first: Pattern | None, second: object) -> bool:
    """Whether two patterns match the same events by what is written in them."""
    if first is None or not isinstance(second, Pattern):
        return False
    same = first.events is second.events is None or set(first.events or ()) == set(second.events or ())
    return same and first.where == second.where
