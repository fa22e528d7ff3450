"""What pydantic found in the shape of a file → diagnostics with places and suggestions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.names import Page

Path = tuple[str | int, ...]
S = TypeVar("S", bound=BaseModel)
_TYPES = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
_ELSEWHERE = {
    "within": "it belongs inside the obligation: `followed_by: {event: …, within: 24h}`",
    "before": "it belongs inside `followed_by: {event: …, before: …}`",
    "nth": "it belongs inside `when: {event: …, nth: 3}`",
    "where": "it belongs inside a pattern: `when: {event: …, where: …}`",
    "event": "it belongs inside a pattern: `when: {event: …}`",
}


def read_shape(model: type[S], node: Node, page: Page) -> tuple[S | None, frozenset[Path]]:
    """The model of a node, without the parts that are wrong, and their paths; None when too little is left."""
    data = node.plain()
    bad: set[Path] = set()
    for _ in range(3):
        try:
            return model.model_validate(data), frozenset(bad)
        except ValidationError as error:
            paths = _report(error, model, node, page, seen=bad)
            if not paths - bad:
                return None, frozenset(bad | {()})
            bad |= paths
            data = _without(data, paths)
    return None, frozenset(bad | {()})


def _report(error: ValidationError, model: type[BaseModel], root: Node, page: Page, *, seen: set[Path]) -> set[Path]:
    found: dict[Path, list[Any]] = {}
    missing: set[Path] = set()
    for item in error.errors(include_url=False):
        path = _path(root, item["loc"])
        if item["type"] == "missing":
            name = str(item["loc"][-1])
            if not any((*path, name) == bad[: len(path) + 1] for bad in seen):
                page.report("missing-key", f"`{name}` is missing", root.at(path), _example(name))
            missing.add(path)
        else:
            found.setdefault(path, []).append(item)
    for path, items in found.items():
        _one(path, items, model, root, page)
    return set(found) | {path for path in missing if path}


def _one(path: Path, items: list[Any], model: type[BaseModel], root: Node, page: Page) -> None:
    node, name = root.at(path), next((str(step) for step in reversed(path) if isinstance(step, str)), "this")
    kinds = {item["type"]: item for item in items}
    if "extra_forbidden" in kinds:
        key = str(path[-1])
        keys = _keys(model, path[:-1])
        help = did_you_mean(key, keys, limit=20)
        if "did you mean" not in help:
            help = _ELSEWHERE.get(key, help) if len(path) == 1 else help
        page.report("unknown-key", f"unknown key `{key}`", root.at(path[:-1]), help, key=key)
    elif "literal_error" in kinds and isinstance(node.value, str):
        options = re.findall(r"'([^']*)'", kinds["literal_error"]["ctx"]["expected"])
        page.report("bad-value", f"`{node.value}` is not a value of `{name}`", node, did_you_mean(node.value, options))
    elif "string_pattern_mismatch" in kinds:
        page.report("bad-name", f"`{node.value}` is not a name", node, "letters, digits, `-`, `_` and `.`, at most 80")
    elif "too_short" in kinds:
        page.report("empty-value", f"`{name}` is an empty list", node, "name something, or leave the key out")
    elif "greater_than_equal" in kinds:
        page.report("bad-value", f"`{name}` is at least 1", node)
    else:
        wanted = list(dict.fromkeys(_TYPES.get(kind, str(item["msg"])) for kind, item in kinds.items()))
        if "literal_error" in kinds:
            wanted = [w for w in wanted if not w.startswith("Input")] or ["one of the known values"]
        text = " or ".join(wanted)
        page.report("wrong-type", f"`{name}` must be {text}, not {describe(node)}", node, _quote(node, text))


def describe(node: Node) -> str:
    """What a node holds, for messages."""
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    return f"the number {value}" if isinstance(value, int | float) else "text"


def _quote(node: Node, wanted: str) -> str:
    if wanted.startswith("text") and isinstance(node.value, bool | int | float):
        return "write it in quotes"
    return ""


def _example(name: str) -> str:
    examples = {
        "id": "give the rule a stable name: `id: referral-in-time`",
        "when": "say what activates the rule: `when: report.received`",
        "pack": "name the pack: `pack: child-safety`",
        "version": 'give the pack a version: `version: "1.0.0"`',
        "rules": "write the rules as a list under `rules:`",
        "within": "say how near: `within: 24h`",
    }
    return examples.get(name, "")


def _path(root: Node, loc: Sequence[str | int]) -> Path:
    """The steps of a pydantic location that exist in the file; union tags and short forms fall away."""
    here, steps = root, []
    for step in loc:
        inner = here.value
        if isinstance(inner, dict) and str(step) in inner:
            here = inner[str(step)]
        elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
            here = inner[step]
        else:
            continue
        steps.append(step)
    return tuple(steps)


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are known at a path of a shape."""
    here: type[BaseModel] | None = model
    for step in path:
        if here is None or isinstance(step, int):
            continue
        field = next((f for name, f in here.model_fields.items() if (f.alias or name) == step), None)
        here = _model_in(field.annotation) if field is not None else None
    return [] if here is None else [f.alias or name for name, f in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _without(data: Any, paths: set[Path]) -> Any:
    """A copy of plain data without the values at `paths`."""

    def copy(value: Any, here: Path) -> Any:
        if isinstance(value, dict):
            return {k: copy(v, (*here, k)) for k, v in value.items() if (*here, k) not in paths}
        if isinstance(value, list):
            return [copy(v, (*here, i)) for i, v in enumerate(value) if (*here, i) not in paths]
        return value

    return copy(data, ())
