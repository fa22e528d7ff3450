"""The parameters of a pack as its readers are told of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditor.rules.layers import arranged
from auditor.rules.model import PackParameter
from auditor.rules.names import Origin, Pack
from auditor.rules.sources import Source, Sources

_NAMED = re.compile(r"\bparams\.(\w+)")
_REMARK = re.compile(r"\s#\s*(.*)$")


def told(layer: Source, standing: Source, sources: Sources, names: Pack) -> tuple[PackParameter, ...]:
    """The parameters that `layer` defines, with the values that they have for `standing`, which extends it or is it.

    `names` are the names of `standing`.
    """
    users: dict[str, list[str]] = {}
    for item in arranged(standing, sources):
        for name in sorted(set(_named(item.node.plain()))):
            users.setdefault(name, []).append(str(item.id))
    return tuple(
        PackParameter(
            name, names.parameters[name].text, _remark(layer.pack.places[f"params.{name}"]), tuple(users.get(name, ()))
        )
        for name in layer.pack.parameters
    )


def _named(value: Any) -> Iterator[str]:
    """The parameters that a rule as written names."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key != "tests":
                yield from _named(child)
    elif isinstance(value, list):
        for child in value:
            yield from _named(child)
    elif isinstance(value, str):
        yield from _NAMED.findall(value)


def _remark(origin: Origin) -> str:
    """The comment behind an unquoted value, on its line."""
    node = origin.node
    found = _REMARK.search(origin.page.document.line(node.place.line)[node.place.column - 1 :])
    return found[1].strip() if found and not node.style else ""
