"""Packs on packs: which rules remain after `disable`, and what `override` makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.names import Page
from auditor.rules.shapes import PATTERN_KEYS
from auditor.rules.sources import Source, Sources

_CONDITIONS = ("where", "assert")  # replaced as a whole, in whichever form they are written


@dataclass(frozen=True)
class Item:
    """A rule as written in the pack `source`, with what other packs override in it."""

    id: str | None
    node: Node
    page: Page
    source: Source


def arranged(source: Source, sources: Sources) -> list[Item]:
    """The rules of a pack and of those that it extends, in this order, as they are judged in this run."""
    items: list[Item] = []
    for layer in (*sources.ancestors(source.pack.name), source):
        parents = [parent.pack.name for parent in sources.ancestors(layer.pack.name)]
        inherited = _ids(item for parent in parents for item in _own(sources.packs[parent]))
        gone = inherited - _ids(item for item in items if item.source.pack.name in parents)
        for head in layer.heads:
            items = _without_disabled(items, head.page, inherited, gone)
        for head in layer.heads:
            items = _overridden(items, head.page, inherited, gone)
        items += _own(layer)
    return items


def _own(source: Source) -> Iterator[Item]:
    for head in source.heads:
        rules = head.page.document.root.at(("rules",))
        for node in rules.value if isinstance(rules.value, list) else []:
            id = node.at(("id",)).value if isinstance(node.value, dict) and "id" in node.value else None
            yield Item(None if id is None else str(id), node, head.page, source)


def _ids(items: Iterable[Item]) -> set[str]:
    return {item.id for item in items if item.id is not None}


def _without_disabled(items: list[Item], page: Page, inherited: set[str], gone: set[str]) -> list[Item]:
    written = page.document.root.at(("disable",))
    if written is page.document.root:
        return items
    nodes = [
        node
        for node in (written.value if isinstance(written.value, list) else [written])
        if isinstance(node.value, str)
    ]
    names = [str(node.value) for node in nodes]
    for name, node in zip(names, nodes, strict=True):
        _must_exist(name, page, node, inherited, gone)
    return [item for item in items if item.id not in names]


def _overridden(items: list[Item], page: Page, inherited: set[str], gone: set[str]) -> list[Item]:
    written = page.document.root.at(("override",))
    if written is page.document.root or not isinstance(written.value, dict):
        return items
    changes = written.value
    for name in changes:
        here = {item.id for item in items}
        _must_exist(name, page, written, inherited, gone | (inherited - here), key=name)
    return [_changed(item, changes[item.id], page) if item.id in changes else item for item in items]


def _must_exist(name: str, page: Page, node: Node, inherited: set[str], gone: set[str], *, key: str = "") -> None:
    if name not in inherited:
        help = did_you_mean(name, inherited) or "this names rules of the packs under `extends`"
        page.report("unknown-rule", f"the packs that this one extends have no rule `{name}`", node, help, key=key)
    elif name in gone:
        page.report("unknown-rule", f"the rule `{name}` is disabled already", node, "leave one of the two out", key=key)


def _changed(item: Item, change: Node, page: Page) -> Item:
    if not isinstance(change.value, dict):
        return item
    if "id" in change.value:
        page.report("bad-value", "a rule keeps its id", change, "disable it, and write one of your own", key="id")
        return item
    shared = {**item.page.shared, page.document.file: page.document}
    return replace(item, node=_merged(item.node, change), page=replace(item.page, shared=shared))


def _merged(base: Node, change: Node, key: str = "") -> Node:
    """`change` in place of `base`; of two mappings, key by key."""
    if key in _CONDITIONS or not isinstance(change.value, dict):
        return change
    if key in PATTERN_KEYS and isinstance(base.value, str | list):  # the short form of a pattern
        base = Node({"event": base}, base.place, base.width, {"event": base.place})
    if not isinstance(base.value, dict):
        return change
    entries = {**base.value}
    for name, child in change.value.items():
        entries[name] = _merged(base.value[name], child, name) if name in base.value else child
    return Node(entries, base.place, base.width, {**base.key_places, **change.key_places})
