"""The mapping file as a model: what each key means and what it may hold (reference: `docs/log.md`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from auditor.log.schema import FieldType, Scope

Precision = Literal["second", "minute", "hour", "day", "month"]
Format = Literal["csv", "tsv", "jsonl", "json", "parquet"]
IGNORE = "ignore"


def _text(value: Any) -> Any:
    """A YAML scalar as the text that a log holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def _texts(value: Any) -> Any:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, (str, int)) else value


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[list[str], BeforeValidator(_texts)]


class Strict(BaseModel):
    """Frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def given(self, *names: str) -> set[str]:
        """Which of these keys the file states."""
        return self.model_fields_set & set(names)


class JsonArray(Strict):
    """A JSON array in a cell: whether it holds a value."""

    contains: Text


class FieldSpec(Strict):
    """Where a field's value comes from."""

    column: Text | None = None
    value: Text | None = None
    values: dict[str, Text | None] | None = None
    otherwise: Text | None = Field(default=None, alias="else")
    true: Texts | None = None
    false: Texts | None = None
    type: FieldType | None = None
    scope: Scope | None = None
    format: str | None = None
    json_array: JsonArray | Literal["first"] | None = None
    extract: str | None = None
    optional: bool = False


class Snowflake(Strict):
    """An id whose upper bits are milliseconds since `epoch_ms`."""

    epoch_ms: int


class TimeSpec(Strict):
    """When an event happened: a column, how it is written, and how precise it is."""

    column: Text
    format: str | None = None
    precision: Precision | None = None
    latest: Text | None = None
    snowflake: Literal["discord", "twitter"] | Snowflake | None = None
    optional: bool = False


class EventName(Strict):
    """An event table's names: one column, or several joined."""

    column: Text | None = None
    columns: list[Text] | None = None
    join: str = "/"
    values: dict[str, Text] | None = None
    otherwise: Text | None = Field(default=None, alias="else")


class When(Strict):
    """A condition on a cell; the event happened only where it holds."""

    column: Text
    values: Texts | None = None
    json_array: JsonArray | None = None


class Opinion(Strict):
    """The source's own verdict: its column, its words for met and violated, and the rules that it is about."""

    column: Text
    met: Texts | None = None
    violated: Texts | None = None
    rules: list[str] | None = None


AsField = Annotated[FieldSpec | None, BeforeValidator(_as_column)]
AsTime = Annotated[TimeSpec, BeforeValidator(_as_column)]
AsEvent = Annotated[EventName, BeforeValidator(_as_column)]
AsOpinion = Annotated[Opinion, BeforeValidator(_as_column)]


class EventEntry(Strict):
    """One event that a row of a case table can yield: its time, condition and own fields."""

    time: AsTime
    when: When | None = None
    fields: dict[str, AsField] = {}

    @model_validator(mode="before")
    @classmethod
    def _own_fields(cls, data: Any) -> Any:
        """Every key beside `time` and `when` is a field."""
        if isinstance(data, (str, int)):
            return {"time": data}
        if not isinstance(data, dict):
            return data
        own = {key: value for key, value in data.items() if key not in ("time", "when")}
        known = {key: value for key, value in data.items() if key in ("time", "when")}
        return {**known, "fields": own}


class Source(Strict):
    """How the files are written."""

    format: Format | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Literal["utf-8"] = "utf-8"


class Part(Strict):
    """The events of one kind of file."""

    event: AsEvent | None = None
    time: AsTime | None = None
    events: dict[str, EventEntry] = {}
    fields: dict[str, AsField] = {}
    asserted: dict[str, AsOpinion] = {}
    source: Source = Source()


class NamedPart(Part):
    """One of several kinds of file, told apart by the pattern of the file's name."""

    files: str


class Mapping(Part):
    """A whole mapping."""

    timezone: str | None = None
    nulls: Texts = []
    names: list[str] = []
    covers: list[str] | None = None
    observed_from: AwareDatetime | None = None
    observed_until: AwareDatetime | None = None
    sources: dict[str, NamedPart] = {}

    def parts(self) -> list[tuple[str | None, Part]]:
        """(file name pattern, part) for each kind of file; shared fields are filled in."""
        if not self.sources:
            return [(None, self)]
        return [
            (part.files, part.model_copy(update={"fields": {**self.fields, **part.fields}}))
            for part in self.sources.values()
        ]


def naive_utc(moment: datetime | None) -> datetime | None:
    """An instant as the engine keeps it: UTC, without zone."""
    from datetime import UTC

    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)
