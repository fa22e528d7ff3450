"""Cases that share a run: which may, and whom a failure of the run is laid to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from auditor.rules.model import Rule
from tests.conformance import cases, check
from tests.engine import together
from tests.engine.together import ROOM, Run, Seat, outcome
from tests.strategies import LogCase

FILE = "followed_by"
SHARING = next(run for run in together._runs(FILE, ROOM["pairs"]).values() if len(run.seats) > 2)
FIRST, SECOND, *OTHERS = SHARING.seats


def by_reference(log: LogCase, rules: Sequence[Rule], plan: str) -> Any:
    """The direct evaluator in the engine's place."""
    judged = log.judge(*rules)
    return list(judged.verdicts), judged.unjudged, SimpleNamespace(group_verdicts=[])


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "engine_verdicts", by_reference)
    monkeypatch.setattr(together, "_outcomes", together._outcomes.__wrapped__)


@pytest.mark.parametrize("file", dict.fromkeys(case.file for case in cases()))
def test_every_case_has_a_seat_and_is_told_in_its_own_words(file: str) -> None:
    for run in dict.fromkeys(together._runs(file, ROOM["pairs"]).values()):
        told = run.judge("pairs")
        for seat in run.seats if run.seats[0].mark else ():
            found = told[seat.case.name]
            check(seat.case, found.verdicts, found.unjudged, found.groups)


def test_of_a_run_that_ends_with_an_error_only_the_case_that_ends_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(log: LogCase, rules: Sequence[Rule], plan: str) -> Any:
        if any(rule.obligation == SECOND.rule.obligation and rule.title == SECOND.rule.title for rule in rules):
            raise ZeroDivisionError
        return by_reference(log, rules, plan)

    monkeypatch.setattr(together, "engine_verdicts", failing)
    assert isinstance(outcome(SECOND.case, "pairs").error, ZeroDivisionError)
    for seat in (FIRST, *OTHERS):
        found = outcome(seat.case, "pairs")
        assert found.error is None
        check(seat.case, found.verdicts, found.unjudged, found.groups)


def test_an_error_of_the_company_alone_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(log: LogCase, rules: Sequence[Rule], plan: str) -> Any:
        if len(rules) > 1:
            raise ZeroDivisionError
        return by_reference(log, rules, plan)

    monkeypatch.setattr(together, "engine_verdicts", failing)
    with pytest.raises(ZeroDivisionError):
        outcome(FIRST.case, "pairs")


def test_a_case_that_would_change_what_others_see_has_no_place() -> None:
    [first, *_] = FIRST.case.events
    imprecise = replace(FIRST.case, events=(replace(first, time_latest=FIRST.case.observed_until),))
    earlier = replace(FIRST.case, as_of=first.time)
    silent = replace(FIRST.case, covers=frozenset())
    assert Run((FIRST, Seat(SECOND.case, "x|"))).honest
    for other in (imprecise, earlier, silent):
        assert not Run((FIRST, Seat(other, "x|"))).honest
