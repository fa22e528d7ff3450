"""The YAML of a pack as pydantic models: which keys exist, their types and what they mean.

The JSON Schema for editors and the checks of unknown keys both come from here.  Names, expressions and durations stay
text; `build` gives them their meaning, with places.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from auditor.log.schema import ID_FIELDS, VOCABULARY

DURATION = r"^\s*([0-9]+\s*[A-Za-z]+|params\.\w+)\s*$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
PER = (*ID_FIELDS, "platform")
VERDICTS = ("met", "violated", "pending", "undetermined", "exempt")
_EVENT_SCHEMA: dict[str, Any] = {"anyOf": [{"enum": list(VOCABULARY)}, {"type": "string"}]}


class _Or:
    """Adds a short form to the JSON Schema of a field."""

    def __init__(self, short: dict[str, Any]) -> None:
        self.short = short

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [self.short, handler(core)]}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _pattern(value: Any) -> Any:
    return {"event": value} if isinstance(value, str | list) else value


Texts = Annotated[list[str], Field(min_length=1), BeforeValidator(_listed), _Or({"type": "string"})]
Events = Annotated[
    list[Annotated[str, _Or({"enum": list(VOCABULARY)})]],
    Field(min_length=1),
    BeforeValidator(_listed),
    _Or(_EVENT_SCHEMA),
]
Span = Annotated[str, Field(json_schema_extra={"pattern": DURATION})]
Name = Annotated[str, Field(pattern=NAME)]
Where = Annotated[
    str | bool | dict[str, Any], Field(description="A condition, or a mapping of field to value or values.")
]


class Shape(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class PatternShape(Shape):
    """Events by name and condition; a bare event name is short for `{event: name}`."""

    event: Events | None = Field(None, description="An event name or a list of them; left out: any event.")
    where: Where | None = Field(None, description="Which of these events.")


class WhenShape(PatternShape):
    """What activates a rule."""

    nth: int | None = Field(None, ge=1, description="Only the k-th match in the subject activates.")


class TargetShape(PatternShape):
    """What an obligation looks for, and how far from the activation."""

    within: Span | None = Field(None, description="The time allowed: `24h` is elapsed time, `1 day` a calendar day.")


class NearShape(TargetShape):
    """What must happen near the activation."""

    within: Span = Field(description="The time allowed on either side: `24h` is elapsed time, `1 day` a calendar day.")


_BeforeItem = Annotated[
    PatternShape,
    BeforeValidator(_pattern),
    _Or({"anyOf": [{"const": "next"}, _EVENT_SCHEMA, {"type": "array", "items": {"type": "string"}}]}),
]


class FollowedShape(TargetShape):
    """What must follow the activation, in time or before something else."""

    before: _BeforeItem | None = Field(
        None, description="The target must come before this; `next`: before the subject's next activation."
    )


_SHORT = {"anyOf": [_EVENT_SCHEMA, {"type": "array", "items": {"type": "string"}}]}
Pattern_ = Annotated[PatternShape, BeforeValidator(_pattern), _Or(_SHORT)]
When = Annotated[WhenShape, BeforeValidator(_pattern), _Or(_SHORT)]
Target = Annotated[TargetShape, BeforeValidator(_pattern), _Or(_SHORT)]


Per = Annotated[
    list[
        Literal[
            "report_id",
            "content_id",
            "account_id",
            "reporter_id",
            "decision_id",
            "appeal_id",
            "referral_id",
            "platform",
        ]
    ],
    Field(min_length=1),
    BeforeValidator(_listed),
    _Or({"enum": list(PER)}),
]


class BasisShape(Shape):
    """Where a duty comes from; a deadline that the operator chose is never printed as a breach of the law."""

    kind: Literal["law", "guidance", "policy", "study"] = Field(description="What kind of source sets the duty.")
    deadline: Literal["statutory", "operator"] | None = Field(None, description="Who chose the deadline.")
    note: str = Field("", description="What a reader should know about the deadline.")


class EffectiveShape(Shape):
    """Half-open window of activation; dates are read in the pack's zone."""

    from_: str | None = Field(None, alias="from", description="First date or instant on which the rule activates.")
    to: str | None = Field(None, description="First date or instant on which it no longer does.")


class RuleTestShape(Shape):
    """A small log and the verdict that the rule must reach on it."""

    name: str = Field(description="What the test shows.")
    events: list[dict[str, Any]] = Field(description="One mapping per event: `{event.name: offset, field: value}`.")
    expect: Literal["met", "violated", "pending", "undetermined", "exempt", "none"] | dict[str, int] = Field(
        description="The verdict of every activation, `none` for no activation, or counts by verdict."
    )
    as_of: str | None = Field(None, description="The moment of judgement as an offset; default: the last event.")
    covers: Texts | None = Field(None, description="The events that the log can record; default: the whole vocabulary.")


class RuleShape(Shape):
    """One duty: when it activates, exactly one obligation, qualifiers."""

    id: Name = Field(description="Stable name of the rule, unique in a run.")
    title: str = Field("", description="The duty in one line.")
    why: str = Field("", description="The harm or failure that the rule guards against.")
    severity: Literal["critical", "high", "medium", "low", "info"] = Field(
        "medium", description="How grave a violation is."
    )
    basis: BasisShape | None = Field(None, description="Where the duty comes from and who chose its deadline.")
    refs: Texts | None = Field(None, description="Sources: article, section, page.")
    effective: EffectiveShape | None = Field(None, description="When the rule is in force.")
    jurisdiction: Texts | None = Field(None, description="Activates only on reports of these jurisdictions.")
    when: When = Field(description="What activates the rule.")
    assert_: Where | None = Field(None, alias="assert", description="True of the activating event.")
    followed_by: Annotated[FollowedShape, BeforeValidator(_pattern), _Or(_SHORT)] | None = Field(
        None, description="Must happen at or after the activation: `within` a time, `before` something, or both."
    )
    preceded_by: Target | None = Field(None, description="Must have happened at or before the activation.")
    accompanied_by: Annotated[NearShape, BeforeValidator(_pattern)] | None = Field(
        None, description="Must happen within a time on either side."
    )
    not_followed_by: Target | None = Field(None, description="Must not happen after the activation.")
    not_preceded_by: Target | None = Field(None, description="Must not have happened before the activation.")
    not_accompanied_by: Target | None = Field(None, description="Must not happen near it, or in the subject at all.")
    unless: Pattern_ | None = Field(None, description="Exempt when this happens inside the obligation's window.")
    per: Per | None = Field(None, description="The events that share this key are one subject; default report_id.")
    tests: list[RuleTestShape] | None = Field(None, description="Small logs with the expected verdict.")


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
    rules: list[RuleShape] = Field(description="The rules, in the order of the report.")


class PackHead(PackShape):
    """The same keys with the rules unread, so that a mistake in one rule hides nothing in the others."""

    rules: list[Any] = Field(description="The rules.")


OBLIGATIONS = (
    "assert",
    "followed_by",
    "preceded_by",
    "accompanied_by",
    "not_followed_by",
    "not_preceded_by",
    "not_accompanied_by",
)
