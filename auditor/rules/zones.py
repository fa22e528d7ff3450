"""The time zones that packs and clocks name."""

from __future__ import annotations

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.base.zones import is_zone, zones
from auditor.rules.names import Page


def known_zone(name: str, node: Node, page: Page) -> str:
    """The zone, or UTC when there is no such zone, which is then on the page."""
    if is_zone(name):
        return name
    help = did_you_mean(name, zones()) or "write an IANA name such as Europe/Paris"
    page.report("unknown-timezone", f"there is no time zone `{name}`", node, help)
    return "UTC"
