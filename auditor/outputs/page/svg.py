"""Drawings of matplotlib as part of a page: no style of their own, colours by class, names for screen readers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from markupsafe import Markup

from auditor.outputs.hostile import safe

# What a thing in a drawing is → the colour that stands for it until the page's own style gives it one.
INKS = {
    "violated": "#010101", "undetermined": "#020202", "late": "#030303", "open": "#040404", "ink": "#050505",
    "quiet": "#060606", "line": "#070707", "critical": "#080808", "high": "#090909", "medium": "#0a0a0a",
    "low": "#0b0b0b", "info": "#0c0c0c",
}  # fmt: skip
_CLASSES = {colour: name for name, colour in INKS.items()}
_KEPT = frozenset({"svg", "g", "path", "text", "use", "defs", "clipPath", "rect"})
_STYLED = frozenset({"opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "text-anchor", "font-size"})
_PLAIN = frozenset({"d", "x", "y", "width", "height", "transform", "viewBox"})
_REFERENCE = re.compile(r"(?:url\()?#([\w.-]+)\)?")


def inline(drawing: bytes, name: str, title: str, description: str) -> Markup:
    """The drawing as an element of a page; `name` tells its ids from those of other drawings."""
    root = ET.fromstring(drawing)  # noqa: S314 - made by matplotlib a moment ago
    box = root.get("viewBox", "")
    body = _element(root, name)
    body.attrib = {"viewBox": box, "class": "chart", "role": "img", "aria-labelledby": f"{name}-t {name}-d"}
    texts = (("title", "t", title), ("desc", "d", description))
    for place, (tag, suffix, text) in enumerate(texts):
        element = ET.Element(tag, {"id": f"{name}-{suffix}"})
        element.text = safe(text)
        body.insert(place, element)
    return Markup(ET.tostring(body, encoding="unicode", short_empty_elements=False))  # noqa: S704 - built as a tree


def _element(source: ET.Element, name: str) -> ET.Element:
    """What is kept of an element and of those in it."""
    found = ET.Element(_local(source.tag), dict(_attributes(source, name)))
    if found.tag == "text":
        found.text = safe(source.text or "")
    found.extend(_element(child, name) for child in source if _local(child.tag) in _KEPT)
    return found


def _attributes(source: ET.Element, name: str) -> Iterator[tuple[str, str]]:
    classes = []
    for key, value in source.attrib.items():
        key = _local(key)
        if key in _PLAIN:
            yield key, " ".join(value.split())
        elif key == "id" and _local(source.tag) in ("path", "clipPath"):
            yield "id", f"{name}-{value}"
        elif key in ("href", "clip-path") and (found := _REFERENCE.fullmatch(value)):
            yield key, f"#{name}-{found[1]}" if key == "href" else f"url(#{name}-{found[1]})"
    for part in source.get("style", "").split(";"):
        key, _, value = (text.strip() for text in part.partition(":"))
        if key in ("fill", "stroke") and value in _CLASSES:
            classes.append(f"{key}-{_CLASSES[value]}")
        elif key in ("fill", "stroke") and value == "none":
            yield key, value
        elif key in _STYLED:
            yield key, value.removesuffix("px")
    if classes:
        yield "class", " ".join(classes)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
