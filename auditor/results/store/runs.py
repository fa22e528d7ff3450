"""Runs of a series: the last one, one by its key, a new one; what was open before one; the trend up to one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Select, func, insert, or_, select

from auditor.results.arrow import KNOWN
from auditor.results.store.schema import finding, run, spell, tally
from auditor.results.wording import iso_text
from auditor.rules.model import SEVERITIES

NIGHTS = 90  # runs in a trend


@dataclass(frozen=True)
class Run:
    """One audit of a series, as it was recorded."""

    number: int
    as_of: datetime  # naive UTC


def last(connection: Connection, series: str) -> Run | None:
    """The newest run of a series."""
    newest = select(run.c.number, run.c.as_of).where(run.c.series == series).order_by(run.c.number.desc()).limit(1)
    return _one(connection, newest)


def of_key(connection: Connection, series: str, key: str | None) -> Run | None:
    """The first run of the same audit."""
    same = select(run.c.number, run.c.as_of).where(run.c.series == series, run.c.key == key)
    return _one(connection, same.order_by(run.c.number).limit(1))


def _one(connection: Connection, query: Any) -> Run | None:
    found = connection.execute(query).one_or_none()
    return None if found is None else Run(*found)


def add(
    connection: Connection, series: str, made: Run, key: str | None, recorded_at: datetime,
    provenance: Mapping[str, Any], tallies: Sequence[Mapping[str, Any]],
) -> None:  # fmt: skip
    """Write a run and what it counted: for each rule the columns of `tally`."""
    row = {"series": series, "number": made.number, "key": key, "as_of": made.as_of, "recorded_at": recorded_at}
    connection.execute(insert(run).values(**row, provenance=json.dumps(provenance, sort_keys=True)))
    connection.execute(insert(tally), [{"series": series, "number": made.number, **one} for one in tallies])


def open_before(connection: Connection, series: str, number: int) -> pa.Table:
    """The findings that were open when run `number` was recorded: a table of KNOWN, severities as of then."""
    grades = graded(series, before=number).subquery()
    known = (
        select(finding.c.fingerprint, spell.c.verdict, finding.c.rule, finding.c.subject, grades.c.severity,
               finding.c.activated_at)
        .join(spell, spell.c.finding == finding.c.id)
        .join(grades, grades.c.rule == finding.c.rule)
        .where(finding.c.series == series, spell.c.first_run < number)
        .where(or_(spell.c.ended_run.is_(None), spell.c.ended_run >= number))
    )  # fmt: skip
    columns = list(zip(*connection.execute(known), strict=True)) or [()] * len(KNOWN)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, KNOWN, strict=True)], schema=KNOWN)


def graded(series: str, *, before: int | None = None) -> Select[tuple[str, str, bool]]:
    """Severity of each rule of a series and whether it is a draft, in the newest run that has it (before another)."""
    newest = select(tally.c.rule, func.max(tally.c.number).label("number")).where(tally.c.series == series)
    if before is not None:
        newest = newest.where(tally.c.number < before)
    last = newest.group_by(tally.c.rule).subquery()
    same = (last.c.rule == tally.c.rule) & (last.c.number == tally.c.number)
    return select(tally.c.rule, tally.c.severity, tally.c.draft).join(last, same).where(tally.c.series == series)


def trend(connection: Connection, series: str, number: int) -> tuple[dict[str, Any], ...]:
    """The last runs up to `number`, oldest first: `run`, `as_of` as text, `violated` by severity, `undetermined`.

    Rules that were drafts do not count.
    """
    query = (
        select(run.c.number, run.c.as_of, tally.c.severity, func.sum(tally.c.violated), func.sum(tally.c.undetermined))
        .outerjoin(tally, (tally.c.series == run.c.series) & (tally.c.number == run.c.number) & ~tally.c.draft)
        .where(run.c.series == series, run.c.number <= number, run.c.number > number - NIGHTS)
        .group_by(run.c.number, run.c.as_of, tally.c.severity)
        .order_by(run.c.number)
    )
    nights: dict[int, dict[str, Any]] = {}
    for name, as_of, severity, violated, undetermined in connection.execute(query):
        none = {"run": name, "as_of": iso_text(as_of), "violated": dict.fromkeys(SEVERITIES, 0), "undetermined": 0}
        night = nights.setdefault(name, none)
        if severity is not None:
            night["violated"][severity] = int(violated)
            night["undetermined"] += int(undetermined)
    return tuple(nights.values())
