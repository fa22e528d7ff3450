"""The tests inside a rule: events and offsets checked when the rule is loaded, so that a test cannot pass by a typo."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.log.schema import TIME_LATEST, Field
from auditor.rules.expectations import expectation
from auditor.rules.faults import describe
from auditor.rules.instants import parse_instant, step
from auditor.rules.model import RuleTest
from auditor.rules.names import Pack, Page
from auditor.rules.offsets import EPOCH, offset, parse_offset
from auditor.rules.shapes import RuleTestShape


def build_tests(shapes: list[RuleTestShape], rule: Node, page: Page, pack: Pack) -> tuple[RuleTest, ...]:
    """The tests of a rule; every event, field, value and offset is checked."""
    tests = []
    names: set[str] = set()
    for index, shape in enumerate(shapes):
        node = rule.at(("tests", index))
        if shape.name in names:
            page.report(
                "duplicate-value", f"there is another test `{shape.name}`", node.at(("name",)), "rename one of them"
            )
        names.add(shape.name)
        events = node.at(("events",))
        if not shape.events:
            page.report("empty-value", "`events` is an empty list", events, "give the test at least one event")
        for item in events.value if isinstance(events.value, list) else []:
            _event(item, page, pack)
        for item in _items(node, "covers"):
            _known_event(str(item.value), item, page, pack)
        if shape.as_of is not None:
            offset(node.at(("as_of",)), page)
        expect = expectation(shape.expect, node.at(("expect",)), page)
        covers = None if shape.covers is None else tuple(shape.covers)
        written = tuple(_event_first(event, pack.known.events) for event in shape.events)
        tests.append(RuleTest(shape.name, written, expect, shape.as_of, covers, node.place))
    return tuple(tests)


def event_name(keys: list[str], known: frozenset[str]) -> str | None:
    """Which key of a test event is the event: the one that is known, else the first with a dot."""
    return next((k for k in keys if k in known), None) or next((k for k in keys if "." in k), None)


def _event_first(event: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The same mapping with the event's name as its first key."""
    name = event_name(list(event), known)
    return {key: event[key] for key in sorted(event, key=lambda key: key != name)}


def _items(node: Node, key: str) -> list[Node]:
    if not isinstance(node.value, dict) or key not in node.value:
        return []
    inner = node.value[key]
    return inner.value if isinstance(inner.value, list) else [inner]


def _event(node: Node, page: Page, pack: Pack) -> None:
    if not isinstance(node.value, dict):
        return  # the shape has told
    entries = node.value
    name = event_name(list(entries), pack.known.events)
    if name is None:
        help = "write `{report.received: 0h, category: csam}`"
        page.report("test-event", "this test event names no event", node, help)
        return
    if name not in pack.known.events:
        page.report(
            "unknown-event", f"there is no event `{name}`", node, did_you_mean(name, pack.known.events), key=name
        )
    offset(entries[name], page)
    if TIME_LATEST in entries:
        _latest(entries[name], entries[TIME_LATEST], page, pack)
    for key, child in entries.items():
        if key in (name, TIME_LATEST):
            continue
        field = pack.known.fields.get(key)
        if key in pack.known.events:
            page.report("test-event", "a test event names one event", node, "write one mapping per event", key=key)
        elif field is None:
            page.report(
                "unknown-field", f"there is no field `{key}`", node, did_you_mean(key, pack.known.fields), key=key
            )
        else:
            _value(field, child, page, pack)


def _value(field: Field, node: Node, page: Page, pack: Pack) -> None:
    value = node.value
    if value is None:
        return
    good = {
        "text": isinstance(value, str),
        "bool": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "instant": isinstance(value, str),
    }[field.type]
    if not good:
        wanted = {
            "bool": "true or false", "text": "text", "integer": "a whole number", "number": "a number",
            "instant": "an instant or an offset",
        }[field.type]  # fmt: skip
        page.report("wrong-type", f"`{field.name}` is {wanted}, not {describe(node)}", node)
    elif field.type == "instant":
        try:
            parse_instant(str(value), pack.zone)
        except ValueError:
            offset(node, page)
    elif field.values and value not in field.values:
        help = did_you_mean(str(value), field.values, limit=20)
        page.report("unknown-value", f"`{value}` is not a value of {field.name}", node, help)


def _latest(time: Node, latest: Node, page: Page, pack: Pack) -> None:
    """The latest moment of an imprecise time, which does not lie before the earliest."""
    try:
        parse_instant(str(latest.value), pack.zone)
    except ValueError:
        offset(latest, page)
        start = EPOCH.replace(tzinfo=None)
        with suppress(ValueError):  # told by `offset`
            ends = [
                step(start, size, pack.zone, sign)
                for sign, size in map(parse_offset, (str(time.value), str(latest.value)))
            ]
            if ends[1] < ends[0]:
                page.report(
                    "test-offset",
                    "`time_latest` lies before the event's time",
                    latest,
                    "it is an offset from the start of the test, too",
                )


def _known_event(name: str, node: Node, page: Page, pack: Pack) -> None:
    if name not in pack.known.events:
        page.report("unknown-event", f"there is no event `{name}`", node, did_you_mean(name, pack.known.events))
