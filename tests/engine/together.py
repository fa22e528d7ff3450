"""Cases written by hand that share an engine run: a run costs far more than the few rows of a case.

In a shared run each case has a rule, ids and identities of its own, told apart by a mark before each.  Cases share one
where each rule sees of the shared log what it sees of its own (`tests/engine/sight.py`), so that the engine makes of it
what it makes of it alone.  What reaches beyond its own ids has a run to itself: groups, and conditions on ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from auditor.engine.facts import columns_used
from auditor.log.schema import ID_FIELDS
from auditor.rules.model import Rule
from tests.conformance import RULE, Case, cases
from tests.engine.sight import doubts, sight
from tests.engine.support import engine_verdicts
from tests.reference import Event, Verdict
from tests.strategies import LogCase

# Cases of one run.  A query of pairs hardly grows with its rules; one of windows grows faster than they do.
ROOM = {"case": 8, "windows": 3, "pairs": 40}


@dataclass(frozen=True)
class Outcome:
    """What the engine says of a case, in its words; or the error that judging it ended with."""

    verdicts: Sequence[Verdict] = ()
    unjudged: frozenset[str] = frozenset()
    groups: Sequence[Mapping[str, Any]] = ()
    error: Exception | None = None


@dataclass(frozen=True, eq=False)
class Seat:
    """A case in a run; `mark` tells its ids from those of the others."""

    case: Case
    mark: str = ""

    @cached_property
    def rule(self) -> Rule:
        """The rule under an id of its own."""
        [rule] = self.case.ruleset.rules
        return replace(rule, id=self.mark + rule.id)

    @cached_property
    def log(self) -> LogCase:
        """The log with ids of its own."""
        case = self.case
        events = tuple(map(self._marked, case.events))
        return LogCase(events, case.covers, case.observed_until, case.observed_from, case.as_of, case.fields)

    @cached_property
    def sight(self) -> Any:
        """What the rule sees of its own log."""
        return sight(self.rule, self.log)

    @cached_property
    def doubts(self) -> Any:
        """The doubts that the rule has on its own log."""
        return doubts(self.rule, self.log)

    def _marked(self, event: Event) -> Event:
        ids = {*ID_FIELDS, *self.rule.per}
        own = {name: self.mark + value for name, value in event.values.items() if name in ids and value is not None}
        return replace(event, identity=self.mark + event.identity, values={**event.values, **own})

    def told(self, verdict: Verdict) -> Verdict:
        """A verdict on the case in its own words."""
        rule_id, subject, identity = map(self._unmarked, (verdict.rule_id, verdict.subject, verdict.identity))
        return replace(verdict, rule_id=rule_id, subject=subject, identity=identity)

    def _unmarked(self, text: Any) -> Any:
        if isinstance(text, tuple):
            return tuple(map(self._unmarked, text))
        return None if text is None else text.removeprefix(self.mark)


@dataclass(frozen=True, eq=False)
class Run:
    """Cases that are judged together."""

    seats: tuple[Seat, ...]

    @cached_property
    def log(self) -> LogCase:
        """The events of all cases in one log; the other words are those of the first."""
        events = [event for seat in self.seats for event in seat.log.events]
        fields = {name: field for seat in self.seats for name, field in seat.log.fields.items()}
        numbered = tuple(replace(event, place=place) for place, event in enumerate(events, 2))
        return replace(self.seats[0].log, events=numbered, fields=fields)

    @property
    def honest(self) -> bool:
        """Whether every rule sees and doubts here what it sees and doubts alone, and every field is what it was."""
        return (
            len({seat.doubts for seat in self.seats}) == 1
            and all(self.log.fields[name] == field for seat in self.seats for name, field in seat.log.fields.items())
            and all(sight(seat.rule, self.log) == seat.sight for seat in self.seats)
        )

    def judge(self, plan: str) -> dict[str, Outcome]:
        """By the name of the case what the engine says of it."""
        found, unjudged, judgement = engine_verdicts(self.log, [seat.rule for seat in self.seats], plan)
        groups = judgement.group_verdicts
        return {
            seat.case.name: Outcome(
                [seat.told(v) for v in found if v.rule_id == seat.rule.id and v.identity.startswith(seat.mark)],
                frozenset({RULE} if seat.rule.id in unjudged else ()),
                groups,
            )
            for seat in self.seats
        }


def outcome(case: Case, plan: str) -> Outcome:
    """What the engine says of a case that may share its run with others of its file."""
    return _outcomes(_runs(case.file, ROOM[plan])[case.name], plan)[case.name]


@cache
def _outcomes(run: Run, plan: str) -> dict[str, Outcome]:
    """What the engine says of all cases of a run; where it fails, what it says of each by itself."""
    try:
        return run.judge(plan)
    except Exception as error:
        if len(run.seats) == 1:
            return {run.seats[0].case.name: Outcome(error=error)}
        alone = {name: told for seat in run.seats for name, told in _outcomes(Run((seat,)), plan).items()}
        if not any(told.error for told in alone.values()):
            raise
        return alone


@cache
def _runs(file: str, room: int) -> dict[str, Run]:
    """The cases of a file by name, in as few runs of at most so many as is honest."""
    made: list[Run] = []
    for number, case in enumerate(case for case in cases() if case.file == file):
        if not _separable(case.ruleset.rules[0]):
            made.append(Run((Seat(case),)))
            continue
        seat = Seat(case, f"{number}|")
        for place, run in enumerate(made):
            wider = Run((*run.seats, seat))
            if run.seats[0].mark and len(run.seats) < room and wider.honest:
                made[place] = wider
                break
        else:
            made.append(Run((seat,)))
    return {seat.case.name: run for run in made for seat in run.seats}


def _separable(rule: Rule) -> bool:
    """Whether marks keep a case apart from others and change nothing for its rule."""
    grouped = rule.service_level is not None or rule.obligation.kind == "measure"
    return not grouped and not {column.name for column in columns_used(rule)} & {*ID_FIELDS, *rule.per}
