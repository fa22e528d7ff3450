"""Every verdict written by hand, through the engine, on every plan."""

from __future__ import annotations

import pytest

from tests.conformance import Case, cases
from tests.engine.support import engine_verdicts
from tests.strategies import LogCase

PLANS = ("case", "windows", "pairs")


@pytest.mark.parametrize("case", cases(), ids=str)
def test_verdicts_written_by_hand(case: Case) -> None:
    log = LogCase(case.events, case.covers, case.observed_until, case.observed_from, case.as_of, case.fields)
    for plan in PLANS:
        verdicts, unjudged, _ = engine_verdicts(log, case.ruleset.rules, plan)
        if case.expected is None:
            assert (unjudged, verdicts) == ({"rule"}, []), plan
            continue
        actual = {verdict.identity: verdict for verdict in verdicts}
        found = [
            {key: getattr(actual.get(expected["identity"]), key, "no activation") for key in expected}
            for expected in case.expected
        ]
        assert found == list(case.expected), plan
        assert actual.keys() == {expected["identity"] for expected in case.expected}, plan
