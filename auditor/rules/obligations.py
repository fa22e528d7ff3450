"""The one obligation of a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.log.schema import RESERVED, TIME
from auditor.rules.conditions import compile_where
from auditor.rules.conditions.resolve import column
from auditor.rules.expressions import Column
from auditor.rules.faults import Path
from auditor.rules.groups import build_measure
from auditor.rules.lengths import Lengths
from auditor.rules.model import NEXT, Obligation, Pattern
from auditor.rules.patterns import Patterns
from auditor.rules.shapes import OBLIGATIONS, CountShape, FollowedShape, RuleShape, TargetShape


@dataclass(frozen=True)
class Obligations:
    """Builds the obligation of one rule; mistakes go to the page."""

    patterns: Patterns
    lengths: Lengths
    bad: frozenset[Path]  # what the shape already complained about

    @property
    def node(self) -> Node:
        return self.patterns.node

    def build(self, shape: RuleShape) -> Obligation | None:
        """The obligation, or None when the rule has none, several or a broken one."""
        entries = self.node.value if isinstance(self.node.value, dict) else {}
        named = [kind for kind in entries if kind in OBLIGATIONS]  # as written; those of an override come last
        if len(named) > 1:
            words = ", ".join(f"`{kind}`" for kind in named)
            help = "write one rule for each; they can share `when`"
            self.report("several-obligations", f"a rule has one obligation, not {words}", help, named[1])
            return None
        if not named:
            if not any(len(path) == 1 for path in self.bad):
                self.report(
                    "no-obligation", "this rule demands nothing", "write one of " + ", ".join(OBLIGATIONS), "id"
                )
            return None
        match named[0]:
            case "assert":
                return self._assertion(shape)
            case "agree":
                return self._agreement(shape)
            case "measure":
                return build_measure(shape.measure, self.patterns, self.lengths) if shape.measure is not None else None
            case kind:
                target = getattr(shape, kind)
                return None if target is None else self._target(kind, target)

    def report(self, code: str, message: str, help: str, key: str) -> None:
        """A mistake at a key of the rule."""
        self.patterns.page.report(code, message, self.node, help, key=key)

    def _assertion(self, shape: RuleShape) -> Obligation | None:
        if shape.assert_ is None:
            return None
        node, pack, page = self.node.at(("assert",)), self.patterns.pack, self.patterns.page
        condition, text = compile_where(node, pack, page, trigger=False)
        return Obligation("assert", condition=condition, text=text)

    def _agreement(self, shape: RuleShape) -> Obligation | None:
        name, fields = shape.agree, self.patterns.pack.known.fields
        if name is None:
            return None
        if name not in fields:
            code = "reserved-field" if name in {*RESERVED, TIME} else "unknown-field"
            help = did_you_mean(name, fields) or "name a field of the events, or declare it under `fields:`"
            self.patterns.page.report(code, f"there is no field `{name}` to agree on", self.node.at(("agree",)), help)
            return None
        found = column(name, self.patterns.pack, False)
        assert isinstance(found, Column)  # noqa: S101 - the name is a field
        return Obligation("agree", column=found)

    def _target(self, kind: str, shape: TargetShape) -> Obligation:
        parts: dict[str, Any] = {"pattern": self.patterns.pattern(shape, (kind,), trigger=True)}
        if shape.within is not None:
            parts |= self.lengths.length(shape.within, (kind, "within"))
        if isinstance(shape, CountShape):
            parts |= self._numbers(shape, kind)
        if isinstance(shape, FollowedShape):
            parts |= self._limits(shape, kind)
        return Obligation(kind, **parts)  # type: ignore[arg-type] # a key of OBLIGATIONS

    def _numbers(self, shape: CountShape, kind: str) -> dict[str, Any]:
        least, most = shape.at_least, shape.at_most
        if least is None and most is None and self._is_whole(kind):
            self.report("no-bound", "`count` needs a number", "write `at_least: 1`, `at_most: 3` or both", kind)
        if least is not None and most is not None and most < least:
            node = self.node.at((kind, "at_most"))
            help = f"no number is at least {least} and at most {most}"
            self.patterns.page.report("bad-bounds", "`at_most` is less than `at_least`", node, help)
        return {"at_least": least, "at_most": most}

    def _limits(self, shape: FollowedShape, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if shape.before is not None:
            found["before"] = self._before(shape, (kind, "before"))
        if shape.due is not None and shape.within is not None:
            help = "write two rules where both limits hold"
            node = self.node.at((kind,))
            self.patterns.page.report("due-and-within", "`due` and `within` are two limits", node, help, key="due")
        elif shape.due is not None:
            found |= {"due": self.lengths.due(shape.due, (kind, "due")), "text": shape.due.strip()}
        if shape.within is None and shape.before is None and shape.due is None and self._is_whole(kind):
            help = "write `within: 24h`, `before: report.closed` or `before: next`"
            self.report("no-bound", f"`{kind}` needs a limit", help, kind)
        return found

    def _is_whole(self, kind: str) -> bool:
        """Whether no mistake in the shape may hide a limit."""
        limits = ((kind,), ("within",), ("before",), ("due",), ("at_least",), ("at_most",))
        return not any(path[:1] in limits for path in self.bad)

    def _before(self, shape: FollowedShape, path: Path) -> Pattern | str | None:
        if shape.before is None:
            return None
        if self.node.at(path).value == NEXT:
            return NEXT
        return self.patterns.pattern(shape.before, path, trigger=True, also=NEXT)
