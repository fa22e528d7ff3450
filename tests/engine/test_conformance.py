"""Every verdict written by hand, through the engine, on every plan."""

from __future__ import annotations

import pytest

from tests.conformance import Case, cases, check
from tests.engine.together import outcome

PLANS = ("case", "windows", "pairs")
ORDERED = ("numbers/count", "clocks/working_days")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=str(case), marks=pytest.mark.xdist_group(case.file)) for case in cases()]
)
def test_verdicts_written_by_hand(case: Case) -> None:
    # the newer words are judged by pairs; clocks that keep hours by the case form too, and those and counts by windows
    plans = PLANS if "/" not in case.file else PLANS[:2] if case.file in ORDERED else PLANS[:1]
    for plan in plans:
        told = outcome(case, plan)
        if told.error is not None:
            raise told.error
        check(case, told.verdicts, told.unjudged, told.groups, hint=plan)
