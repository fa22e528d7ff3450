"""Texts and places in SARIF's words."""

from __future__ import annotations

from typing import Any

from auditor.outputs.hostile import safe
from auditor.outputs.places import RulePlace, address, is_file, relative

SOURCE = "%SRCROOT%"  # the usual name for the folder that relative addresses start from
SHIPPED = "AUDITOR"


def message(text: str, limit: int | None = None) -> dict[str, str]:
    """A message in one harmless line: no link (3.11.6) and no placeholder (3.11.5) but those that we write."""
    return {"text": safe(text, limit).replace("](", "] (").replace("{", "{{").replace("}", "}}")}


def paragraphs(text: str) -> dict[str, str]:
    """A message of several lines by our own doing."""
    return {"text": "\n".join(message(line)["text"] for line in text.split("\n"))}


def artifact(label: str) -> dict[str, Any]:
    """Where a log or a file of the user is."""
    if not is_file(label):
        return {"uri": address(label)}
    place = address(relative(label))
    return {"uri": place} if place.startswith("file:") else {"uri": place, "uriBaseId": SOURCE}


def rule_file(place: RulePlace) -> dict[str, Any]:
    """Where the file of a rule is."""
    return {"uri": address(place.path), "uriBaseId": SHIPPED} if place.shipped else artifact(place.path)


def location(artifact: dict[str, Any], line: int | None, text: str, **properties: Any) -> dict[str, Any]:
    """A place in a file; without a line, the file as a whole."""
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if line:
        physical["region"] = {"startLine": line}
    found: dict[str, Any] = {"physicalLocation": physical, "message": message(text)}
    return found | ({"properties": properties} if properties else {})
