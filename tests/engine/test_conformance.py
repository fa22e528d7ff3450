"""Every verdict written by hand, through the engine, on every plan."""

from __future__ import annotations

import pytest

from tests.conformance import Case, cases, check
from tests.engine.support import engine_verdicts
from tests.strategies import LogCase

PLANS = ("case", "windows", "pairs")
ON_THE_ENGINE = (".", "clocks", "limits", "numbers", "groups")  # folders of cases that the engine can judge


@pytest.mark.parametrize("case", cases(ON_THE_ENGINE), ids=str)
def test_verdicts_written_by_hand(case: Case) -> None:
    log = LogCase(case.events, case.covers, case.observed_until, case.observed_from, case.as_of, case.fields)
    # the newer words are all judged by pairs, but for clocks that keep hours, which the case form judges too
    for plan in PLANS if "/" not in case.file else PLANS[:1]:
        verdicts, unjudged, judgement = engine_verdicts(log, case.ruleset.rules, plan)
        check(case, verdicts, unjudged, judgement.group_verdicts, hint=plan)
