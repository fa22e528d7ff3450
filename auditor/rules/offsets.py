"""Times in tests: offsets from the start of the test."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from auditor.base.durations import Duration, parse_duration
from auditor.base.strict_yaml import Node
from auditor.rules.instants import step
from auditor.rules.names import Page

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday; `0h` of a test
_SIGN = re.compile(r"^\s*-\s*")


def parse_offset(text: str) -> tuple[int, Duration]:
    """`25h`, `3 days` or `-2h`: the sign and the duration.  Raises ValueError that says what is accepted."""
    sign = -1 if _SIGN.match(text) else 1
    return sign, parse_duration(_SIGN.sub("", text))


def moment(offset: str, start: datetime, zone: str) -> datetime:
    """`start` plus an offset such as `25h`, `3 days` or `-2h`; aware UTC."""
    sign, duration = parse_offset(offset)
    return step(start.replace(tzinfo=None), duration, zone, sign).replace(tzinfo=UTC)


def offset(node: Node, page: Page) -> None:
    """Reports what is no offset."""
    try:
        if not isinstance(node.value, str):
            raise ValueError("an offset is a text such as `0h`, `25h`, `3 days` or `-2h`")
        parse_offset(node.value)
    except ValueError as error:
        page.report("test-offset", f"`{node.value}` is not an offset", node, str(error))
