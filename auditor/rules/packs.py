"""The head of a file: what it is part of, and the names that it defines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from auditor.base.durations import Duration, parse_duration
from auditor.base.strict_yaml import Node
from auditor.log.schema import FIELDS, RESERVED, Field
from auditor.rules.empty import no_empty_values
from auditor.rules.expressions import Literal_, Value
from auditor.rules.faults import Path, read_shape
from auditor.rules.names import ClockSource, Known, NamedList, Origin, Pack, Page, Parameter
from auditor.rules.shapes import PackHead
from auditor.rules.zones import known_zone

_WORD = re.compile(r"^[^\W\d]\w*$")
_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_NUMBERS = {"integer", "number"}
_LIKE_DURATION = re.compile(r"^\s*\d+\s*[A-Za-z]+\s*$")


@dataclass(frozen=True)
class Head:
    """What a file says before its rules; `bad`: the paths at which its shape has mistakes."""

    shape: PackHead
    page: Page
    bad: frozenset[Path]


def read_head(page: Page) -> Head | None:
    """The head of a file; mistakes are on the page."""
    root = page.document.root
    if not isinstance(root.value, dict):
        page.report("wrong-type", "a rule file is a mapping of keys", root, "begin it with `pack: name`")
        return None
    if "rules" not in root.value and ("log" in root.value or "events" in root.value):
        page.report("not-rules", "this looks like the mapping of a log, not like rules", root, "pass it with -m")
        return None
    known = {key: child for key, child in root.value.items() if key not in ("rules", "override")}
    head = Node(known, root.place, 1, root.key_places)
    no_empty_values(head, page)
    if "rules" in root.value and root.value["rules"].value in (None, []) and "extends" not in root.value:
        page.report("no-rules", "this file has no rules", root, "write them as a list under `rules:`", key="rules")
        return None
    shape, bad = read_shape(PackHead, root, page)
    return None if shape is None else Head(shape, page, bad)


def open_pack(head: Head, known: Known, present: Pack | None) -> Pack:
    """The pack that a file belongs to; files of one pack share all names."""
    shape, page, root = head.shape, head.page, head.page.document.root
    zone = known_zone(shape.timezone, root.at(("timezone",)), page)
    pack = present or Pack(shape.pack, shape.version, zone, known)
    if (pack.version, pack.zone) != (shape.version, zone):
        page.report("pack-conflict", f"another file gives the pack `{shape.pack}` another version or timezone", root,
                    "use one version and timezone in all files of a pack", key="pack")  # fmt: skip
    return pack


def add_names(head: Head, pack: Pack) -> None:
    """The parameters, lists, fields and clocks of a file."""
    _add_parameters(head.shape, head.page, pack)
    _add_lists(head.shape, head.page, pack)
    _add_fields(head.shape, head.page, pack)
    _add_clocks(head, pack)


def _add_parameters(head: PackHead, page: Page, pack: Pack) -> None:
    parameters = page.document.root.at(("parameters",))
    _note_broken(parameters, head.parameters, "params", pack)
    for name, default in head.parameters.items():
        if not _named(name, "params", pack.parameters, parameters, page, pack):
            continue
        try:
            pack.parameters[name] = _typed(name, default)
        except ValueError as error:
            page.report("bad-duration", f"`{default}` is not a duration", parameters.at((name,)), str(error))
            pack.broken.add(f"params.{name}")


def _note_broken(node: Node, good: Mapping[str, object], space: str, pack: Pack) -> None:
    names = node.value if isinstance(node.value, dict) else {}
    pack.broken |= {f"{space}.{name}" for name in names if name not in good}


def _named(name: str, space: str, present: Mapping[str, object], node: Node, page: Page, pack: Pack) -> bool:
    if not _WORD.match(name):
        page.report("bad-name", f"`{name}` is not a name here", node, "use letters, digits and `_`", key=name)
        return False
    if name in present:
        page.report(
            "duplicate-value", f"another file of the pack defines `{name}`", node, "remove one of them", key=name
        )
        return False
    pack.places[f"{space}.{name}"] = Origin(pack.name, page, node.key_places[name], node.at((name,)))
    return True


def _typed(name: str, value: str | int | float) -> Parameter:
    if not isinstance(value, str):
        return Parameter(name, "number", value, str(value))
    if _LIKE_DURATION.match(value):
        return Parameter(name, "duration", parse_duration(value), value)
    return Parameter(name, "text", value, value)


def with_setting(parameter: Parameter, text: str, origin: Origin) -> Parameter:
    """A parameter with another value of the same type; a text that does not fit is told where it is defined."""
    try:
        return replace(parameter, value=_value(parameter, text), text=text)
    except ValueError as error:
        message = f"--set {parameter.name}={text} does not fit this parameter"
        origin.page.report("bad-setting", message, origin.node, str(error))
        return parameter


def _value(parameter: Parameter, text: str) -> Value:
    if isinstance(parameter.value, Duration):
        return parse_duration(text)
    if parameter.type == "number":
        if not _NUMBER.match(text) or len(text) > 18:
            raise ValueError("a number is needed, such as 3 or 0.95")
        return float(text) if "." in text else int(text)
    return text


def _add_lists(head: PackHead, page: Page, pack: Pack) -> None:
    lists = page.document.root.at(("lists",))
    _note_broken(lists, head.lists, "lists", pack)
    for name, values in head.lists.items():
        node = lists.at((name,))
        if not _named(name, "lists", pack.lists, lists, page, pack):
            continue
        before = len(page.found)
        if not values:
            page.report(
                "empty-value", f"the list `{name}` is empty, so nothing is in it", node, "name values, or remove it"
            )
        if len({isinstance(value, str) for value in values}) > 1:
            page.report("wrong-type", f"the list `{name}` mixes texts and numbers", node, "write texts in quotes")
        if len(set(values)) < len(values):
            page.report("duplicate-value", f"the list `{name}` has a value twice", node, "remove one of them")
        if len(page.found) > before:
            pack.broken.add(f"lists.{name}")
        items = tuple(Literal_(value, "text" if isinstance(value, str) else "number") for value in values)
        pack.lists[name] = NamedList(name, items, _complainer(node, page))


def _add_fields(head: PackHead, page: Page, pack: Pack) -> None:
    fields = page.document.root.at(("fields",))
    _note_broken(fields, head.fields, "fields", pack)
    for name, type in head.fields.items():
        if not _named(name, "fields", pack.fields, fields, page, pack):
            continue
        there = pack.known.fields.get(name)
        if name in FIELDS or name in RESERVED:
            page.report("field-conflict", f"every log has its own `{name}`", fields, "name a further column", key=name)
        elif there is not None and there.type != type and not {there.type, type} <= _NUMBERS:
            help = f"map it with the type {type}, or ask for another field"
            page.report("field-conflict", f"in this log `{name}` has the type {there.type}", fields.at((name,)), help)
        pack.fields[name] = Field(name, type)


def _add_clocks(head: Head, pack: Pack) -> None:
    """The clocks of a file, unread; `build_clocks` reads them once the pack's names are known."""
    clocks = head.page.document.root.at(("clocks",))
    _note_broken(clocks, head.shape.clocks, "clocks", pack)
    for name, shape in head.shape.clocks.items():
        if _named(name, "clocks", pack.clock_sources, clocks, head.page, pack):
            broken = any(path[:2] == ("clocks", name) for path in head.bad)
            pack.clock_sources[name] = ClockSource(shape, clocks.at((name,)), head.page, pack.zone, broken)


def _complainer(node: Node, page: Page) -> Callable[[int, str, str, str], None]:
    return lambda index, code, message, advice: page.report(code, message, node.at((index,)), advice)
