"""Manifests made by hand, for tests of what reads and compares them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from auditor.results.manifest_file import Manifest
from auditor.results.verify import Verification

EXAMPLE = json.loads((Path(__file__).parents[1] / "outputs" / "golden" / "audit.manifest.json").read_text())


def file(name: str | None, content: str = "a", **more: Any) -> dict[str, Any]:
    """A file whose digest is made of one letter."""
    return {"file": name, "sha256": content * 64, **(more or {"size": 10})}


def rule_file(name: str, content: str = "a", pack: str = "test") -> dict[str, Any]:
    """A file of a pack."""
    return file(name, content, pack=pack, shipped=False)


def pack(name: str = "test", content: str = "a", version: str = "1.0.0") -> dict[str, Any]:
    """A pack whose digest is made of one letter."""
    return {"name": name, "version": version, "sha256": content * 64, "extends": []}


def example(*changes: tuple[str, Any]) -> dict[str, Any]:
    """A manifest of three rules on log.csv; each change is a path such as `result.rows`, and the value there."""
    found = copy.deepcopy(EXAMPLE)
    found["provenance"]["log"] = {"given": ["log.csv"], "files": [file("log.csv")]}
    found["provenance"]["rules"] = {"given": ["test.yaml"], "files": [rule_file("test.yaml")], "packs": [pack()]}
    for path, value in changes:
        *steps, last = path.split(".")
        place: Any = found
        for step in steps:
            place = place[int(step) if step.isdigit() else step]
        place[int(last) if last.isdigit() else last] = value
    return found


def verified(old: dict[str, Any], new: dict[str, Any], name: str = "audit.json") -> Verification:
    """One manifest beside another."""
    return Verification(name, Manifest.model_validate(old), Manifest.model_validate(new))
