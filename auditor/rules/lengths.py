"""Lengths of time and due instants: constants, parameters, and what the activating event itself states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from auditor.base.durations import Duration, parse_duration
from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.clocks import clock_conflict
from auditor.rules.conditions import compile_value
from auditor.rules.expressions import Expr, Literal_, columns
from auditor.rules.faults import Path
from auditor.rules.model import NamedClock
from auditor.rules.names import Pack, Page

_EXPRESSION = re.compile(r"\btrigger\.|[-+*()]")
_PARAMETER = re.compile(r"^params\.(\S*)$")


@dataclass(frozen=True)
class Lengths:
    """Builds the lengths below one node; mistakes go to the page."""

    page: Page
    pack: Pack
    node: Node  # of a rule
    clock: NamedClock | None  # that they run on

    def length(self, text: str | None, path: Path) -> dict[str, Any]:
        """The parts `within` or `length` of an obligation: `24h`, `params.name`, `trigger.limit_hours * 1h`."""
        word = (text or "").strip()
        if not _EXPRESSION.search(word) and word not in self.pack.known.fields:
            return {"within": self.duration(text, path)}
        expr = compile_value(self.node.at(path), "duration", self.pack, self.page)
        if isinstance(expr, Literal_):
            assert isinstance(expr.value, Duration)  # noqa: S101 - by its type
            return {"within": expr.value}
        return {"length": expr, "text": " ".join(word.split())}

    def duration(self, text: str | None, path: Path) -> Duration | None:
        """`24h`, `1 day` or `params.name`, such as the clock can count."""
        if text is None:
            return None
        node = self.node.at(path)
        named = _PARAMETER.match(text.strip())
        found = self._parameter(named[1], node) if named else self._constant(text, node)
        conflict = clock_conflict(found, self.clock) if found is not None else None
        if conflict is not None:
            self.page.report("clock-calendar", conflict[0], node, conflict[1])
        return found

    def due(self, text: str, path: Path) -> Expr | None:
        """`trigger.deadline`: an instant of the activating event."""
        node = self.node.at(path)
        expr = compile_value(node, "instant", self.pack, self.page)
        if expr is not None and not columns(expr):
            self.page.report(
                "expr-type",
                f"`{text}` is not an instant of the activating event",
                node,
                "write `due: trigger.deadline`",
            )
            return None
        return expr

    def _constant(self, text: str, node: Node) -> Duration | None:
        try:
            return parse_duration(text)
        except ValueError as error:
            self.page.report("bad-duration", f"`{text}` is not a duration", node, str(error))
            return None

    def _parameter(self, name: str, node: Node) -> Duration | None:
        found = self.pack.parameters.get(name)
        if f"params.{name}" in self.pack.broken:
            return None
        if found is None:
            help = did_you_mean(name, self.pack.parameters) or "the pack has no `parameters`"
            self.page.report("unknown-parameter", f"there is no parameter `{name}` in this pack", node, help)
            return None
        self.pack.used.add(f"params.{name}")
        if not isinstance(found.value, Duration):
            help = "give the parameter a duration, such as `24h`"
            self.page.report("bad-duration", f"the parameter `{name}` is a {found.type}, not a duration", node, help)
            return None
        return found.value
