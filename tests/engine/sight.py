"""What the engine knows of a log before it judges a rule: the query that it makes depends on nothing else."""

from __future__ import annotations

from typing import Any

from auditor.engine.facts import columns_used
from auditor.engine.plans.case import RECEIVED
from auditor.engine.plans.rows import tests_of
from auditor.engine.terms import unrecorded_parts
from auditor.rules.model import Rule
from tests.engine.support import facts_of
from tests.strategies import LogCase


def sight(rule: Rule, log: LogCase) -> Any:
    """What is known of a log, as far as it matters to a rule."""
    facts = facts_of(log)
    used = sorted({column.name for column in columns_used(rule)} | set(rule.per))
    loaded = [name for name in used if name in log.fields]
    occurring = [facts.occurring(test) for test in tests_of(rule).values()]
    names = sorted({name for some in occurring for name in some})
    return (
        (log.as_of, log.observed_until, log.observed_from, log.covers),
        (facts.precise, facts.late_events, facts.log.has_event_ids, RECEIVED in facts.names),
        (occurring, facts.activating(rule)),
        {name: log.fields.get(name) for name in used},
        {(field, name): facts.missing(field, name) for field in loaded for name in names},
        {field: any(facts.missing(field, name) != "none" for name in facts.names) for field in loaded},
        {field: _changes(field, log) for field in loaded if log.fields[field].scope == "learned"},
    )


def doubts(rule: Rule, log: LogCase) -> tuple[bool, ...]:
    """Which doubts about a rule can occur in a log: a query has those of all its rules."""
    facts = facts_of(log)
    tests = tests_of(rule).values()
    activating = facts.activating(rule)
    return (
        rule.clock is not None,
        any(unrecorded_parts(rule, facts).values()),
        any(facts.turns_on_time(test.where) for test in tests),
        any(facts.may_be_unknown(t.where, name, activating) for t in tests for name in facts.occurring(t)),
    )


def _changes(field: str, log: LogCase) -> bool:
    """Whether a report states several values of a learned field."""
    stated = {(event.values.get("report_id"), event.values.get(field)) for event in log.events}
    known = [report for report, value in stated if value is not None]
    return len(known) > len(set(known))
