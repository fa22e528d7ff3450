"""Patterns, durations and obligations of one rule, with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.base.durations import Duration, parse_duration
from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.conditions import compile_where
from auditor.rules.faults import Path, describe
from auditor.rules.model import NEXT, Obligation, Pattern
from auditor.rules.names import Pack, Page
from auditor.rules.shapes import OBLIGATIONS, FollowedShape, PatternShape, RuleShape, TargetShape


@dataclass(frozen=True)
class Builder:
    """Builds the parts of one rule; mistakes go to the page."""

    page: Page
    pack: Pack
    node: Node  # of the rule
    bad: frozenset[Path]  # what the shape already complained about

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

    def duration(self, text: str | None, path: Path) -> Duration | None:
        """`24h`, `1 day` or `params.name`."""
        if text is None:
            return None
        node = self.node.at(path)
        if text.strip().startswith("params."):
            return self._parameter(text.strip().removeprefix("params."), node)
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

    def obligation(self, shape: RuleShape) -> Obligation | None:
        """The one obligation of the rule."""
        entries = self.node.value if isinstance(self.node.value, dict) else {}
        named = [kind for kind in OBLIGATIONS if kind in entries]
        if len(named) > 1:
            words = ", ".join(f"`{kind}`" for kind in named)
            help = "write one rule for each; they can share `when`"
            self.page.report(
                "several-obligations", f"a rule has one obligation, not {words}", self.node, help, key=named[1]
            )
            return None
        if not named:
            if not any(len(path) == 1 for path in self.bad):
                help = "write one of " + ", ".join(OBLIGATIONS)
                self.page.report("no-obligation", "this rule demands nothing", self.node, help, key="id")
            return None
        if named[0] == "assert":
            return self._assertion(shape)
        target = getattr(shape, named[0])
        return None if target is None else self._target(named[0], target)

    def _assertion(self, shape: RuleShape) -> Obligation | None:
        if shape.assert_ is None:
            return None
        condition, text = compile_where(self.node.at(("assert",)), self.pack, self.page, trigger=False)
        return Obligation("assert", condition=condition, text=text)

    def _target(self, kind: str, shape: TargetShape) -> Obligation:
        pattern = self.pattern(shape, (kind,), trigger=True)
        within = self.duration(shape.within, (kind, "within"))
        before = None
        if isinstance(shape, FollowedShape):
            before = self._before(shape, (kind, "before"))
            inside_is_good = not any(path[:1] in ((kind,), ("within",), ("before",)) for path in self.bad)
            if shape.within is None and shape.before is None and inside_is_good:
                help = "write `within: 24h`, `before: report.closed` or `before: next`"
                self.page.report("no-bound", f"`{kind}` needs a limit", self.node, help, key=kind)
        return Obligation(kind, pattern, within=within, before=before)  # type: ignore[arg-type] # a key of OBLIGATIONS

    def _before(self, shape: FollowedShape, path: Path) -> Pattern | str | None:
        if shape.before is None:
            return None
        if self.node.at(path).value == NEXT:
            return NEXT
        return self.pattern(shape.before, path, trigger=True, also=NEXT)


def no_empty_values(node: Node, page: Page, *, path: Path = ()) -> None:
    """A key without a value is a mistake, except where null means "missing" (`where` mappings and test events)."""
    if path[-1:] == ("where",) or (len(path) == 4 and path[0] == "tests" and path[2] == "events"):
        if node.value is None:
            page.report("empty-value", "`where` has no value", node, "write a condition, or leave the key out")
        return
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if child.value is None and key != "where":
                page.report("empty-value", f"`{key}` has no value", node, "write one, or leave the key out", key=key)
            else:
                no_empty_values(child, page, path=(*path, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            if child.value is None:
                page.report("empty-value", f"this item is {describe(child)}", child, "write a value, or remove it")
            else:
                no_empty_values(child, page, path=(*path, index))
