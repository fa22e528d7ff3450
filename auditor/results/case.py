"""One case: its events in order, and what every rule that activated on it demanded and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.base.diagnostics import UnusableError
from auditor.log.log import Log
from auditor.log.schema import ID_FIELDS
from auditor.results.audit import Audit
from auditor.results.check import DEFAULT_RULES, check
from auditor.results.facts import fields_of
from auditor.results.findings import held, told
from auditor.results.options import VERDICTS

MOST_EVENTS = 500  # of one case; an id that stands for more is told by its first ones


@dataclass(frozen=True)
class CaseEvent:
    """One event of the case; times are naive UTC, `values` only ids and fields that a rule looked at."""

    event: str
    time: datetime
    time_latest: datetime
    file: str
    row: int
    values: Mapping[str, Any]
    copies: int = 1  # exact duplicates in the log


@dataclass(frozen=True)
class Case:
    """A subject's events and findings, both in order of time."""

    subject: str
    keys: tuple[str, ...]  # the id fields in which the subject stands
    reports: tuple[str, ...]
    events: tuple[CaseEvent, ...]
    findings: tuple[Mapping[str, Any], ...]  # all verdicts, worst first
    audit: Audit
    more: int = 0  # events left out


def explain(
    log: Any,
    subject: str,
    rules: Any = DEFAULT_RULES,
    mapping: Any = None,
    *,
    as_of: datetime | str | None = None,
    settings: Mapping[str, str] | None = None,
    memory: str | None = None,
) -> Case:
    """The case that an id (of a report, an item, an account …) stands for.

    Raises UnusableError, with the nearest known id, when no event has it; otherwise as `check`.
    """
    audit = check(log, rules, mapping, as_of=as_of, show=VERDICTS, settings=settings, memory=memory)
    loaded = audit.log
    ids = [name for name in ID_FIELDS if name in loaded.events.columns]
    keys, reports, others = _where(loaded, ids, subject)
    if not keys:
        raise UnusableError("unknown-subject", f"no event has the id `{subject}`", help=_nearest(loaded, ids, subject))
    chosen = [loaded.events[key] == subject for key in keys]
    if reports:
        chosen.append(loaded.events["report_id"].isin(reports))
    for name, values in others.items():
        chosen.append(loaded.events[name].isin(values) & loaded.events["report_id"].isnull())
    table = loaded.events.filter(reduce(or_, chosen))
    wanted = {name for rule in audit.ruleset.rules for name in fields_of(rule)}
    fields = [name for name in loaded.fields if name in ids or name in wanted]
    events, places = _events(loaded, table, fields)
    total = int(loaded.backend.to_pyarrow(table.count()).as_py())
    found: list[Mapping[str, Any]] = []
    those = audit.judgement.findings(VERDICTS)
    those = held(audit, VERDICTS, those.filter(those.place.isin(sorted(places))))
    for batch in audit.typed(told(audit, VERDICTS, those)):
        found += batch.to_pylist()
    shown = sum(event.copies for event in events)
    return Case(subject, keys, reports, events, tuple(found), audit, total - shown)


def _where(log: Log, ids: list[str], subject: str) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, list[str]]]:
    """The id fields that hold the subject; its reports; and the items and accounts that those reports are about."""
    events = log.events
    held = {name: (events[name] == subject).any().fill_null(False) for name in ids}
    [found] = log.backend.to_pyarrow(events.aggregate(**held)).to_pylist()
    keys = tuple(name for name in ids if found[name])
    if not keys or "report_id" not in ids:
        return keys, (), {}
    reports = _values(log, events.filter(reduce(or_, [events[key] == subject for key in keys])), "report_id")
    mine = events.filter(events["report_id"].isin(reports))
    others = {name: _values(log, mine, name) for name in ("content_id", "account_id") if name in ids and reports}
    return keys, tuple(reports), {name: values for name, values in others.items() if values}


def _values(log: Log, table: ir.Table, name: str) -> list[str]:
    known = table.filter(table[name].notnull()).select(name).distinct().order_by(name).limit(MOST_EVENTS)
    return [str(value) for value in log.backend.to_pyarrow(known)[name].to_pylist()]


def _events(log: Log, table: ir.Table, fields: list[str]) -> tuple[tuple[CaseEvent, ...], set[int]]:
    names = ["time", "time_latest", "place", "event", "identity"]
    rows = table.select([*names, *fields]).order_by(names[:4]).limit(MOST_EVENTS)
    first: dict[str, CaseEvent] = {}
    places: set[int] = set()
    for row in log.backend.to_pyarrow(rows).to_pylist():
        places.add(row["place"])
        known = first.get(row["identity"])
        file, number = log.file_of(row["place"])
        first[row["identity"]] = CaseEvent(
            row["event"],
            row["time"],
            row["time_latest"],
            known.file if known else file,
            known.row if known else number,
            {name: row[name] for name in fields if row[name] is not None},
            known.copies + 1 if known else 1,
        )
    return tuple(first.values()), places


def _nearest(log: Log, ids: list[str], subject: str) -> str:
    """Did you mean: the closest id in the log, by edit distance in the engine."""
    if not ids or len(subject) > 200:
        return ""
    every = ibis.union(*(log.events.select(id=log.events[name]) for name in ids), distinct=True) if len(ids) > 1 else (
        log.events.select(id=log.events[ids[0]]).distinct()
    )  # fmt: skip
    close = every.filter((every["id"].length() - len(subject)).abs() <= 2)
    close = close.mutate(distance=close["id"].levenshtein(subject))
    close = close.filter(close["distance"] <= max(1, len(subject) // 3)).order_by(["distance", "id"]).limit(1)
    rows = log.backend.to_pyarrow(close).to_pylist()
    return f"did you mean `{rows[0]['id']}`?" if rows else "ids are compared exactly, as they stand in the log"
