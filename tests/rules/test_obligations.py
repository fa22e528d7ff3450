"""Stated limits, counts, agreement, measures and service levels arrive in the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.expressions import Arithmetic, Column, Literal_
from auditor.rules.model import Expected, Measure, Obligation, Pattern, ServiceLevel
from tests.rules.test_clocks import one

FIELDS = {"deadline": Field("deadline", "instant"), "limit_hours": Field("limit_hours", "number")}
CLOSED = Pattern(("report.closed",))
LIMIT, HOUR = Column("limit_hours", "number", True), Literal_(Duration(seconds=3600), "duration")
DEADLINE = Column("deadline", "instant", True)
PARAMETERS = "parameters: {limit: 2h, target: 95%}"


@pytest.mark.parametrize(
    ("text", "obligation"),
    [
        ("followed_by: {event: report.closed, due: trigger.deadline}",
         Obligation("followed_by", CLOSED, due=DEADLINE, text="trigger.deadline")),
        ("followed_by: {event: report.closed, due: trigger.deadline + 1h, before: next}",
         Obligation("followed_by", CLOSED, due=Arithmetic("+", DEADLINE, HOUR, "instant"), before="next",
                    text="trigger.deadline + 1h")),
        ("followed_by: {event: report.closed, within: trigger.limit_hours * 1h}",
         Obligation("followed_by", CLOSED, length=Arithmetic("*", LIMIT, HOUR, "duration"),
                    text="trigger.limit_hours * 1h")),
        ("not_preceded_by: {event: report.closed, within: 60min  * trigger.limit_hours}",
         Obligation("not_preceded_by", CLOSED, length=Arithmetic("*", LIMIT, HOUR, "duration"),
                    text="60min * trigger.limit_hours")),
        ("accompanied_by: {event: report.closed, within: 2 * params.limit}",
         Obligation("accompanied_by", CLOSED, within=Duration(seconds=14400))),
        ("count: {event: report.closed, within: 3 days, at_most: 0}",
         Obligation("count", CLOSED, within=Duration(days=3), at_most=0)),
        ("count: {event: report.closed, within: trigger.limit_hours * 1h, at_least: 2, at_most: 2}",
         Obligation("count", CLOSED, length=Arithmetic("*", LIMIT, HOUR, "duration"), at_least=2, at_most=2,
                    text="trigger.limit_hours * 1h")),
        ("agree: category", Obligation("agree", column=Column("category", "text"))),
        ("measure: {to: report.closed, statistic: p90, at_most: params.limit, by: [platform, month]}",
         Obligation("measure", measure=Measure(CLOSED, "p90", at_most=7200.0, by=("platform", "month")))),
        ("measure: {to: report.closed, statistic: share, within: 2h, at_least: 99.5%, minimum: 5, "
         "leave_out: report.voided}",
         Obligation("measure", measure=Measure(CLOSED, "share", Duration(seconds=7200), at_least=0.995, minimum=5,
                                               leave_out=Pattern(("report.voided",))))),
    ],
)  # fmt: skip
def test_an_obligation(text: str, obligation: Obligation, tmp_path: Path) -> None:
    assert one(tmp_path, f"when: report.received, {text}", PARAMETERS, known_fields=FIELDS).obligation == obligation


def test_the_beginning_of_a_measure_is_its_activation(tmp_path: Path) -> None:
    begin = "from: {event: report.received, where: minor_involved}"
    found = one(tmp_path, f"measure: {{{begin}, to: report.closed, statistic: max, at_most: 1h}}")
    assert found.when == Pattern(("report.received",), Column("minor_involved", "bool"), "minor_involved")


def test_service_level_draft_and_verified(tmp_path: Path) -> None:
    rule = "when: report.received, assert: minor_involved, draft: true, verified: by two readers, " \
           "service_level: {share: params.target, by: month}"  # fmt: skip
    found = one(tmp_path, rule, PARAMETERS)
    assert found.service_level == ServiceLevel(0.95, ("month",), 20)
    assert (found.draft, found.verified) == (True, "by two readers")


def test_activations_that_a_test_expects_one_by_one(tmp_path: Path) -> None:
    rule = (
        "when: report.received, assert: minor_involved, per: [report_id, platform], tests: [{name: t, "
        "events: [{report.received: 0h}], expect: [{verdict: violated, subject: [r1, x], due: 24h, late: 1h}, "
        "{verdict: undetermined, subject: r2, reason: missing_value}]}]"
    )
    assert one(tmp_path, rule).tests[0].expect == (
        Expected("violated", '["r1", "x"]', due="24h", late="1h"),
        Expected("undetermined", "r2", "missing_value"),
    )
