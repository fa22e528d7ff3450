"""The JSON Schema accepts what the loader accepts and refuses what an editor can see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.base.strict_yaml import load, parse
from auditor.rules import json_schema, shipped_packs
from tests.rules.test_loader import EVERYTHING, WHOLE

ON_OTHERS = """\
pack: q
version: '1'
extends: [child-safety, ours.yaml]
disable: not-restored
override: {referral-in-time: {severity: high, followed_by: {within: 12h}}}
"""
CHECKER = jsonschema.Draft202012Validator(json_schema())


def changed(**keys: Any) -> dict[str, Any]:
    """A small pack with other keys in its rule; None removes one."""
    rule = {"id": "a", "when": "report.received", "followed_by": {"event": "report.closed", "within": "1h"}} | keys
    kept = {key: value for key, value in rule.items() if value is not None}
    return {"pack": "p", "version": "1", "rules": [kept]}


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.name)
def test_shipped_packs_fit(pack: Any) -> None:
    assert [error.message for error in CHECKER.iter_errors(load(Path(pack.file)).root.plain())] == []


@pytest.mark.parametrize("text", [WHOLE, EVERYTHING, ON_OTHERS])
def test_every_key_fits(text: str) -> None:
    assert [error.message for error in CHECKER.iter_errors(parse(text, file="x").root.plain())] == []


@pytest.mark.parametrize(
    "pack",
    [
        changed(whn="report.closed"),
        changed(when=None),
        changed(when={"event": "report.received", "wher": "minor_involved"}),
        changed(assert_=None, followed_by=None),
        changed(preceded_by="report.closed"),
        changed(followed_by={"event": "report.closed"}),
        changed(followed_by={"event": "report.closed", "within": "soon"}),
        changed(severity="hihg"),
        changed(title=None) | {"title": None},
        changed(per="report"),
        changed(basis={"kind": "lax"}),
        changed(id="a b"),
        changed() | {"version": 1.0},
        changed() | {"extends": 3},
        changed() | {"clocks": {"office": {"hours": {"mo": "09:00-17:00"}}}},
        changed() | {"clocks": {"office": {"hours": {"mon": "9-17"}}}},
        changed() | {"clocks": {"office": {"pause": {"from": "clock.paused"}}}},
        changed() | {"fields": {"deadline": "date"}},
        changed(service_level={"share": 0.95}),
        changed(service_level={"share": "95"}),
        changed(followed_by={"event": "report.closed", "within": "limit_hours"}),
        changed(followed_by=None, count={"event": "report.closed", "within": "1h"}),
        changed(followed_by=None, when=None, measure={"from": "report.received", "to": "report.closed"}),
    ],
)
def test_a_typo_does_not_fit(pack: dict[str, Any]) -> None:
    assert not CHECKER.is_valid(pack)


def test_every_key_is_described() -> None:
    def undescribed(value: Any) -> list[str]:
        if isinstance(value, list):
            return [name for item in value for name in undescribed(item)]
        if not isinstance(value, dict):
            return []
        here = [name for name, item in value.get("properties", {}).items() if not item.get("description")]
        return here + [name for item in value.values() for name in undescribed(item)]

    assert undescribed(json_schema()) == []
