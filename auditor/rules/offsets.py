"""Times in tests: offsets from the start of the test."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from auditor.base.durations import Duration, parse_duration
from auditor.base.strict_yaml import Node
from auditor.rules.instants import step
from auditor.rules.names import Page

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday; `0h` of a test
_IN_DAYS = 3 * 86_400  # seconds from which a length is shown in days
_SIGN = re.compile(r"^\s*-\s*")


def parse_offset(text: str) -> tuple[int, Duration]:
    """`25h`, `3 days` or `-2h`: the sign and the duration.  Raises ValueError that says what is accepted."""
    sign = -1 if _SIGN.match(text) else 1
    return sign, parse_duration(_SIGN.sub("", text))


def moment(offset: str, start: datetime, zone: str) -> datetime:
    """`start` plus an offset such as `25h`, `3 days` or `-2h`; aware UTC."""
    sign, duration = parse_offset(offset)
    return step(start.replace(tzinfo=None), duration, zone, sign).replace(tzinfo=UTC)


def shown(length: timedelta, *, full: bool = False) -> str:
    """A length of time down to its last unit that is not zero: `24 h`, `24 h 00 min 01 s`, `7 d 1 h`, `1 s`, `-2 h`.

    `full`: down to the seconds in any case.
    """
    if length < timedelta():
        return f"-{shown(-length, full=full)}"
    seconds, rest = divmod(length, timedelta(seconds=1))
    days, hours = divmod(seconds // 3600, 24) if seconds >= _IN_DAYS else (0, seconds // 3600)
    minute, second = seconds // 60 % 60, seconds % 60
    fraction = f".{rest.microseconds:06}" if rest else ""
    parts = [f"{days} d"] if days else []
    smaller = minute or second or rest
    if hours or not (days or smaller) or (days and (full or smaller)):
        parts.append(f"{hours} h")
    if minute or (parts and (full or smaller)):
        parts.append(f"{minute:02} min" if parts else f"{minute} min")
    if second or rest or (full and parts):
        parts.append(f"{second:02}{fraction} s" if parts else f"{second}{fraction} s")
    return " ".join(parts)


def offset(node: Node, page: Page) -> None:
    """Reports what is no offset."""
    try:
        if not isinstance(node.value, str):
            raise ValueError("an offset is a text such as `0h`, `25h`, `3 days` or `-2h`")
        parse_offset(node.value)
    except ValueError as error:
        page.report("test-offset", f"`{node.value}` is not an offset", node, str(error))
