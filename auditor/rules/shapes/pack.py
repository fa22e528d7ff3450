"""One file of rules."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from auditor.rules.shapes.base import Name, Shape, Texts
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
    fields: dict[str, Literal["text", "bool", "integer", "number", "instant"]] = Field(
        {}, description="Further columns of the log that the rules use, with their types."
    )
    clocks: dict[str, ClockShape] = Field({}, description="Named clocks for `clock: name`.")
    extends: Texts | None = Field(
        None, description="Packs whose rules and names this one takes over: shipped names, or paths beside this file."
    )
    disable: Texts | None = Field(None, description="Rules of the extended packs that are left out.")
    override: dict[str, dict[str, Any]] = Field({}, description="By rule of the extended packs: keys that change.")
    rules: list[RuleShape] | None = Field(None, description="The rules, in the order of the report.")


class PackHead(PackShape):
    """The same keys with the rules unread, so that a mistake in one rule hides nothing in the others."""

    rules: list[Any] | None = Field(None, description="The rules.")
