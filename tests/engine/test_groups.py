"""Verdicts on groups: the engine and the direct evaluator say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.engine import court, facts
from tests.engine.support import engine_verdicts
from tests.reference import GroupVerdict
from tests.strategies import AuditCase, logs, rules
from tests.strategies.alphabet import BASES
from tests.strategies.groups import service_levels

quiet = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def measured(draw: st.DrawFn) -> AuditCase:
    """A log with two measures, some on named clocks."""
    base = draw(st.sampled_from(BASES))
    log = draw(logs(base))
    asked = (rules(base, id=f"rule-{n}", kinds=("measure",), fields=log.fields, whole=True) for n in (1, 2))
    return AuditCase(log, tuple(draw(rule) for rule in asked))


@st.composite
def promised(draw: st.DrawFn) -> AuditCase:
    """A log with two duties whose share is bounded."""
    base = draw(st.sampled_from(BASES))
    log = draw(logs(base))
    asked = [draw(rules(base, id=f"rule-{n}", fields=log.fields)) for n in (1, 2)]
    return AuditCase(log, tuple(replace(rule, service_level=draw(service_levels(log.fields))) for rule in asked))


def same(found: Iterable[Mapping[str, Any]], expected: Iterable[GroupVerdict]) -> None:
    """Computed figures may differ by rounding, nothing else may."""
    wanted = [
        {
            key: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            for key, value in asdict(one).items()
        }
        for one in expected
    ]
    assert list(found) == wanted


@quiet
@given(case=measured())
def test_figures(case: AuditCase) -> None:
    verdicts, unjudged, judgement = engine_verdicts(case.log, case.rules, "auto")
    expected = case.log.judge(*case.rules)
    assert (verdicts, unjudged) == ([], expected.unjudged)
    same(judgement.group_verdicts, expected.groups)


@pytest.mark.parametrize("plan", ["case", "windows", "pairs"])
@quiet
@given(case=promised())
def test_shares(plan: str, case: AuditCase) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts, "SMALL", 0)
        patch.setattr(court, "LARGE", 4)
        _, _, judgement = engine_verdicts(case.log, case.rules, plan)
    same(judgement.group_verdicts, case.log.judge(*case.rules).groups)
