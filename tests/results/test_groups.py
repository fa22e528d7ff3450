"""What verdicts on groups, and drafts, do to an audit."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest

from auditor.results.audit import Audit
from auditor.results.groups import message, worst_first
from auditor.results.wording import span, span_text
from auditor.rules.model import NamedClock, ServiceLevel
from tests.results.fake import audit, finding, group, measure, rule

HOUR = 3600.0


def measured(*verdicts: str, severity: str = "high", draft: bool = False) -> Audit:
    """An audit of one measure, with a group of each verdict."""
    median = measure("median", at_most=24 * HOUR, rule={"severity": severity, "draft": draft})
    said = tuple(group("median", verdict, {"platform": str(n)}) for n, verdict in enumerate(verdicts))
    return audit(rules=(median,), group_verdicts=said)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [(("met",), 0), (("met", "violated"), 1), (("violated", "undetermined"), 1), (("met", "undetermined"), 0),
     (("undetermined",), 3), ((), 0)],
)  # fmt: skip
def test_exit_codes(verdicts: tuple[str, ...], code: int) -> None:
    assert measured(*verdicts).exit_code == code


def test_severities_below_the_bound_do_not_fail() -> None:
    assert measured("violated", severity="info").exit_code == 0


@pytest.mark.parametrize("verdict", ["violated", "undetermined"])
def test_drafts_are_shown_and_not_counted(verdict: str) -> None:
    draft = rule("planned", draft=True, verified="from memory")
    found = audit(finding(verdict, rule_id="planned"), rules=(rule(), draft), unjudged={})
    assert (found.exit_code, found.failures, found.total(verdict)) == (0, 0, 0)
    assert len(found.findings()) == 1
    shown = found.outcomes[1].as_dict()
    assert (shown["draft"], shown["verified"], shown[verdict]) == (True, "from memory", 1)
    assert measured(verdict, draft=True).exit_code == 0


def test_a_draft_that_the_log_cannot_judge_is_no_gap() -> None:
    planned = rule("planned", draft=True)
    assert audit(rules=(planned,), unjudged={"planned": "no decision.made"}).exit_code == 0


def test_groups_are_not_silence() -> None:
    [outcome] = measured("met").outcomes
    assert not outcome.never_activated
    [outcome] = measured().outcomes
    assert outcome.never_activated


def test_a_service_level_without_a_judged_group_is_not_judged() -> None:
    level = rule(service_level=ServiceLevel(0.9))
    few = group("referral-in-time", "undetermined", reason="too_few", met=1, n=1)
    found = audit(finding("met"), rules=(level,), group_verdicts=(few,))
    assert found.outcomes[0].not_judged == "all groups are undetermined"
    assert found.exit_code == 3


def told(verdict: str, **values: Any) -> str:
    bounds = {key: values.pop(key) for key in ("at_most", "at_least", "leave_out") if key in values}
    median = measure("median", **bounds)
    return message(median, group("median", verdict, **values))


def test_messages() -> None:
    day = 24 * HOUR
    assert told("violated", at_most=day, figure=26.5 * HOUR, naive=day, n=8, censored=1) == (
        "median 26 h 30 min (naive 24 h, 12.5% unfinished) > 24 h; of 8"
    )
    assert told("met", at_most=day, at_least=HOUR, figure=2 * HOUR, n=2) == (
        "median 2 h (0% unfinished) ≥ 1 h ≤ 24 h; of 2"
    )
    assert told("violated", at_least=HOUR, figure=60.0, n=2) == "median 1 min (0% unfinished) < 1 h; of 2"
    assert told("undetermined", at_most=day, reason="unfinished", least=HOUR, n=2, censored=2) == (
        "median at least 1 h (100% unfinished), at most 24 h asked; of 2: too many are unfinished to tell"
    )


def test_a_figure_just_over_its_bound_says_so() -> None:
    text = told("violated", at_most=24 * HOUR, figure=24 * HOUR + 1e-6, n=1)
    assert text == "median just over 24 h (0% unfinished) > 24 h; of 1"


def test_open_time_is_told_in_hours() -> None:
    median = measure("median", at_most=16 * HOUR, rule={"clock": NamedClock("office", "UTC")})
    text = message(median, group("median", "violated", figure=80 * HOUR, n=1))
    assert text == "median 80 h (0% unfinished) > 16 h; of 1"


def test_worst_first() -> None:
    slow = measure("median", at_most=HOUR)
    groups = [
        group("median", verdict, {"n": str(n)}, figure=figure)
        for n, (verdict, figure) in enumerate(
            (("met", 1.0), ("violated", 5.0), ("undetermined", 9.0), ("violated", 7.0))
        )
    ]
    assert [one["group"]["n"] for one in worst_first(slow, groups)] == ["3", "1", "2", "0"]
    share = rule(service_level=ServiceLevel(0.9))
    assert [one["group"]["n"] for one in worst_first(share, groups)] == ["1", "3", "2", "0"]


def test_lengths_are_written_as_the_engine_writes_them() -> None:
    seconds = [0.5, 1, 59, 60, 61, 3599, 3600, 7261, 86_400, 259_199, 259_200, 262_900, 9_999_999]
    table = ibis.memtable(pa.table({"seconds": [int(one) for one in seconds]}))
    written = ibis.duckdb.connect().to_pyarrow(table.select(text=span(table.seconds)))["text"].to_pylist()
    assert [span_text(one) for one in seconds] == written
