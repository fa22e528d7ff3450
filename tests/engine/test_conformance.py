"""Every verdict written by hand, through the engine, on every plan."""

from __future__ import annotations

import pytest

from tests.conformance import Case, cases, check
from tests.engine.together import outcome

PLANS = ("case", "windows", "pairs")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=str(case), marks=pytest.mark.xdist_group(case.file)) for case in cases()]
)
def test_verdicts_written_by_hand(case: Case) -> None:
    # the newer words are all judged by pairs, but for clocks that keep hours, which the case form judges too
    for plan in PLANS if "/" not in case.file else PLANS[:1]:
        told = outcome(case, plan)
        if told.error is not None:
            raise told.error
        check(case, told.verdicts, told.unjudged, told.groups, hint=plan)
