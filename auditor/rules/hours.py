"""Opening hours as packs write them: days (`mon-fri`) and spans (`09:00-17:00`)."""

from __future__ import annotations

import re

from auditor.base.strict_yaml import Node
from auditor.base.suggest import nearest
from auditor.rules.names import Page
from auditor.rules.shapes import DAYS

Hours = tuple[tuple[tuple[int, int], ...], ...]
MIDNIGHT = 24 * 3600
ALWAYS: Hours = (((0, MIDNIGHT),),) * 7
_SPAN = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$")


def opening_hours(node: Node, page: Page) -> Hours:
    """The hours of Monday to Sunday in seconds after midnight, in order and apart; mistakes go to the page."""
    entries = node.value if isinstance(node.value, dict) else {}
    week: dict[str, tuple[tuple[int, int], ...]] = {}
    for key, child in entries.items():
        spans = _spans(child, page)
        for day in _days(key, node, page):
            if day in week:
                help = "write all hours of a day in one place: a list of spans"
                page.report("bad-hours", f"`{day}` has its hours twice", node, help, key=key)
            week[day] = spans
    if not entries:
        page.report("empty-value", "`hours` names no day", node, 'write `hours: {mon-fri: "09:00-17:00"}`')
    return tuple(week.get(day, ()) for day in DAYS)


def _days(key: str, node: Node, page: Page) -> list[str]:
    """The days of `mon` or `fri-mon`."""
    names = [name.strip() for name in key.split("-", 1)]
    for name in names:
        if name not in DAYS:
            near = nearest(name, DAYS)
            help = f"did you mean `{near}`?" if near else "days are " + ", ".join(DAYS)
            page.report("unknown-day", f"there is no day `{name}`", node, help, key=key)
            return []
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [DAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]


def _spans(node: Node, page: Page) -> tuple[tuple[int, int], ...]:
    items = node.value if isinstance(node.value, list) else [node]
    found = [(span, item) for item in items if (span := _span(item, page)) is not None]
    joined: list[tuple[int, int]] = []
    for (start, end), item in sorted(found, key=lambda pair: pair[0]):
        if joined and start < joined[-1][1]:
            page.report("bad-hours", f"`{item.value}` overlaps other hours of the day", item, "make one span of them")
        elif joined and start == joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _span(node: Node, page: Page) -> tuple[int, int] | None:
    if not isinstance(node.value, str):
        return None  # the shape has told
    match = _SPAN.match(node.value)
    ends = [(int(match[1]), int(match[2])), (int(match[3]), int(match[4]))] if match else []
    if not ends or any(minute > 59 or hour * 60 + minute > 24 * 60 for hour, minute in ends):
        page.report("bad-hours", f"`{node.value}` is not a span of hours", node, "write `09:00-17:00`")
        return None
    opens, closes = (3600 * hour + 60 * minute for hour, minute in ends)
    if opens < closes:
        return opens, closes
    help = "hours past midnight are those of two days: `22:00-24:00`, and `00:00-06:00` on the next"
    page.report("bad-hours", f"`{node.value}` ends before it begins", node, help)
    return None
