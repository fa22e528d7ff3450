"""Counts, order and exit codes of an audit."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log.log import Health
from auditor.results.findings import FIELDS
from auditor.results.options import instant, severity, verdicts
from tests.results.fake import RECEIVED, audit, finding, log, rule, witness


def test_fields_are_those_of_the_contract_in_its_order() -> None:
    contract = (
        "rule_id", "severity", "verdict", "reason", "subject_key", "subject", "activated_at", "due_at", "met_at",
        "late_seconds", "message", "refs", "fingerprint", "status", "evidence",
    )  # fmt: skip
    assert tuple(audit(finding()).findings().columns) == tuple(FIELDS) == contract


def test_order_is_total() -> None:
    rules = (rule("low-one", severity="low"), rule("critical-two"), rule("critical-one"))
    later = RECEIVED + timedelta(hours=1)
    rows = [
        finding(rule_id="low-one", number=1),
        finding("undetermined", rule_id="critical-one", number=2),
        finding(rule_id="critical-one", activated_at=later, number=3),
        finding(rule_id="critical-one", subject=None, number=4),
        finding(rule_id="critical-one", subject="R2", number=5),
        finding(rule_id="critical-one", subject="R1", number=7),
        finding(rule_id="critical-one", subject="R1", number=6),
        finding(rule_id="critical-two", number=8),
    ]
    expected = [8, 6, 7, 5, 4, 3, 2, 1]
    for arrangement in (rows, rows[::-1]):
        frame = audit(*arrangement, rules=rules).findings()
        assert [int(text, 16) for text in frame["fingerprint"]] == expected


def test_show_limits_findings_and_not_counts() -> None:
    found = audit(finding(), finding("met", number=2), show=("violated",))
    assert list(found.findings()["verdict"]) == ["violated"]
    assert list(found.findings(["met"])["verdict"]) == ["met"]
    assert found.outcomes[0]["met"] == 1


def test_types() -> None:
    frame = audit(finding(late_seconds=None), finding(number=2, late_seconds=3)).findings()
    assert str(frame["late_seconds"].dtype) == "Int64"
    assert str(frame["activated_at"].dtype) == "datetime64[us, UTC]"
    assert frame["due_at"].isna().all()
    assert isinstance(frame, pd.DataFrame)


def test_evidence_names_file_and_row() -> None:
    files = Health(("a.csv", "b.csv"), 3, 3)
    evidence = [witness("activation", "report.received", RECEIVED, 7), witness("match", "x", RECEIVED, (1 << 40) + 9)]
    [found] = audit(finding(evidence=evidence), log=log(health=files)).findings()["evidence"]
    assert [(item["file"], item["row"], item["role"]) for item in found] == [
        ("a.csv", 7, "activation"),
        ("b.csv", 9, "match"),
    ]


@pytest.mark.parametrize(
    ("verdict", "severity", "code"),
    [("violated", "low", 1), ("violated", "info", 0), ("met", "critical", 0), ("pending", "critical", 0),
     ("undetermined", "critical", 3)],
)  # fmt: skip
def test_exit_codes(verdict: str, severity: str, code: int) -> None:
    assert audit(finding(verdict), rules=(rule(severity=severity),)).exit_code == code


def test_a_rule_that_the_log_cannot_judge_is_no_pass() -> None:
    rules = (rule(), rule("other"))
    assert audit(finding("met"), rules=rules).exit_code == 0
    assert audit(finding("met"), rules=rules, unjudged={"other": "no decision.made"}).exit_code == 3
    assert audit(finding("violated"), rules=rules, unjudged={"other": "no decision.made"}).exit_code == 1


def test_one_clear_case_is_enough_to_have_judged() -> None:
    assert audit(finding("undetermined"), finding("met", number=2)).exit_code == 0


def test_a_rule_without_activations_never_activated() -> None:
    [outcome] = audit().outcomes
    assert outcome.never_activated
    assert not outcome.not_judged


@pytest.mark.parametrize("text", ["2020-01-01", "2020-01-01T00:00:00", "yesterday", ""])
def test_moments_without_a_zone_are_not_guessed(text: str) -> None:
    with pytest.raises(UnusableError):
        instant(text)


def test_moments_become_utc() -> None:
    assert instant("2020-01-20T10:00:00+01:00") == RECEIVED == instant("2020-01-20T09:00:00Z")


def test_words_that_do_not_exist() -> None:
    with pytest.raises(UnusableError, match="no verdict `violatd`") as caught:
        verdicts(["violatd"])
    assert "did you mean `violated`?" in str(caught.value)
    with pytest.raises(UnusableError):
        severity("urgent")
    assert verdicts(["all"])[0] == "violated"
