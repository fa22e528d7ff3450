"""One file of rules."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from auditor.rules.shapes.base import Name, Shape
from auditor.rules.shapes.clocks import ClockShape
from auditor.rules.shapes.rule import RuleShape


class PackShape(Shape):
    """One file of rules."""

    pack: Name = Field(description="Name of the pack.")
    version: str = Field(description="Version of the pack, as text.")
    title: str = Field("", description="The pack in one line.")
    description: str = Field("", description="What the pack is for and what it leaves out.")
    disclaimer: str = Field("", description="Printed with every result of the pack.")
    timezone: str = Field("UTC", description="IANA zone of dates and of calendar units.")
    parameters: dict[str, str | int | float] = Field(
        {}, description="Durations, numbers or texts that `--set` can change."
    )
    lists: dict[str, list[str | int | float]] = Field({}, description="Named lists of values for `in lists.name`.")
    clocks: dict[str, ClockShape] = Field({}, description="Named clocks for `clock: name`.")
    rules: list[RuleShape] = Field(description="The rules, in the order of the report.")


class PackHead(PackShape):
    """The same keys with the rules unread, so that a mistake in one rule hides nothing in the others."""

    rules: list[Any] = Field(description="The rules.")
