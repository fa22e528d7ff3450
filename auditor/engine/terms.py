"""What a plan tells the verdict function: the terms of one activation, and answers about the other events.

An obligation is a window [lo, hi].  *Loose* means possible: the event ends at or after lo's earliest and begins at
or before hi's latest.  *Tight* means certain: it begins at or after lo's latest and ends at or before hi's
earliest.  See `docs/decisions.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

import ibis

from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, both, negation
from auditor.rules.model import NEXT, Rule

STAMP = "timestamp(6)"
Ends = tuple[Any, Any]  # earliest and latest of a moment
Window = Callable[[int], Ends | None]  # an end of a window at a level of doubt: None or null where it is open


class Sight(Enum):
    """How events are looked at: certain ones at certain times; at possible times, those that are possible when only
    times are in doubt, or all possible ones."""

    TIGHT = "tight"
    LOOSE_TIMED = "loose_timed"
    LOOSE = "loose"


class Mode(Enum):
    """What is asked of the events of a part.

    FIRST: from the window's lo on; tight → least latest of those that begin at or after lo's latest, loose → least
    earliest of those that end at or after lo's earliest.  SINCE: the same from the activation on.  LAST: up to the
    activation; tight → greatest earliest of those that end at or before its earliest, loose → greatest latest of
    those that begin at or before its latest.  BEGUN: like loose LAST, but their greatest earliest.  COUNT: how many
    lie in the window.  At an end where the window is open, < stands for <=.
    """

    FIRST = "first"
    SINCE = "since"
    LAST = "last"
    BEGUN = "begun"
    COUNT = "count"


@dataclass(frozen=True)
class Search:
    """A question to a plan; `level` chooses the reading of the window where its ends depend on one."""

    part: str
    sight: Sight
    mode: Mode = Mode.FIRST
    level: int = 1


class Finder(Protocol):
    """What a plan knows of the other events of a subject."""

    def find(self, search: Search) -> Any:
        """A timestamp expression, null where there is no such event (COUNT: a number); None when there can be none."""

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        """Whether the asserted condition holds certainly, possibly, and possibly when only times are in doubt."""

    def doubtful(self, part: str) -> bool:
        """Whether conditions of this part (or of `assert`) can be unknown, so that LOOSE differs from LOOSE_TIMED."""


@dataclass(frozen=True)
class Shape:
    """What kind of obligation it is; every member is known, or a column."""

    asserts: Truth
    agrees: Truth
    counts: Truth
    negated: Truth
    backward: Truth  # the window ends at the activation
    around: Truth  # it lies on both sides of it
    deadlined: Truth  # followed_by, accompanied_by, count with `at_least`: there is a limit that can lie ahead
    bounded: Truth  # followed_by with `before`
    next: Truth  # … `before: next`
    exempting: Truth  # with `unless`
    ranked: Truth  # with `nth`
    pausing: Truth  # its clock can stand while it runs


def shape_of(rule: Rule) -> dict[str, bool]:
    """The members of `Shape` for one rule."""
    kind, clock = rule.obligation.kind, rule.clock
    counting = kind == "count" and rule.obligation.at_least is not None
    return {
        "asserts": kind == "assert",
        "agrees": kind == "agree",
        "counts": kind == "count",
        "negated": kind.startswith("not_"),
        "backward": kind in ("preceded_by", "not_preceded_by"),
        "around": kind in ("accompanied_by", "not_accompanied_by"),
        "deadlined": counting or kind in ("followed_by", "accompanied_by"),
        "bounded": rule.obligation.before is not None,
        "next": rule.obligation.before == NEXT,
        "exempting": rule.unless is not None,
        "ranked": rule.nth is not None,
        "pausing": clock is not None and bool(clock.pauses) and timed(rule),
    }


def timed(rule: Rule) -> bool:
    """Whether the rule has a length of time, of its own or stated by the activating event."""
    return rule.obligation.within is not None or rule.obligation.length is not None


@dataclass(frozen=True)
class Terms:
    """One rule (or all, as columns) on the rows of a plan's table.

    `present`: the rule possibly activates.  `unsure`: not certainly, because a condition is unknown; `straddles`: not
    even when only times are in doubt, because an interval straddles the effective window or a condition turns on one.
    `protected`: the report's own receipt is in the log.  `lo` and `due`: the window's own ends.  `unrecorded`: by
    part, `when` for `nth` and `agree`, and `pause` for the clock, whether the log cannot record some of its events.
    `stated`: whether the activating event states the limit, where
    it should.  `at_least` and `at_most`: for `count`, None or null where there is none.  `hides_value`: whether an
    event before the start of the log could have another value, for `agree`, where `agreement` tells whether the
    values of activating events in no more than so much doubt (0: certain ones) are one, and `disagreement` when the
    first other value comes.
    """

    shape: Shape
    present: Truth
    unsure: Truth
    straddles: Truth
    start: Ends
    lo: Window
    due: Window
    subject_known: Truth
    protected: Truth
    unrecorded: Mapping[str, Truth]
    finder: Finder
    precise: bool
    stated: Truth = True
    at_least: Any = None
    at_most: Any = None
    hides_value: Truth = False
    agreement: Callable[[int], Truth] | None = None
    disagreement: Any = None
    doubtful_clock: bool = False  # whether a condition of its pauses can be unknown


def unrecorded_parts(rule: Rule, facts: Facts) -> dict[str, bool]:
    """By part, whether the log cannot record some of its events."""
    found = {part: facts.unrecorded(pattern) for part, pattern in patterns(rule).items()}
    pauses = rule.clock.pauses if rule.clock is not None and timed(rule) else ()
    stops = any(facts.unrecorded(pattern) for pause in pauses for pattern in (pause.start, pause.end))
    many = rule.nth is not None or rule.obligation.kind == "agree"
    return {**found, "when": many and facts.unrecorded(rule.when), "pause": stops}


def effective_truths(
    start: datetime | Any | None, end: datetime | Any | None, ends: Ends, *, precise: bool
) -> tuple[Truth, Truth]:
    """Whether an activation possibly lies in the effective window [start, end), and whether it straddles a bound of it.

    A bound is None, an instant, or a column that is null where there is none.
    """
    inside: list[Truth] = []
    sure: list[Truth] = []
    earliest, latest = ends
    for moment, is_start in ((start, True), (end, False)):
        if moment is None:
            continue
        bound = ibis.literal(moment, type=STAMP) if isinstance(moment, datetime) else moment
        may = latest >= bound if is_start else earliest < bound
        must = earliest >= bound if is_start else latest < bound
        inside.append(ibis.coalesce(may, ibis.literal(True)))
        sure.append(ibis.coalesce(must, ibis.literal(True)))
    return both(*inside), False if precise else negation(both(*sure))
