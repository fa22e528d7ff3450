"""The tests inside rules, run through the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.log.schema import FIELDS, VOCABULARY, Field
from auditor.results.benches import Bench, Seat, benches
from auditor.results.options import VERDICTS
from auditor.rules.activations import Activation, Difference, difference
from auditor.rules.model import Rule, RuleSet
from auditor.rules.ruletests import Case, cases

_COLUMNS = ("rule_id", "verdict", "reason", "subject", "place", "activated_at", "due_at", "met_at", "late_seconds")


@dataclass(frozen=True)
class CaseOutcome:
    """A test that was run: what was found, and how that differs from what it expects (None: it does not)."""

    rule: Rule
    case: Case
    found: tuple[Activation, ...]
    difference: Difference | None


def run(ruleset: RuleSet) -> tuple[CaseOutcome, ...]:
    """Every test of the rules, in order."""
    pairs = [(rule, case) for rule in ruleset.rules for case in cases(rule, ruleset.fields)]
    found = judged(pairs, ruleset.fields)
    return tuple(
        CaseOutcome(rule, case, activations, difference(case, activations))
        for (rule, case), activations in zip(pairs, found, strict=True)
    )


def judged(pairs: Sequence[tuple[Rule, Case]], fields: Mapping[str, Field]) -> list[tuple[Activation, ...]]:
    """What each rule says of its case: the activations in order of time.

    `fields` are those that the packs declare; a log of a test has these and the canonical ones.
    """
    import ibis

    backend = ibis.duckdb.connect()
    backend.raw_sql("SET enable_progress_bar = false")
    found: list[list[Activation]] = [[] for _ in pairs]
    for bench in benches(pairs):
        for seat, activation in _findings(bench, {**FIELDS, **fields}, backend):
            found[seat.number].append(activation)
    backend.disconnect()
    return [tuple(some) for some in found]


def _findings(bench: Bench, fields: Mapping[str, Field], backend: Any) -> list[tuple[Seat, Activation]]:
    """The activations of the rules on their own cases."""
    from auditor.engine import judge
    from auditor.results.smalllogs import small_log

    rows = [(seat, row) for seat in bench.seats for row in seat.rows()]
    if not rows:
        return []
    log = small_log(
        backend, [row for _, row in rows], fields, VOCABULARY if bench.covers is None else bench.covers, bench.as_of
    )
    ruleset = RuleSet(tuple({seat.rule.id: seat.rule for seat in bench.seats}.values()))
    judgement = judge(log, ruleset, plan="pairs")
    table = judgement.findings(VERDICTS).select(*_COLUMNS).order_by("activated_at", "place")
    made = []
    for record in backend.to_pyarrow(table).to_pylist():
        seat = rows[record["place"]][0]
        if record["rule_id"] == seat.rule.id:
            made.append((seat, _activation(seat, record)))
    figures = {seat.rule.id: seat for seat in bench.seats if seat.rule.obligation.kind == "measure"}
    for group in judgement.group_verdicts if figures else []:
        made.append((figures[group["rule_id"]], _figure(group)))
    return made


def _figure(group: Mapping[str, Any]) -> Activation:
    """The verdict on a group, which is all that a `measure` says: its values stand for the subject."""
    values = list(group["group"].values())
    subject = json.dumps(values, ensure_ascii=False) if len(values) > 1 else values[0] if values else None
    return Activation(group["verdict"], subject, group["reason"])


def _activation(seat: Seat, record: Mapping[str, Any]) -> Activation:
    activated_at, due_at, met_at = (_moved(record[name], seat.shift) for name in ("activated_at", "due_at", "met_at"))
    return Activation(
        record["verdict"],
        seat.subject(record["subject"]),
        record["reason"],
        activated_at,
        due_at,
        met_at,
        record["late_seconds"],
    )


def _moved(moment: datetime | None, shift: timedelta) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC) - shift
