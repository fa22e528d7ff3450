"""A case table is judged as its events are, whether its rows are taken as they are or taken apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.engine import judge
from auditor.engine.findings import JudgedRows
from auditor.engine.plans.case import CaseFrame
from auditor.engine.tables import fetched
from auditor.log import load
from auditor.log.log import Log
from auditor.rules import load_rules
from auditor.rules.model import RuleSet

MAPPING = """
log:
  timezone: Europe/Paris
  fields:
    report_id: ticket
    content_id: item
    category: {column: reason, values: {A: csam, B: ncii}}
  nulls: [""]
  events:
    report.received: {time: opened, minor_involved: {column: minor, true: [Y], false: [N]}}
    review.assigned: {time: {column: assigned, precision: day}}
    decision.made: {time: closed, decision: {column: result, values: {ok: no_violation, bad: violation}}, actor: who}
    notice.sent: {time: told, when: {column: informed, values: ["yes"]}, actor: teller}
    report.closed: {time: closed}
"""
PRECISE = MAPPING.replace("{time: {column: assigned, precision: day}}", "assigned")
RULES = """
pack: tables
version: 1.0.0
title: Rules on case tables
rules:
  - id: decided
    when: {event: report.received}
    followed_by: {event: decision.made, within: 24h}
    unless: {event: notice.sent}
  - id: known-minor
    when: {event: decision.made, where: minor_involved}
    assert: decision != "no_violation"
  - id: told-by-another
    when: {event: decision.made, where: category == "csam"}
    followed_by: {event: notice.sent, where: actor != trigger.actor, before: report.closed}
  - id: assigned-near
    when: {event: [decision.made, notice.sent]}
    accompanied_by: {event: review.assigned, where: category != "ncii", within: 2 days}
  - id: not-closed-before
    when: {event: decision.made}
    not_preceded_by: {event: report.closed}
  - id: received-before
    when: {event: notice.sent, where: time < "2025-03-30T12:00:00Z"}
    preceded_by: {event: report.received, where: minor_involved is None or minor_involved}
  - id: second-decision
    when: {event: decision.made, nth: 2}
    not_followed_by: {event: notice.sent}
  - id: first-decision
    when: {event: decision.made, nth: 1}
    followed_by: {event: notice.sent, before: next}
  - id: same-item
    per: content_id
    when: {event: report.received}
    not_accompanied_by: {event: decision.made, where: decision == "violation"}
"""
START = datetime(2025, 3, 29)
moments = st.one_of(
    st.none(), st.integers(0, 8).map(lambda n: (START + timedelta(hours=9 * n)).isoformat(sep=" ", timespec="seconds"))
)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Rows of up to fourteen tickets: making a query costs far more than a row."""
    row = st.fixed_dictionaries(
        {
            "ticket": st.sampled_from([*(f"t{n}" for n in range(1, 15)), None]),
            "item": st.sampled_from(["i1", "i2", None]),
            "reason": st.sampled_from(["A", "B", None]),
            "minor": st.sampled_from(["Y", "N", None]),
            "opened": moments,
            "assigned": moments,
            "closed": moments,
            "result": st.sampled_from(["ok", "bad", None]),
            "who": st.sampled_from(["ann", "bob", None]),
            "told": moments,
            "informed": st.sampled_from(["yes", "no"]),
            "teller": st.sampled_from(["ann", "bob", None]),
        }
    )
    rows = draw(st.lists(row, min_size=10, max_size=40))
    rows[0] |= {"ticket": "t1", "opened": START.isoformat(sep=" ")}
    copies = draw(st.lists(st.sampled_from(rows), max_size=3))
    return pd.DataFrame([*rows, *copies], dtype=object)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "tables.yaml"
    path.write_text(RULES, encoding="utf-8")
    return load_rules([str(path)])


def judged(log: Log, rules: RuleSet, as_of: datetime | None = None) -> tuple[Any, list[Any]]:
    """The counts and all findings, in an order of their own; and the case tables that were taken as they are."""
    judgement = judge(log, rules, as_of, plan="case")
    rows = fetched(log.backend, judgement.findings(["met", "violated", "pending", "undetermined", "exempt"]))
    frames = [one.frame for one in judgement.judged if isinstance(one, JudgedRows)]
    taken = [frame.source.cases for frame in frames if isinstance(frame, CaseFrame) and frame.source.cases]
    return (judgement.counts, sorted(map(repr, rows))), taken


def loaded(frame: pd.DataFrame, mapping: str, folder: Path) -> Log:
    path = folder / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    return load(frame, path, max_rejects=1)


@pytest.mark.parametrize("mapping", [MAPPING, PRECISE], ids=["days", "seconds"])
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=tables())
def test_rows_as_they_are_or_taken_apart(
    mapping: str, frame: pd.DataFrame, rules: RuleSet, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = loaded(frame, mapping, tmp_path_factory.mktemp("log"))
    assert log.cases is not None
    as_they_are, taken = judged(log, rules)
    apart, none = judged(replace(log, cases=None), rules)
    assert len(taken) == 1
    assert not none
    assert as_they_are == apart


def test_rows_that_hold_later_events_are_taken_apart(rules: RuleSet, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"ticket": ["t1", "t2"], "opened": ["2025-03-29 00:00:00"] * 2, "closed": ["2025-03-29 09:00:00", None]}
    ).reindex(columns=["ticket", "item", "reason", "minor", "opened", "assigned", "closed", "result", "who", "told",
                       "informed", "teller"])  # fmt: skip
    log = loaded(frame.astype(object).where(frame.notna(), None), PRECISE, tmp_path)
    early = datetime(2025, 3, 29, 4)
    (counts, _), taken = judged(log, rules, early)
    assert not taken
    assert counts["decided"] == {"met": 0, "violated": 0, "pending": 2, "undetermined": 0, "exempt": 0}
