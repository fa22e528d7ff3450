"""The named clocks of a pack: declared in its head, built once all its names are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from auditor.base.durations import Duration
from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.calendars import calendars
from auditor.rules.hours import ALWAYS, opening_hours
from auditor.rules.model import NamedClock, Pause
from auditor.rules.names import ClockSource, Pack, Page
from auditor.rules.patterns import Patterns, same_pattern
from auditor.rules.shapes import PauseShape
from auditor.rules.zones import known_zone

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def build_clocks(pack: Pack) -> None:
    """The clocks of the pack from their sources; what has a mistake counts as broken."""
    for name, source in pack.clock_sources.items():
        before = len(source.page.found)
        clock = _clock(name, source, pack)
        if source.broken or len(source.page.found) > before:
            pack.broken.add(f"clocks.{name}")
        else:
            pack.clocks[name] = clock


def clock_named(name: str | None, node: Node, pack: Pack, page: Page) -> NamedClock | None:
    """The clock that a rule names."""
    if name is None or f"clocks.{name}" in pack.broken:
        return None
    pack.used.add(f"clocks.{name}")
    if name not in pack.clocks:
        help = did_you_mean(name, pack.clock_sources) or "define it under `clocks:` at the top of the file"
        page.report("unknown-clock", f"there is no clock `{name}` in this pack", node, help)
    return pack.clocks.get(name)


def clock_conflict(duration: Duration, clock: NamedClock | None) -> tuple[str, str] | None:
    """Why a length cannot be counted on a clock, and what to write instead."""
    if clock is None or not clock.hours or not duration.calendar:
        return None
    if duration.months or duration.unit == "week":
        return f"`{duration}` cannot be counted in opening hours", "write working days or hours: `5 days`, `40h`"
    if clock.pauses:
        return "days cannot be counted on a clock with hours that also pauses", "write hours of the clock: `16h`"
    return None


def _clock(name: str, source: ClockSource, pack: Pack) -> NamedClock:
    shape, node, page = source.shape, source.node, source.page
    if not isinstance(node.value, dict) or not node.value:
        page.report("empty-clock", f"the clock `{name}` never stops", node, "give it `hours` or `pause`")
    zone = shape.timezone or source.zone
    if shape.timezone is not None:
        zone = known_zone(shape.timezone, node.at(("timezone",)), page)
    hours = opening_hours(node.at(("hours",)), page) if shape.hours is not None else ()
    holidays = _calendars(shape.holidays or (), node, page)
    closed = _dates(shape.closed or (), node, page)
    if not hours and (holidays or closed):
        hours = ALWAYS
    patterns = Patterns(page, pack, node)
    pauses = tuple(_pause(pause, index, patterns) for index, pause in enumerate(shape.pause or ()))
    return NamedClock(name, zone, hours, holidays, closed, pauses)


def _calendars(names: Sequence[str], node: Node, page: Page) -> tuple[str, ...]:
    for name, item in zip(names, _items(node.at(("holidays",))), strict=False):
        if name not in calendars():
            parts = sorted(known for known in calendars() if known.partition("-")[0] == name.partition("-")[0].upper())
            help = "write ISO 3166 codes: `DE`, `GB` or, of a part of a country, `DE-BE`"
            if parts:  # codes of two letters are never near each other
                help = "known: " + ", ".join(f"`{part}`" for part in parts)
            page.report("unknown-calendar", f"there is no calendar of holidays `{name}`", item, help)
    _distinct(names, "holidays", node, page)
    return tuple(names)


def _dates(texts: Sequence[str], node: Node, page: Page) -> tuple[date, ...]:
    found = []
    for text, item in zip(texts, _items(node.at(("closed",))), strict=False):
        try:
            if not _DATE.match(text):
                raise ValueError("not a date")
            found.append(date.fromisoformat(text))
        except ValueError:
            page.report("bad-instant", f"`{text}` is not a date", item, "a date is written 2024-12-24")
    _distinct(texts, "closed", node, page)
    return tuple(sorted(found))


def _distinct(values: Sequence[str], key: str, node: Node, page: Page) -> None:
    if len(set(values)) < len(values):
        page.report("duplicate-value", f"`{key}` names a value twice", node.at((key,)), "remove one of them")


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _pause(shape: PauseShape, index: int, patterns: Patterns) -> Pause:
    written = patterns.node.at(("pause",)).value
    path = ("pause", index) if isinstance(written, list) else ("pause",)
    start = patterns.pattern(shape.from_, (*path, "from"), trigger=False)
    end = patterns.pattern(shape.to, (*path, "to"), trigger=False)
    if same_pattern(start, end):
        help = "name the event that lets the clock run again"
        patterns.page.report(
            "pause-same", "this pause ends with what it begins with", patterns.node.at((*path, "to")), help
        )
    return Pause(start, end)
