"""A loaded log: what the engine is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.log.origin import Origin
from auditor.log.schema import Field

ROWS_PER_FILE = 1 << 40  # `place` = file number * ROWS_PER_FILE + row


@dataclass(frozen=True)
class EventProfile:
    """What the log holds for one event name (accepted rows, exact duplicates included)."""

    count: int
    first: datetime  # naive, UTC
    last: datetime
    missing: Mapping[str, int] = field(default_factory=dict)  # by loaded field: events where it is null


@dataclass(frozen=True)
class Health:
    """Counts of what was read; every rejected or ignored row is in here by reason."""

    files: tuple[str, ...]
    rows: int  # data rows read, header excluded
    events: int  # accepted events (one row can yield several), duplicates included
    rejected: Mapping[str, int] = field(default_factory=dict)  # rows by reason
    ignored: Mapping[str, int] = field(default_factory=dict)  # rows by reason (`else: ignore`, back-test rows …)
    imprecise: int = 0  # events whose time is an interval
    out_of_order: int | None = None  # rows; None: not counted yet, since that costs a sort (`auditor.log.order`)
    notes: tuple[str, ...] = ()  # warnings in plain words

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "files": list(self.files), "rows": self.rows, "events": self.events,
            "rejected": dict(self.rejected), "ignored": dict(self.ignored), "imprecise": self.imprecise,
            "out_of_order": self.out_of_order, "notes": list(self.notes),
        }  # fmt: skip

    def line(self) -> str:
        """The health of a log in one line."""
        parts = [
            f"{_several(self.events, 'event')} in {_several(self.rows, 'row')} of {_several(len(self.files), 'file')}"
        ]
        if self.rejected:
            parts.append(f"{_several(sum(self.rejected.values()), 'row')} rejected ({_listed(self.rejected)})")
        if self.ignored:
            parts.append(f"{_several(sum(self.ignored.values()), 'row')} ignored")
        if self.imprecise:
            parts.append(_several(self.imprecise, "imprecise time"))
        if self.notes:
            parts.append(_several(len(self.notes), "note"))
        return "; ".join(parts)

    def details(self) -> tuple[str, ...]:
        """The same in several lines: files, counts by reason, notes."""
        lines = [f"files: {', '.join(self.files)}", f"rows: {self.rows:,}", f"events: {self.events:,}"]
        lines.append(f"rejected: {_listed(self.rejected)}" if self.rejected else "rejected: none")
        if self.ignored:
            lines.append(f"ignored: {_listed(self.ignored)}")
        if self.imprecise:
            lines.append(f"imprecise times: {self.imprecise:,}")
        return (*lines, *(f"note: {note}" for note in self.notes))


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items()))


@dataclass(frozen=True)
class Asserted:
    """The source's own verdict: a column of `events` that holds `met`, `violated`, `unread` (other words) or null."""

    column: str
    rules: tuple[str, ...] | None = None  # ids and patterns of the rules that it is about, where the mapping says so


@dataclass(frozen=True)
class Cases:
    """The events of a case table: each accepted row tells at most one event of each name.

    `rows` has `place` and, for event name number 0 …, `t0` its earliest time, null where the row does not tell it, and
    `l0` its latest; `columns` names, by event name, the column of each field that its events can have.
    """

    rows: ir.Table
    names: tuple[str, ...]
    columns: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Log:
    """Events in canonical form, as a lazy table of the back end.

    `events` has one row per accepted event, duplicates included, and these columns:

    - `event` string; `time`, `time_latest` timestamp(6) without zone, in UTC, never null, time <= time_latest
    - one column for each entry of `fields` (only what the mapping loads), typed text → string, bool → boolean,
      integer → int64, number → float64, instant → timestamp(6) UTC; null where missing
    - `place` int64, unique per source row: file number * ROWS_PER_FILE + row, row as a spreadsheet counts it
      (header = 1, first data row = 2; files without a header start at 1)
    - `identity` string: the mapped event id, or a digest of the event name and all loaded raw values; costly, use it
      only where needed

    `covers` are the event names that the source is able to record.  `observed_until` is an instant in UTC without zone.
    """

    backend: ibis.BaseBackend
    events: ir.Table
    fields: Mapping[str, Field]
    covers: frozenset[str]
    observed_until: datetime
    observed_from: datetime | None
    profile: Mapping[str, EventProfile]
    health: Health
    has_event_ids: bool = False
    asserted: Mapping[str, Asserted] = field(default_factory=dict)  # the source's own verdicts, by name
    zone: str | None = None  # the source's zone, for display
    names: frozenset[str] = frozenset()  # event names that the mapping declares beside the vocabulary
    # (place, event, identity) of the places in column `key`, of the events in column `event` alone where there is one
    identities: Callable[[ir.Table], ir.Table] | None = None
    rejects: ir.Table | None = None  # rejected rows: reason, file, row, column, value (of that column only, clipped)
    origin: Origin = field(default_factory=Origin)
    grain: int = 1  # microseconds that every `time` is a multiple of
    last_row: int | None = None  # no `place` has a higher row; None: not known
    several: bool = True  # whether more than one event can have the same `place`
    cases: Cases | None = None  # the same events, as the case table that they come from tells them

    def file_of(self, place: int) -> tuple[str, int]:
        """File name and row of a `place`."""
        number, row = divmod(place, ROWS_PER_FILE)
        return self.health.files[number], row
