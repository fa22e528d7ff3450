"""The engine and the direct evaluator say the same, on every plan."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from auditor.engine import court, facts
from tests.engine.support import by_key, engine_verdicts
from tests.strategies import AuditCase, audits

PLANS = ("auto", "case", "windows", "pairs")
quiet = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def same(case: AuditCase, plan: str) -> Any:
    expected = case.log.judge(*case.rules)
    with pytest.MonkeyPatch.context() as patch:
        # so that even these small logs are judged by case form, and their larger subjects by windows
        patch.setattr(facts, "SMALL", 0)
        patch.setattr(court, "LARGE", 4)
        found, unjudged, judgement = engine_verdicts(case.log, case.rules, plan)
    assert found == sorted(expected.verdicts, key=by_key)
    assert unjudged == expected.unjudged
    return judgement


@pytest.mark.parametrize("plan", PLANS)
@quiet
@given(case=audits(whole=True))
def test_engine_and_direct_evaluator_agree(plan: str, case: AuditCase) -> None:
    same(case, plan)


@pytest.mark.parametrize("plan", PLANS)
@quiet
@given(case=audits(precise=True, whole=True))
def test_they_agree_where_times_are_precise(plan: str, case: AuditCase) -> None:
    same(case, plan)
