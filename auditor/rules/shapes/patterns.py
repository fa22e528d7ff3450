"""Patterns: which events a rule looks for, and how near."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from auditor.log.schema import VOCABULARY
from auditor.rules.shapes.base import Length, Or, Shape, listed

_EVENT: dict[str, Any] = {"anyOf": [{"enum": list(VOCABULARY)}, {"type": "string"}]}
_SHORT: dict[str, Any] = {"anyOf": [_EVENT, {"type": "array", "items": {"type": "string"}}]}

Events = Annotated[
    list[Annotated[str, Or({"enum": list(VOCABULARY)})]], Field(min_length=1), BeforeValidator(listed), Or(_EVENT)
]
Where = Annotated[
    str | bool | dict[str, Any], Field(description="A condition, or a mapping of field to value or values.")
]


def _pattern(value: Any) -> Any:
    return {"event": value} if isinstance(value, str | list) else value


class PatternShape(Shape):
    """Events by name and condition; a bare event name is short for `{event: name}`."""

    event: Events | None = Field(None, description="An event name or a list of them; left out: any event.")
    where: Where | None = Field(None, description="Which of these events.")


class WhenShape(PatternShape):
    """What activates a rule."""

    nth: int | None = Field(None, ge=1, description="Only the k-th match in the subject activates.")


class TargetShape(PatternShape):
    """What an obligation looks for, and how far from the activation."""

    within: Length | None = Field(
        None,
        description="The time allowed: `24h` elapsed, `1 day` a calendar day, `trigger.limit_hours * 1h` as stated.",
    )


class NearShape(TargetShape):
    """What must happen near the activation."""

    within: Length = Field(description="The time allowed on either side.")


class CountShape(TargetShape):
    """What must happen so many times after the activation."""

    within: Length = Field(description="The time in which matches are counted.")
    at_least: int | None = Field(None, ge=0, description="The least number of matches.")
    at_most: int | None = Field(None, ge=0, description="The greatest number of matches.")


_Before = Annotated[
    PatternShape,
    BeforeValidator(_pattern),
    Or({"anyOf": [{"const": "next"}, *_SHORT["anyOf"]]}),
]


class FollowedShape(TargetShape):
    """What must follow the activation: in time, until an instant that the event states, or before something else."""

    due: str | None = Field(
        None, description="The instant by which it must have come, of the activating event: `trigger.deadline`."
    )
    before: _Before | None = Field(
        None, description="The target must come before this; `next`: before the subject's next activation."
    )


Pattern_ = Annotated[PatternShape, BeforeValidator(_pattern), Or(_SHORT)]
When = Annotated[WhenShape, BeforeValidator(_pattern), Or(_SHORT)]
Target = Annotated[TargetShape, BeforeValidator(_pattern), Or(_SHORT)]
Near = Annotated[NearShape, BeforeValidator(_pattern)]
Count = Annotated[CountShape, BeforeValidator(_pattern)]
Followed = Annotated[FollowedShape, BeforeValidator(_pattern), Or(_SHORT)]
