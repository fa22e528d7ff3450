"""The JSON Schema of a rule file, for completion and checks in editors."""

from __future__ import annotations

from typing import Any

from auditor.rules.shapes import OBLIGATIONS, PackShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a pack; looser than the loader, which also checks names, conditions and places."""
    schema = _without_null(PackShape.model_json_schema(by_alias=True))
    _needs_one_of(schema, "rules", "extends", "parameters", "lists", "fields", "clocks")
    rule = schema["$defs"]["RuleShape"]
    rule["oneOf"] = [{"required": [kind] if kind == "measure" else ["when", kind]} for kind in OBLIGATIONS]
    _needs_one_of(schema["$defs"]["FollowedShape"], "within", "before", "due")
    for name in ("CountShape", "MeasureShape"):
        _needs_one_of(schema["$defs"][name], "at_least", "at_most")
    return {"$schema": DIALECT, **schema, "title": "auditor rules"}


def _needs_one_of(shape: dict[str, Any], *keys: str) -> None:
    shape["anyOf"] = [{"required": [key]} for key in keys]


def _without_null(value: Any) -> Any:
    """An optional key may be left out, but not written without a value; class names are no titles for an editor."""
    if isinstance(value, list):
        return [_without_null(item) for item in value if item != {"type": "null"}]
    if not isinstance(value, dict):
        return value
    kept = {
        key: item if key == "enum" else _named(item) if key in ("properties", "$defs") else _without_null(item)
        for key, item in value.items()
        if not (key == "default" and item is None) and not (key == "title" and isinstance(item, str))
    }
    options = kept.get("anyOf")
    if isinstance(options, list) and len(options) == 1:
        del kept["anyOf"]
        kept = {**options[0], **kept}
    return kept


def _named(value: dict[str, Any]) -> dict[str, Any]:
    return {name: _without_null(item) for name, item in value.items()}
