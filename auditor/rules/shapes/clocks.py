"""Named clocks: opening hours, holidays, pauses."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from auditor.rules.shapes.base import OrOne, Shape, Texts
from auditor.rules.shapes.patterns import Pattern_

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
_SPAN = r"^\s*[0-9]{1,2}:[0-9]{2}\s*-\s*[0-9]{1,2}:[0-9]{2}\s*$"
_SPANS: dict[str, Any] = {"type": "string", "pattern": _SPAN}


class PauseShape(Shape):
    """The clock stands from each `from` to the first `to` at or after it."""

    from_: Pattern_ = Field(alias="from", description="What stops the clock.")
    to: Pattern_ = Field(description="What lets it run again.")


def _pauses(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


_Pauses = Annotated[list[PauseShape], Field(min_length=1), BeforeValidator(_pauses), OrOne()]


class ClockShape(Shape):
    """A clock that durations run on; `clock: NAME` in a rule chooses it."""

    timezone: str | None = Field(None, description="IANA zone of hours and days; default: the pack's.")
    hours: dict[str, Texts] | None = Field(
        None,
        description='Opening hours by day or days: `{mon-fri: "09:00-17:00", sat: ["10:00-12:00", "13:00-15:00"]}`.',
        json_schema_extra={
            "propertyNames": {"pattern": f"^\\s*({_DAY})\\s*(-\\s*({_DAY})\\s*)?$"},
            "additionalProperties": {"anyOf": [_SPANS, {"type": "array", "minItems": 1, "items": _SPANS}]},
        },
    )
    holidays: Texts | None = Field(None, description="Calendars of public holidays: `DE`, `DE-BE`.")
    closed: Texts | None = Field(None, description="Further closed days: dates.")
    pause: _Pauses | None = Field(
        None, description="When the clock stands: one mapping of `from` and `to`, or several."
    )
