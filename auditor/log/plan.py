"""A part of a mapping, resolved against the columns of a source: what to load, compute and check."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.log import sql
from auditor.log.cells import Cells, Value, contains, not_array, value
from auditor.log.schema import EVENT, FIELDS, ID_FIELDS, TIME, TIME_LATEST, VOCABULARY, Field
from auditor.log.spec import IGNORE, EventName, FieldSpec, Opinion, Part, TimeSpec, When
from auditor.log.times import Check, Interval, Layers, interval

EVENT_ID = "event_id"
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")  # of the source's own verdict, in any case


@dataclass(frozen=True)
class Entry:
    """One event that a row can yield."""

    event: str  # expression: a literal, or the alias of the name
    time: Interval
    condition: str | None
    values: Map[str, Value]
    event_id: Value | None
    number: int
    columns: frozenset[str]  # the source columns that the event is made of


@dataclass
class Plan:
    """Everything that a query over one source needs."""

    cells: Cells
    layers: Layers = field(default_factory=Layers)
    entries: list[Entry] = field(default_factory=list)
    computed: dict[str, str] = field(default_factory=dict)  # columns of the row table beside the cells
    values: dict[str, Value] = field(default_factory=dict)  # by alias, shared between entries
    asserted: dict[str, str] = field(default_factory=dict)  # column of `events` → expression
    ignore: str | None = None  # condition: the mapping leaves this row out
    fields: dict[str, Field] = field(default_factory=dict)
    several: bool = False  # whether a row can yield several events
    notes: list[str] = field(default_factory=list)


def definition(name: str, spec: FieldSpec) -> Field:
    """The field that a mapping's key stands for."""
    if name in FIELDS:
        return FIELDS[name]
    implied = "bool" if spec.true or spec.false or not isinstance(spec.json_array, (str, type(None))) else "text"
    return Field(name, spec.type or implied, spec.scope or "event")  # type: ignore[arg-type]


def with_canonical(part: Part, columns: Map[str, str]) -> Part:
    """The part with every canonical column of the source filled in."""
    fields = dict(part.fields)
    own = {name for entry in part.events.values() for name in entry.fields}
    added = [name for name in (*FIELDS, EVENT_ID) if name in columns and name not in fields and name not in own]
    fields |= {name: FieldSpec(column=name) for name in added}
    update: dict[str, object] = {"fields": fields}
    if not part.events:
        if part.event is None and EVENT in columns:
            update["event"] = EventName(column=EVENT)
        if part.time is None and TIME in columns:
            latest = TIME_LATEST if TIME_LATEST in columns else None
            update["time"] = TimeSpec(column=TIME, latest=latest)
    return part.model_copy(update=update)


def columns_of(part: Part) -> set[str]:
    """Every source column that a part names."""
    specs = [spec for spec in part.fields.values() if spec]
    times = [part.time] if part.time else []
    named: set[str | None] = {opinion.column for opinion in part.asserted.values()}
    for entry in part.events.values():
        specs += [spec for spec in entry.fields.values() if spec]
        times.append(entry.time)
        named.add(entry.when.column if entry.when else None)
    named |= {spec.column for spec in specs} | {time.column for time in times} | {time.latest for time in times}
    if part.event:
        named |= {part.event.column, *(part.event.columns or [])}
    return {name for name in named if name is not None}


def build(part: Part, kinds: Map[str, str], zone: str | None, names: frozenset[str]) -> Plan:
    """The plan for a part whose canonical columns are filled in; `names` are the declared event names."""
    plan = Plan(Cells(kinds))
    shared = {name: spec for name, spec in part.fields.items() if spec}
    opinions = [opinion.column for opinion in part.asserted.values()]
    if part.events:
        plan.several = len(part.events) > 1
        for number, (event, entry) in enumerate(part.events.items()):
            own = {name: spec for name, spec in entry.fields.items() if spec}
            condition = _condition(plan, entry.when) if entry.when else None
            also = [*opinions, *([entry.when.column] if entry.when else [])]
            _entry(plan, number, sql.text(event), entry.time, condition, {**shared, **own}, set(own), zone, also)
    else:
        assert part.event is not None  # noqa: S101 - checked with the columns
        assert part.time is not None  # noqa: S101
        event = _event_name(plan, part.event, names)
        named = [*opinions, *(part.event.columns or [part.event.column or EVENT])]
        _entry(plan, 0, event, part.time, None, shared, set(), zone, named)
        raw = plan.cells.raw(part.time.column)
        plan.layers.checks.append(Check("no_time", part.time.column, f"{raw} IS NULL", raw))
    for name, opinion in part.asserted.items():
        plan.asserted[f"asserted_{name}"] = _opinion(plan.cells.text(opinion.column), opinion)
    _need_id(plan)
    return plan


def _entry(
    plan: Plan, number: int, event: str, time: TimeSpec, condition: str | None,
    specs: dict[str, FieldSpec], own: set[str], zone: str | None, columns: Sequence[str],
) -> None:  # fmt: skip
    cells, layers = plan.cells, plan.layers
    found = interval(layers, f"t{number}", cells.raw(time.column), cells.kind(time.column), time, zone)
    if time.latest is not None:
        later = time.model_copy(update={"column": time.latest, "latest": None})
        end = interval(layers, f"u{number}", cells.raw(time.latest), cells.kind(time.latest), later, zone).end
        order = Check("impossible_time_order", time.latest, f"{end} < {found.start}", cells.raw(time.latest))
        layers.checks.append(order)
        plan.computed[f"l{number}"] = f"make_timestamp(greatest({found.end}, coalesce({end}, {found.end})))"
    elif found.end != found.start:
        plan.computed[f"l{number}"] = f"make_timestamp({found.end})"
    plan.computed[f"t{number}"] = f"make_timestamp({found.start})"
    values: dict[str, Value] = {}
    for name, spec in specs.items():
        alias = f"v{number}_{name}" if name in own else f"v_{name}"
        if alias not in plan.values:
            plan.values[alias] = _value(plan, alias, name, spec, zone)
        values[name] = plan.values[alias]
        if name == "category" and spec.values is not None and spec.column and "category_raw" not in specs:
            plan.fields["category_raw"] = Field("category_raw", scope="learned")
            values["category_raw"] = Value(cells.text(spec.column))
    event_id = values.pop(EVENT_ID, None)
    made_of = {time.column, time.latest, *columns, *(spec.column for spec in specs.values())} - {None}
    plan.entries.append(Entry(event, found, condition, values, event_id, number, frozenset(map(str, made_of))))


def _value(plan: Plan, alias: str, name: str, spec: FieldSpec, zone: str | None) -> Value:
    target = definition(name, spec)
    if name != EVENT_ID:
        plan.fields[name] = target
    made = value(plan.cells, plan.layers, alias, spec, target, zone)
    if made.plain:
        return made
    plan.computed[alias] = made.sql
    return Value(alias)


def _event_name(plan: Plan, spec: EventName, names: frozenset[str]) -> str:
    columns = spec.columns or [spec.column or EVENT]
    cells = [plan.cells.text(column) for column in columns]
    joined = f" || {sql.text(spec.join)} || ".join(f"coalesce({cell}, '')" for cell in cells)
    text = cells[0] if len(cells) == 1 else f"({joined})"
    raw = plan.cells.raw(columns[0])
    values: dict[str, str | None] = dict(spec.values or {})
    known = sql.texts({*values} if spec.values is not None else {*VOCABULARY, *names})
    unknown = f"({text} IS NULL OR {text} NOT IN {known})"
    otherwise = "NULL"
    if spec.otherwise == IGNORE:
        plan.ignore = unknown
    elif spec.otherwise is not None:
        otherwise = sql.text(spec.otherwise)
    else:
        plan.layers.checks.insert(0, Check("unknown_event", " + ".join(columns), unknown, text))
    if spec.values is None and spec.otherwise is None and len(cells) == 1 and text == raw:
        return raw
    kept = text if spec.values is None else otherwise
    if spec.values is None and otherwise != "NULL":
        kept = f"CASE WHEN {unknown} THEN {otherwise} ELSE {text} END"
    plan.computed["e0"] = sql.case(text, values, kept)
    plan.layers.heavy |= bool(values)
    return "e0"


def _condition(plan: Plan, when: When) -> str:
    raw, text = plan.cells.raw(when.column), plan.cells.text(when.column)
    if when.json_array is not None:
        plan.layers.checks.append(not_array(when.column, text, raw))
        return contains(text, when.json_array)
    return f"{text} IN {sql.texts(when.values or [])}"


def _opinion(text: str, spec: Opinion) -> str:
    """A cell as `met`, `violated` or, where it holds another text, `unread`."""
    words = (spec.met, spec.violated) if spec.met and spec.violated else (YES, NO)
    subject = text if spec.met else f"lower({text})"
    met, violated = (f"{subject} IN {sql.texts(some)}" for some in words)
    return f"CASE WHEN {met} THEN 'met' WHEN {violated} THEN 'violated' WHEN {text} IS NOT NULL THEN 'unread' END"


def _need_id(plan: Plan) -> None:
    """Every event needs a reference: a row is rejected when one of its events has none."""
    for entry in plan.entries:
        ids = [entry.values[name].sql for name in ID_FIELDS if name in entry.values]
        missing = " AND ".join(f"({id}) IS NULL" for id in ids) or "true"
        plan.layers.checks.append(
            Check(
                "no_id",
                ", ".join(n for n in ID_FIELDS if n in entry.values),
                f"t{entry.number} IS NOT NULL AND {missing}",
                None,
            )
        )
