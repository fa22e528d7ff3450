"""What pydantic found in the shape of a file → diagnostics with places and suggestions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean, nearest
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
_EXAMPLES = {
    "id": "give the rule a stable name: `id: referral-in-time`",
    "when": "say what activates the rule: `when: report.received`",
    "pack": "name the pack: `pack: child-safety`",
    "version": 'give the pack a version: `version: "1.0.0"`',
    "rules": "write the rules as a list under `rules:`",
    "within": "say how near: `within: 24h`",
    "kind": "write law, guidance, policy or study",
    "name": "say what the test shows",
    "events": "write one mapping per event: `{report.received: 0h}`",
    "from": "name the event: `from: information.requested`",
    "to": "name the event: `to: information.provided`",
    "statistic": "write mean, median, p75, p90, p95, max or share",
    "share": "write the least share: `share: 95%`",
    "verdict": "write met, violated, pending, undetermined or exempt",
    "expect": "write the verdict: met, violated, pending, undetermined, exempt or none",
}
_STAND_INS: dict[str, Any] = {
    "id": "rule", "when": "report.received", "pack": "pack", "version": "0", "rules": [], "within": "0h", "kind": "law",
    "name": "test", "events": [], "expect": "none", "from": "report.received", "to": "report.received",
    "statistic": "mean", "share": "0%", "verdict": "met",
}  # fmt: skip
_ELSEWHERE = {
    "within": "it belongs inside the obligation: `followed_by: {event: …, within: 24h}`",
    "before": "it belongs inside `followed_by: {event: …, before: …}`",
    "nth": "it belongs inside `when: {event: …, nth: 3}`",
    "where": "it belongs inside a pattern: `when: {event: …, where: …}`",
    "timezone": "it belongs at the top of the file",
    "parameters": "it belongs at the top of the file",
    "lists": "it belongs at the top of the file",
    "clocks": "it belongs at the top of the file",
    "at_most": "it belongs inside `count` or `measure`",
    "at_least": "it belongs inside `count` or `measure`",
    "due": "it belongs inside `followed_by: {event: …, due: …}`",
    "event": "it belongs inside a pattern: `when: {event: …}`",
}


def read_shape(model: type[S], node: Node, page: Page) -> tuple[S | None, frozenset[Path]]:
    """The model of a node, with stand-ins for the parts that are wrong, and their paths; None when too little is left.

    The stand-ins let the rest be examined in the same run; what has them is never used.
    """
    data = node.plain()
    bad: set[Path] = set()
    for _ in range(4):
        try:
            return model.model_validate(data), frozenset(bad)
        except ValidationError as error:
            paths = _report(error, model, node, page, seen=bad)
            bad |= paths
            data = _repaired(data, paths)
    return None, frozenset(bad | {()})


def _report(error: ValidationError, model: type[BaseModel], root: Node, page: Page, *, seen: set[Path]) -> set[Path]:
    found: dict[Path, list[Any]] = {}
    missing: set[Path] = set()
    items = error.errors(include_url=False)
    strange = [_path(root, item["loc"]) for item in items if item["type"] == "extra_forbidden"]
    meant = {(*path[:-1], nearest(str(path[-1]), _keys(model, path[:-1]))) for path in strange}
    for item in items:
        if item["type"] == "missing":
            path, name = _path(root, item["loc"][:-1]), str(item["loc"][-1])
            if (*path, name) not in seen | meant:  # a mistyped key is one mistake, not two
                page.report("missing-key", f"`{name}` is missing", root.at(path), _EXAMPLES.get(name, ""))
            missing.add((*path, name))
        else:
            found.setdefault(_path(root, item["loc"]), []).append(item)
    entered = {path[:size] for path in (*found, *missing) for size in range(len(path))}
    found = {path: items for path, items in found.items() if path not in entered or not _other_form(items)}
    for path, items in found.items():
        if path not in seen and root.at(path).value is not None:  # `no_empty_values` has told of those
            _one(path, items, model, root, page)
    return set(found) | missing


def _other_form(items: list[Any]) -> bool:
    """Whether the mistakes are only that a value has not another of its forms."""
    return all(item["type"] in _TYPES or item["type"] == "literal_error" for item in items)


def _one(path: Path, items: list[Any], model: type[BaseModel], root: Node, page: Page) -> None:
    node, name = root.at(path), next((str(step) for step in reversed(path) if isinstance(step, str)), "this")
    kinds = {item["type"]: item for item in items}
    if "extra_forbidden" in kinds:
        key = str(path[-1])
        keys = _keys(model, path[:-1])
        help = did_you_mean(key, keys, limit=30)
        if len(path) == 1:
            help = _ELSEWHERE.get(key, help)
        page.report("unknown-key", f"unknown key `{key}`", root.at(path[:-1]), help, key=key)
    elif "literal_error" in kinds and isinstance(node.value, str):
        options = re.findall(r"'([^']*)'", kinds["literal_error"]["ctx"]["expected"])
        page.report("bad-value", f"`{node.value}` is not a value of `{name}`", node, did_you_mean(node.value, options))
    elif "string_pattern_mismatch" in kinds:
        page.report("bad-name", f"`{node.value}` is not a name", node, "letters, digits, `-`, `_` and `.`, at most 80")
    elif (
        name in ("within", "as_of", "late") and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    ):
        page.report(
            "bad-duration", f"`{node.value}` has no unit", node, f"write `{node.value}h` or `{node.value} days`"
        )
    elif "too_short" in kinds:
        page.report("empty-value", f"`{name}` is an empty list", node, "name something, or leave the key out")
    elif "greater_than_equal" in kinds:
        page.report("bad-value", f"`{name}` is at least {kinds['greater_than_equal']['ctx']['ge']}", node)
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
    named = False  # whether the next step is a name that the author chose
    for step in path:
        if here is None or isinstance(step, int) or named:
            named = False
            continue
        field = next((f for name, f in here.model_fields.items() if (f.alias or name) == step), None)
        here = _model_in(field.annotation) if field is not None else None
        named = field is not None and get_origin(field.annotation) is dict
    return [] if here is None else [f.alias or name for name, f in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _repaired(data: Any, paths: set[Path]) -> Any:
    """A copy of plain data in which the values at `paths` are left out, or replaced where they are needed."""

    def copy(value: Any, here: Path) -> Any:
        if isinstance(value, str) and any(path[:-1] == here for path in paths):
            value = {"event": value}  # `accompanied_by: report.closed` has no room for a `within`
        if isinstance(value, list):
            return [copy(v, (*here, i)) for i, v in enumerate(value) if (*here, i) not in paths]
        if not isinstance(value, dict):
            return value
        kept = {k: copy(v, (*here, k)) for k, v in value.items() if (*here, k) not in paths}
        needed = {str(path[-1]) for path in paths if path and path[:-1] == here}
        return kept | {name: _STAND_INS[name] for name in needed if name in _STAND_INS and name not in kept}

    return {} if () in paths else copy(data, ())
