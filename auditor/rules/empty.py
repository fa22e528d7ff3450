"""Keys without a value."""

from __future__ import annotations

from auditor.base.strict_yaml import Node
from auditor.rules.faults import Path, describe
from auditor.rules.names import Page


def no_empty_values(node: Node, page: Page, *, path: Path = ()) -> None:
    """A key without a value is a mistake, except where null means "missing" (conditions and test events)."""
    if path[-1:] in (("where",), ("assert",)) or (len(path) == 4 and path[0] == "tests" and path[2] == "events"):
        if node.value is None:
            page.report("empty-value", f"`{path[-1]}` has no value", node, "write a condition, or leave the key out")
        return
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if child.value is None and key not in ("where", "assert"):
                page.report("empty-value", f"`{key}` has no value", node, "write one, or leave the key out", key=key)
            else:
                no_empty_values(child, page, path=(*path, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            if child.value is None:
                page.report("empty-value", f"this item is {describe(child)}", child, "write a value, or remove it")
            else:
                no_empty_values(child, page, path=(*path, index))
