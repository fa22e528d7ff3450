"""A log of the engine made from generated events, and its verdicts in the form of the reference evaluator."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from auditor.engine import judge
from auditor.engine.facts import Facts
from auditor.log.log import EventProfile, Health, Log
from auditor.log.profile import GRAINS
from auditor.rules.model import Rule, RuleSet
from tests.reference import Event, Verdict
from tests.strategies import LogCase, events_frame

_serial = itertools.count()
_connections: list[Any] = []


def connection() -> Any:
    """One in-process DuckDB for all examples of a run."""
    if not _connections:
        _connections.append(ibis.duckdb.connect())
        _connections[0].raw_sql("SET threads = 2")
        _connections[0].raw_sql("SET enable_progress_bar = false")
    return _connections[0]


def engine_log(case: LogCase) -> Log:
    """The log as the engine is handed it."""
    frame = events_frame(case)
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.DatetimeTZDtype):
            frame[column] = frame[column].dt.tz_localize(None)
    frame = frame.rename(columns={"event_id": "identity"})
    frame["place"] = [event.place for event in case.events]
    backend = connection()
    for (name,) in backend.con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        backend.raw_sql(f'DROP TABLE temp."{name}"')
    table = backend.create_table(
        f"log_{next(_serial)}", ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False)), temp=True
    )
    casts = dict.fromkeys(("time", "time_latest"), "timestamp(6)")
    casts |= {name: "timestamp(6)" for name, field in case.fields.items() if field.type == "instant"}
    return _log(case, backend, table.cast(casts))


def facts_of(case: LogCase) -> Facts:
    """What the engine knows of a log before it asks for a row of it."""
    return Facts(_log(case, None, None), min(case.as_of or case.observed_until, case.observed_until))


def _log(case: LogCase, backend: Any, events: Any) -> Log:
    imprecise = sum(event.time != event.time_latest for event in case.events)
    known = len(case.events) % 3 > 0  # how far rows are numbered, so that time and place can be packed in a number
    return Log(
        backend=backend,
        events=events,
        fields=case.fields,
        covers=case.covers,
        observed_until=case.observed_until,
        observed_from=case.observed_from,
        profile=profile(case.events, case.fields),
        health=Health(("generated.csv",), len(case.events), len(case.events), imprecise=imprecise),
        has_event_ids=_ids_repeat_with_other_content(case.events),
        grain=next(g for g in (*GRAINS, 1) if not any(event.time.microsecond % g for event in case.events)),
        last_row=max((event.place for event in case.events), default=0) if known else None,
    )


def _ids_repeat_with_other_content(events: Iterable[Event]) -> bool:
    """Exact copies are found without ids; only ids that stand for different rows need to be mapped."""
    contents: dict[str, set[Any]] = {}
    for event in events:
        values = tuple(sorted((k, repr(v)) for k, v in event.values.items() if v is not None))
        contents.setdefault(event.identity, set()).add((event.event, event.time, event.time_latest, values))
    return any(len(found) > 1 for found in contents.values())


def profile(events: Iterable[Event], fields: Iterable[str]) -> dict[str, EventProfile]:
    """What the loader would say of the events."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.event, []).append(event)
    return {
        name: EventProfile(
            len(some),
            min(event.time for event in some),
            max(event.time for event in some),
            {field: sum(event.values.get(field) is None for event in some) for field in fields},
        )
        for name, some in found.items()
    }


def engine_verdicts(case: LogCase, rules: Iterable[Rule], plan: str) -> tuple[list[Verdict], set[str], Any]:
    """The engine's verdicts under a plan, sorted as `by_key` does; the unjudged rules; and the judgement."""
    ruleset = RuleSet(tuple(rules))
    judgement = judge(engine_log(case), ruleset, case.as_of, plan=plan)  # type: ignore[arg-type]
    every = ("met", "violated", "pending", "undetermined", "exempt")
    table = judgement.log.backend.to_pyarrow(judgement.findings(every)).to_pylist()
    several = {rule.id: len(rule.per) > 1 for rule in ruleset.rules}
    identity = {(event.place, event.event): event.identity for event in case.events}
    found = [
        Verdict(
            row["rule_id"],
            tuple(json.loads(row["subject"])) if row["subject"] and several[row["rule_id"]] else row["subject"],
            identity[row["place"], row["event"]],
            row["verdict"],
            row["reason"],
            moment(row["activated_at"]),
            moment(row["due_at"]),
            moment(row["met_at"]),
            row["late_seconds"],
        )
        for row in table
    ]
    for rule_id, counts in judgement.counts.items():
        tally = Counter(v.verdict for v in found if v.rule_id == rule_id)
        assert {name: n for name, n in counts.items() if n} == dict(tally), rule_id
    return sorted(found, key=by_key), set(judgement.unjudged), judgement


def moment(value: Any) -> datetime | None:
    """A plain datetime."""
    return None if value is None else pd.Timestamp(value).to_pydatetime()


def by_key(verdict: Verdict) -> Any:
    """The order in which verdicts are compared."""
    return verdict.rule_id, verdict.activated_at, verdict.identity
