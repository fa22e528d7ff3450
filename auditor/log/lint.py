"""Mistakes in a mapping that need no log to be seen."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from auditor.base.diagnostics import Diagnostic
from auditor.base.suggest import did_you_mean
from auditor.base.zones import is_zone, zones
from auditor.log.mapping import LoadedMapping, Steps
from auditor.log.plan import EVENT_ID, definition
from auditor.log.schema import FIELDS, RESERVED, VOCABULARY
from auditor.log.spec import IGNORE, EventName, FieldSpec, JsonArray, Mapping, Opinion, Part, TimeSpec, When
from auditor.log.times import bad_format

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_EVENT = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")


def mistakes(mapping: LoadedMapping) -> list[Diagnostic]:
    """Every mistake in a mapping whose shape is right."""
    return list(_Linter(mapping).run())


class _Linter:
    def __init__(self, mapping: LoadedMapping) -> None:
        self.mapping = mapping
        self.model: Mapping = mapping.model
        self.known = {*VOCABULARY, *self.model.names}
        # the engine takes `a` and `A` for one column; `category_raw` is made beside `category`
        self.folded = {name: name for name in (*FIELDS, *RESERVED, "category_raw")}

    def run(self) -> Iterator[Diagnostic]:
        model, at = self.model, self.mapping.diagnostic
        if model.timezone is not None and not is_zone(model.timezone):
            yield at(
                "unknown-timezone",
                f"unknown time zone `{model.timezone}`",
                ("timezone",),
                did_you_mean(model.timezone, zones()) or "use an IANA name such as Europe/Paris",
            )
        for i, name in enumerate(model.names):
            if not _EVENT.match(name):
                yield at(
                    "event-name",
                    f"`{name}` is not an event name",
                    ("names", i),
                    "lower-case words joined by a dot, such as case.transferred",
                )
        for i, name in enumerate(model.covers or []):
            yield from self.event(name, ("covers", i))
        if model.observed_from and model.observed_until and model.observed_from > model.observed_until:
            yield at("observed-order", "`observed_from` lies after `observed_until`", ("observed_from",))
        for key in sorted(model.given("event", "time", "events", "source", "asserted")) if model.sources else ():
            yield self.mapping.at_key("shape", f"`{key}` stands beside `sources`", (key,), "move it into a source")
        yield from self.fields(model.fields, ("fields",))
        yield from self.part(model, ())
        for name, part in model.sources.items():
            yield from self.part(part, ("sources", name))
            yield from self.fields(part.fields, ("sources", name, "fields"))
        yield from self.agreement()
        yield from self.opinions()

    def part(self, part: Part, steps: Steps) -> Iterator[Diagnostic]:
        if part.events and (part.event or part.time):
            key = "event" if part.event else "time"
            yield self.mapping.at_key(
                "shape",
                f"`{key}` and `events` cannot stand together",
                (*steps, key),
                "an event table has `event` and `time`; a case table has `events`, each with its time",
            )
        if part.event:
            yield from self.event_name(part.event, (*steps, "event"))
        if part.time:
            yield from self.time(part.time, (*steps, "time"))
            if part.time.optional:
                why = "the time of an event table cannot be optional"
                yield self.mapping.at_key("optional-time", why, (*steps, "time", "optional"))
        for name, entry in part.events.items():
            here = (*steps, "events", name)
            yield from self.event(name, here, key=True)
            yield from self.time(entry.time, (*here, "time"))
            yield from self.fields(entry.fields, here)
            if entry.when:
                yield from self.when(entry.when, (*here, "when"))
        for name, opinion in part.asserted.items():
            yield from self.opinion(name, opinion, (*steps, "asserted", name))

    def opinion(self, name: str, spec: Opinion, here: Steps) -> Iterator[Diagnostic]:
        if not _NAME.match(name):
            yield self.mapping.at_key("field-name", f"`{name}` is not a name", here)
        other = self.folded.setdefault(f"asserted_{name.lower()}", name)
        if other != name:
            yield self.mapping.at_key("field-name", f"`{other}` and `{name}` differ only in case", here)
        if bool(spec.met) != bool(spec.violated) or [] in (spec.met, spec.violated):
            help = "state the words for both; a cell that holds neither counts as unread"
            yield self.mapping.diagnostic("asserted-words", "`met` and `violated` stand together", here, help)
        overlap = set(spec.met or []) & set(spec.violated or [])
        if overlap:
            yield self.mapping.diagnostic("asserted-words", f"`{min(overlap)}` is both met and violated", here)
        if spec.rules == []:
            help = "leave `rules` out for all rules that have a deadline"
            yield self.mapping.diagnostic("asserted-rules", "`rules` names no rule", (*here, "rules"), help)

    def event(self, name: str, steps: Steps, *, key: bool = False) -> Iterator[Diagnostic]:
        if name in self.known:
            return
        help = did_you_mean(name, self.known) or "list an event of your own under `names`"
        at = self.mapping.at_key if key else self.mapping.diagnostic
        yield at("unknown-event", f"unknown event `{name}`", steps, help)

    def event_name(self, spec: EventName, steps: Steps) -> Iterator[Diagnostic]:
        if (spec.column is None) == (spec.columns is None) or spec.columns == []:
            yield self.mapping.diagnostic("event-columns", "`event` needs either `column` or `columns`", steps)
        for value, name in (spec.values or {}).items():
            yield from self.event(name, (*steps, "values", value))
        if spec.otherwise is not None and spec.otherwise != IGNORE:
            yield from self.event(spec.otherwise, (*steps, "else"))

    def when(self, when: When, steps: Steps) -> Iterator[Diagnostic]:
        if (when.values is None) == (when.json_array is None):
            yield self.mapping.diagnostic("when-values", "`when` needs either `values` or `json_array`", steps)

    def time(self, spec: TimeSpec, steps: Steps) -> Iterator[Diagnostic]:
        if spec.format is not None:
            wrong = bad_format(spec.format)
            if wrong:
                yield self.mapping.diagnostic("time-format", wrong, (*steps, "format"))
            elif spec.snowflake is not None:
                yield self.mapping.diagnostic("time-format", "a snowflake has no format", (*steps, "format"))
            elif "%z" in spec.format and spec.precision not in (None, "second"):
                yield self.mapping.diagnostic(
                    "time-precision", "a precision cannot be stated for a format with %z", (*steps, "precision")
                )
        if spec.snowflake is not None and spec.precision not in (None, "second"):
            yield self.mapping.diagnostic("time-precision", "a snowflake is exact", (*steps, "precision"))

    def fields(self, fields: dict[str, FieldSpec | None], steps: Steps) -> Iterator[Diagnostic]:
        for name, spec in fields.items():
            here = (*steps, name)
            other = self.folded.setdefault(name.lower(), name)
            if other != name:
                yield self.mapping.at_key("field-name", f"the fields `{other}` and `{name}` differ only in case", here)
                continue
            yield from self.field_name(name, spec, here)
            if spec:
                yield from self.field(name, spec, here)

    def field_name(self, name: str, spec: FieldSpec | None, here: Steps) -> Iterator[Diagnostic]:
        reserved = name in RESERVED and name != EVENT_ID
        if reserved or name.lower().startswith("asserted_") or not _NAME.match(name) or keyword.iskeyword(name):
            why = "is kept by the log itself" if reserved else "cannot be the name of a field"
            yield self.mapping.at_key(
                "field-name",
                f"`{name}` {why}",
                here,
                "letters, digits and underscores, and no word of the rule language",
            )
            return
        declared = spec is None or bool(spec.given("type", "scope"))
        if name in FIELDS or name == EVENT_ID:
            if (spec and spec.given("scope")) or (spec and spec.type not in (None, self._type(name))):
                yield self.mapping.at_key(
                    "field-type", f"`{name}` is a canonical field: its type and scope are fixed", here
                )
        elif not declared:
            close = did_you_mean(name, [*FIELDS, EVENT_ID], limit=0)
            help = f"{close} A column of your own states its type: `{{column: …, type: text}}`".strip()
            yield self.mapping.at_key("unknown-field", f"`{name}` is not a canonical field", here, help)

    def field(self, name: str, spec: FieldSpec, here: Steps) -> Iterator[Diagnostic]:
        at = self.mapping.diagnostic
        target = definition(name, spec)
        if (spec.column is None) == ("value" not in spec.model_fields_set):
            yield at("field-source", f"`{name}` needs either `column` or `value`", here)
        if spec.given("true", "false") and target.type != "bool":
            yield at("field-keys", f"`true` and `false` belong to a bool; `{name}` is {target.type}", here)
        if spec.given("values") and target.type != "text":
            yield at("field-keys", f"`values` belong to a text; `{name}` is {target.type}", here)
        if "otherwise" in spec.model_fields_set and not spec.given("values", "true", "false"):
            yield at("field-keys", "`else` needs `values`, or `true` and `false`", here)
        if spec.format is not None:
            wrong = bad_format(spec.format) if target.type == "instant" else "`format` belongs to an instant"
            if wrong:
                yield at("time-format", wrong, (*here, "format"))
        if isinstance(spec.json_array, JsonArray) and target.type != "bool":
            yield at("field-keys", f"`json_array: {{contains: …}}` gives a bool; `{name}` is {target.type}", here)
        if spec.extract is not None:
            yield from self.extract(spec.extract, (*here, "extract"))
        overlap = set(spec.true or []) & set(spec.false or [])
        if overlap:
            yield at("field-keys", f"`{min(overlap)}` is both true and false", here)
        yield from self.closed_values(name, spec, here)

    def closed_values(self, name: str, spec: FieldSpec, here: Steps) -> Iterator[Diagnostic]:
        target = definition(name, spec)
        allowed = set(target.values)
        if target.type == "bool":
            allowed = {"true", "false"}
        if not allowed:
            return
        stated: list[tuple[str | None, Steps]] = [(v, (*here, "values", k)) for k, v in (spec.values or {}).items()]
        stated += [(spec.otherwise, (*here, "else")), (spec.value, (*here, "value"))]
        for value, steps in stated:
            if value is not None and value not in allowed:
                yield self.mapping.diagnostic(
                    "unknown-value",
                    f"`{value}` is not a value of `{name}`",
                    steps,
                    did_you_mean(value, allowed, limit=20),
                )

    def extract(self, pattern: str, steps: Steps) -> Iterator[Diagnostic]:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            yield self.mapping.diagnostic("extract-pattern", f"not a regular expression: {error}", steps)
            return
        if groups != 1:
            yield self.mapping.diagnostic(
                "extract-pattern",
                f"the pattern needs one group; it has {groups}",
                steps,
                "put round brackets around the id, and (?:…) around other groups",
            )

    def agreement(self) -> Iterator[Diagnostic]:
        """A field of one's own has one type and scope in the whole mapping."""
        seen: dict[str, object] = {}
        for steps, fields in self._all_fields():
            for name, spec in fields.items():
                if (
                    spec
                    and name not in FIELDS
                    and seen.setdefault(name, definition(name, spec)) != definition(name, spec)
                ):
                    yield self.mapping.at_key(
                        "field-type", f"`{name}` has another type or scope elsewhere", (*steps, name)
                    )

    def opinions(self) -> Iterator[Diagnostic]:
        """An opinion is about the same rules in the whole mapping."""
        seen: dict[str, object] = {}
        for source, part in self.model.sources.items():
            for name, spec in part.asserted.items():
                if seen.setdefault(name, spec.rules) != spec.rules:
                    steps = ("sources", source, "asserted", name)
                    yield self.mapping.at_key("asserted-rules", f"`{name}` is about other rules elsewhere", steps)

    def _all_fields(self) -> Iterator[tuple[Steps, dict[str, FieldSpec | None]]]:
        for steps, part in [((), self.model), *((("sources", n), p) for n, p in self.model.sources.items())]:
            yield (*steps, "fields"), part.fields
            for name, entry in part.events.items():
                yield (*steps, "events", name), entry.fields

    @staticmethod
    def _type(name: str) -> str:
        return FIELDS[name].type if name in FIELDS else "text"
