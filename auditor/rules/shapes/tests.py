"""Tests inside rules: a small log and what the rule must say of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from auditor.rules.shapes.base import Shape, Texts

VERDICTS = ("met", "violated", "pending", "undetermined", "exempt")
REASONS = ("imprecise_time", "missing_value", "not_recorded", "log_starts_later", "too_few", "unfinished")


class ExpectedShape(Shape):
    """One activation that must be found."""

    verdict: Literal["met", "violated", "pending", "undetermined", "exempt"] = Field(description="Its verdict.")
    subject: str | list[str] | None = Field(
        None, description="Its subject: a key, or a list where `per` names several."
    )
    reason: (
        Literal["imprecise_time", "missing_value", "not_recorded", "log_starts_later", "too_few", "unfinished"] | None
    ) = Field(None, description="Why it is undetermined.")
    due: str | None = Field(None, description="When it is due, as an offset.")
    late: str | None = Field(None, description="How late it is, as a duration.")


class RuleTestShape(Shape):
    """A small log and the verdict that the rule must reach on it."""

    name: str = Field(description="What the test shows.")
    events: list[dict[str, Any]] = Field(description="One mapping per event: `{event.name: offset, field: value}`.")
    expect: (
        Literal["met", "violated", "pending", "undetermined", "exempt", "none"]
        | dict[str, int]
        | Annotated[list[ExpectedShape], Field(min_length=1)]
    ) = Field(
        description="The verdict of every activation, `none` for no activation, counts by verdict, or the activations "
        "one by one."
    )
    as_of: str | None = Field(None, description="The moment of judgement as an offset; default: the last event.")
    covers: Texts | None = Field(None, description="The events that the log can record; default: the whole vocabulary.")
