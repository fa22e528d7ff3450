"""Time zones by IANA name."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.names import Page


@cache
def zones() -> frozenset[str]:
    """The IANA names that this machine knows."""
    return frozenset(name for name in available_timezones() if not name.startswith(("posix", "right")))


def known_zone(name: str, node: Node, page: Page) -> str:
    """The zone, or UTC when there is no such zone, which is then on the page."""
    if name in zones():
        return name
    help = did_you_mean(name, zones()) or "write an IANA name such as Europe/Paris"
    page.report("unknown-timezone", f"there is no time zone `{name}`", node, help)
    return "UTC"
