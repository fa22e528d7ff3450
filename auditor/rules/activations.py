"""What a rule was found to say of a small log, set against what its test expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.base.durations import parse_duration
from auditor.rules.model import Expected
from auditor.rules.offsets import moment, shown
from auditor.rules.ruletests import Case

NO_ACTIVATION = "none"
NONE_FOUND = "no activation"


@dataclass(frozen=True)
class Activation:
    """One activation and its verdict; times are aware UTC, `subject` as the test writes it (null when unknown)."""

    verdict: str
    subject: str | None = None
    reason: str | None = None
    activated_at: datetime | None = None
    due_at: datetime | None = None
    met_at: datetime | None = None
    late_seconds: int | None = None

    def text(self, start: datetime) -> str:
        """The activation in a few words, times as offsets from `start`."""
        words = [self.verdict]
        if self.reason:
            words.append(f"({self.reason})")
        if self.subject is not None:
            words.append(f"for {self.subject}")
        text = " ".join(words)
        if self.due_at is not None:
            text += f", due {shown(self.due_at - start)}"
        return text + ("" if self.late_seconds is None else f", late {shown(timedelta(seconds=self.late_seconds))}")


@dataclass(frozen=True)
class Difference:
    """What a test expects and what was found instead, each in words."""

    expected: tuple[str, ...]
    found: tuple[str, ...]


def difference(case: Case, found: Sequence[Activation]) -> Difference | None:
    """How what was found differs from what the case expects; None where it does not.

    A verdict: at least one activation, and every one has it.  Counts: verdicts that are not named occur 0 times.
    Activations one by one: each has what is stated of it, and there are no others.
    """
    if isinstance(case.expect, str):
        return _one_verdict(case, case.expect, found)
    if isinstance(case.expect, tuple):
        return _one_by_one(case, case.expect, found)
    expected = {verdict: number for verdict, number in case.expect.items() if number}
    counts = Counter(one.verdict for one in found)
    return None if counts == expected else Difference((_counted(expected),), (_counted(counts),))


def _one_verdict(case: Case, verdict: str, found: Sequence[Activation]) -> Difference | None:
    if verdict == NO_ACTIVATION:
        return Difference((NONE_FOUND,), _texts(case, found)) if found else None
    others = [one for one in found if one.verdict != verdict]
    return Difference((verdict,), _texts(case, others)) if others or not found else None


def _one_by_one(case: Case, expected: Sequence[Expected], found: Sequence[Activation]) -> Difference | None:
    """Each expectation takes one activation; where one is taken already, its taker looks for another."""
    takers: dict[int, int] = {}  # activation → expectation

    def takes(wish: int, tried: set[int]) -> bool:
        for number, one in enumerate(found):
            if number not in tried and _fits(case, expected[wish], one):
                tried.add(number)
                if number not in takers or takes(takers[number], tried):
                    takers[number] = wish
                    return True
        return False

    disappointed = [expected[wish] for wish in range(len(expected)) if not takes(wish, set())]
    others = [one for number, one in enumerate(found) if number not in takers]
    if not disappointed and not others:
        return None
    wishes = tuple(_wish(one) for one in disappointed) or ("no further activation",)
    return Difference(wishes, _texts(case, others) if found else (NONE_FOUND,))


def _fits(case: Case, expected: Expected, found: Activation) -> bool:
    due = None if expected.due is None else moment(expected.due, case.start, case.zone)
    late = None if expected.late is None else parse_duration(expected.late).seconds
    pairs = (
        (expected.verdict, found.verdict), (expected.subject, found.subject), (expected.reason, found.reason),
        (due, found.due_at), (late, found.late_seconds),
    )  # fmt: skip
    return all(wish is None or wish == fact for wish, fact in pairs)


def _wish(expected: Expected) -> str:
    text = expected.verdict
    if expected.reason is not None:
        text += f" ({expected.reason})"
    if expected.subject is not None:
        text += f" for {expected.subject}"
    if expected.due is not None:
        text += f", due {expected.due}"
    return text + ("" if expected.late is None else f", late {expected.late}")


def _texts(case: Case, found: Sequence[Activation]) -> tuple[str, ...]:
    return tuple(one.text(case.start) for one in found) or (NONE_FOUND,)


def _counted(counts: dict[str, int] | Counter[str]) -> str:
    return ", ".join(f"{number} {verdict}" for verdict, number in counts.items()) or NONE_FOUND
