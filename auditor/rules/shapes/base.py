"""What all shapes share: strict models, and texts with a meaning of their own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema

DURATION = r"^\s*([0-9]+\s*[A-Za-z]+|params\.\w+)\s*$"
LENGTH = r"^\s*[0-9]+\s*[A-Za-z]+\s*$|\b(params|trigger)\.\w+"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
SHARE = r"^\s*[0-9]+(\.[0-9]+)?\s*%\s*$|^\s*params\.\w+\s*$"


class Shape(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Or:
    """Adds a short form to the JSON Schema of a field."""

    def __init__(self, short: dict[str, Any]) -> None:
        self.short = short

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [self.short, handler(core)]}


class OrOne:
    """Adds the items of a list to its JSON Schema: one stands for a list of one."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(core)
        return {"anyOf": [several["items"], several]}


def listed(value: Any) -> Any:
    """One text stands for a list of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], Field(min_length=1), BeforeValidator(listed), Or({"type": "string"})]
Name = Annotated[str, Field(pattern=NAME)]
Length = Annotated[str, Field(json_schema_extra={"pattern": LENGTH})]
Span = Annotated[str, Field(json_schema_extra={"pattern": DURATION})]
Share = Annotated[str | int | float, WithJsonSchema({"type": "string", "pattern": SHARE})]
