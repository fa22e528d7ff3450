"""A mapping against the columns of a log, and what the log is then able to record."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import timedelta

from auditor.base.diagnostics import Diagnostic, DiagnosticsError, Place, UnusableError
from auditor.base.suggest import did_you_mean
from auditor.log.log import EventProfile
from auditor.log.mapping import LoadedMapping, Steps, steps_of
from auditor.log.plan import definition
from auditor.log.profile import Counted, Profiled
from auditor.log.scans import Scan
from auditor.log.schema import EVENT, ID_FIELDS, TIME
from auditor.log.spec import FieldSpec, Mapping, Part, TimeSpec, naive_utc
from auditor.log.times import readable_kind

FAR = timedelta(days=366)  # a newest time that is later than all others by more is perhaps a mistake


@dataclass(frozen=True)
class Named:
    """A column that a part names, and where; `every`: each row needs it, `happened`: a time that says so."""

    column: str
    steps: Steps
    every: bool = False
    happened: bool = False
    optional: bool = False


def columns(part: Part, full: Part, scans: Map[int, Scan], mapping: LoadedMapping) -> tuple[str, ...]:
    """Notes on columns that some files lack; what is made of them is missing there.

    `full` is the part with its canonical columns.  Raises DiagnosticsError for every column that the mapping names and
    no file has, and for those that no file may lack: event name and time of an event table, and the times of a case
    table, unless its records simply leave out what they have no value for.
    """
    found: list[Diagnostic] = []
    notes: dict[str, str] = {}
    root = steps_of(part, mapping.model)
    stated = {one.column for one in named(part, mapping.model, root)}
    for one in named(full, mapping.model, root):
        without = [scan for scan in scans.values() if not scan.has(one.column)]
        needed = [scan for scan in without if one.every or (one.happened and not scan.sparse)]
        if not without or one.optional:
            continue
        if needed or len(without) == len(scans):
            first = (needed or without)[0]
            help = did_you_mean(one.column, first.names)
            if one.column not in stated:
                message = f"this file has no column `{one.column}`, which others have"
                found.append(Diagnostic("missing-column", message, Place(first.label), help))
                continue
            whose = f"{first.label} has no" if needed or len(scans) == 1 else f"none of the {len(scans)} files has a"
            if not one.every:
                help = f"{help}{'' if help.endswith('?') or not help else '.'} `optional: true` lets exports lack it"
            message = f"{whose} column `{one.column}`"
            found.append(mapping.diagnostic("missing-column", message, one.steps, help.strip()))
        else:
            notes[one.column] = _lacking(one.column, without, len(scans))
    if found:
        raise DiagnosticsError(found)
    return tuple(notes.values())


def _lacking(column: str, without: list[Scan], files: int) -> str:
    labels = ", ".join(scan.label for scan in without[:3]) + (", …" if len(without) > 3 else "")
    return f"{len(without)} of {files} files ({labels}) lack the column `{column}`: its values are missing there"


def named(part: Part, model: Mapping, root: Steps) -> Iterator[Named]:
    """Every column that a part names, and where."""
    if part.event:
        listed = part.event.columns
        if listed is not None:
            for number, column in enumerate(listed):
                yield Named(column, (*root, "event", "columns", number), every=True)
        elif part.event.column is not None:
            yield Named(part.event.column, (*root, "event", "column"), every=True)
    if part.time:
        yield from _time(part.time, (*root, "time"), every=True)
    for name, spec in part.fields.items():
        shared = root and name in model.fields and spec is model.fields[name]
        yield from _field(spec, (*(() if shared else root), "fields", name))
    for event, entry in part.events.items():
        here = (*root, "events", event)
        yield from _time(entry.time, (*here, "time"), every=False)
        if entry.when:
            yield Named(entry.when.column, (*here, "when", "column"))
        for name, spec in entry.fields.items():
            yield from _field(spec, (*here, name))
    for name, opinion in part.asserted.items():
        yield Named(opinion.column, (*root, "asserted", name, "column"))


def _time(spec: TimeSpec, steps: Steps, *, every: bool) -> Iterator[Named]:
    yield Named(spec.column, (*steps, "column"), every, not every, spec.optional)
    if spec.latest is not None:
        yield Named(spec.latest, (*steps, "latest"), optional=spec.optional)


def _field(spec: FieldSpec | None, steps: Steps) -> Iterator[Named]:
    if spec and spec.column is not None:
        yield Named(spec.column, (*steps, "column"), optional=spec.optional)


def usable(part: Part, kinds: Map[str, str], scans: Map[int, Scan], mapping: LoadedMapping) -> None:
    """Raise when the events of a part cannot be made: no event name, no time, no id, or a column of the wrong type."""
    first = next(iter(scans.values()))
    place = Place(first.label)
    root = steps_of(part, mapping.model)
    if not part.events:
        for what, spec in ((EVENT, part.event), (TIME, part.time)):
            if spec is None:
                close = did_you_mean(what, first.names, limit=30)
                ways = f"`{what}: COLUMN`, or `events: {{NAME: TIME COLUMN}}` where a row is a whole case"
                raise UnusableError(
                    "unmapped-log",
                    f"no column `{what}`, and the mapping does not say which it is",
                    place=place,
                    help=f"{close}; state it in a mapping (-m): {ways}".lstrip("; "),
                )
    ids = {name for name in ID_FIELDS if part.fields.get(name)}
    ids |= {name for entry in part.events.values() for name in ID_FIELDS if entry.fields.get(name)}
    if not ids:
        raise UnusableError(
            "no-id-column",
            "no column gives an id",
            place=place,
            help="state one in the mapping: `fields: {report_id: COLUMN}`",
        )
    found: list[Diagnostic] = []
    for steps, spec in _times(part, root):
        for column in filter(None, (spec.column, spec.latest)):
            if not readable_kind(kinds[column], spec):
                message = f"the column `{column}` holds {kinds[column].lower()}, which is no time by itself"
                found.append(mapping.diagnostic("time-type", message, steps, "state `format: epoch_s` or `epoch_ms`"))
    if found:
        raise DiagnosticsError(found)


def _times(part: Part, root: Steps) -> Iterator[tuple[Steps, TimeSpec]]:
    if part.time:
        yield (*root, "time"), part.time
    for event, entry in part.events.items():
        yield (*root, "events", event, "time"), entry.time
    for name, spec in part.fields.items():
        if spec and spec.column and definition(name, spec).type == "instant":
            yield (*root, "fields", name), TimeSpec(column=spec.column, format=spec.format)


def covers(mapping: LoadedMapping, profile: Map[str, EventProfile]) -> frozenset[str]:
    """The events that the source can record: as stated, else those of the case tables and those that occur."""
    model = mapping.model
    if model.covers is None:
        return frozenset(event for _, part in model.parts() for event in part.events) | frozenset(profile)
    return frozenset(model.covers)


def notes(model: Mapping, found: Profiled, counts: Counted) -> tuple[str, ...]:
    """Warnings in plain words."""
    told: list[str] = []
    if model.covers is not None:
        beyond = sorted(set(found.profile) - set(model.covers))
        if beyond:
            told.append(f"the log holds events that `covers` leaves out: {', '.join(beyond)}")
    until = naive_utc(model.observed_until)
    if until is not None and found.newest is not None and found.newest > until:
        told.append(f"the newest time ({found.newest.isoformat()}) lies after `observed_until`")
    gap = found.newest - found.before_newest if found.newest and found.before_newest else FAR
    if until is None and gap > FAR:
        told.append(
            f"the newest time ({found.newest:%Y-%m-%d}) lies {gap.days:,} days after the one before it and ends what "
            "was observed; if it is a mistake, state `observed_until` in the mapping"
        )
    start = naive_utc(model.observed_from)
    first = min((item.first for item in found.profile.values()), default=None)
    if start is not None and first is not None and first < start:
        told.append(f"the oldest event ({first.isoformat()}) lies before `observed_from`")
    if counts.ignored:
        told.append(f"rows that name events which the mapping leaves out: {sum(counts.ignored.values()):,}")
    return tuple(told)
