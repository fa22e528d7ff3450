"""A mapping against the columns of a log, and what the log is then able to record."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
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


def columns(part: Part, scans: Map[int, Scan], mapping: LoadedMapping) -> None:
    """Raise for every column that the mapping names and a file does not have."""
    found: list[Diagnostic] = []
    root = steps_of(part, mapping.model)
    for steps, column in named(part, mapping.model, root):
        without = [scan for scan in scans.values() if not scan.has(column)]
        if without:
            message = f"{without[0].label} has no column `{column}`"
            found.append(mapping.diagnostic("missing-column", message, steps, did_you_mean(column, without[0].names)))
    if found:
        raise DiagnosticsError(found)


def named(part: Part, model: Mapping, root: Steps) -> Iterator[tuple[Steps, str]]:
    """Every column that a part names, and where."""
    if part.event:
        listed = part.event.columns
        if listed is not None:
            yield from (((*root, "event", "columns", i), column) for i, column in enumerate(listed))
        elif part.event.column is not None:
            yield (*root, "event", "column"), part.event.column
    if part.time:
        yield from _time(part.time, (*root, "time"))
    for name, spec in part.fields.items():
        shared = root and name in model.fields and spec is model.fields[name]
        yield from _field(spec, (*(() if shared else root), "fields", name))
    for event, entry in part.events.items():
        here = (*root, "events", event)
        yield from _time(entry.time, (*here, "time"))
        if entry.when:
            yield (*here, "when", "column"), entry.when.column
        for name, spec in entry.fields.items():
            yield from _field(spec, (*here, name))
    yield from (((*root, "asserted", name), column) for name, column in part.asserted.items())


def _time(spec: TimeSpec, steps: Steps) -> Iterator[tuple[Steps, str]]:
    yield (*steps, "column"), spec.column
    if spec.latest is not None:
        yield (*steps, "latest"), spec.latest


def _field(spec: FieldSpec | None, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if spec and spec.column is not None:
        yield (*steps, "column"), spec.column


def usable(part: Part, kinds: Map[str, str], scans: Map[int, Scan], mapping: LoadedMapping) -> None:
    """Raise when the events of a part cannot be made: no event name, no time, no id, or a column of the wrong type."""
    first = next(iter(scans.values()))
    place = Place(first.label)
    root = steps_of(part, mapping.model)
    if not part.events:
        for what, spec in ((EVENT, part.event), (TIME, part.time)):
            if spec is None:
                close = did_you_mean(what, first.names, limit=30)
                raise UnusableError(
                    "unmapped-log",
                    f"no column `{what}`, and the mapping does not say which it is",
                    place=place,
                    help=f"{close}; state it in a mapping: `{what}: COLUMN`".lstrip("; "),
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
