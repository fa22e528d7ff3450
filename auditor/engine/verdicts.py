"""The verdict function: from a few quantities to a verdict, the same for every plan.

A plan hands over `Terms`: what one rule demands of one activation, each term either known when the query is made
(case form: one expression per rule, folded) or a column (joined pairs: one expression for all rules), and a
`Finder` that tells where the other events of the subject lie that can play a part (match, bound, exemption).

An obligation is a window [lo, hi].  *Loose* means possible: the event ends at or after lo's earliest and begins at
or before hi's latest.  *Tight* means certain: it begins at or after lo's latest and ends at or before hi's
earliest.  See `docs/decisions.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Protocol

import ibis

from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, both, choose, either, least, negation
from auditor.rules.model import NEXT, Rule

MET, VIOLATED, PENDING, UNDETERMINED, EXEMPT = 1, 2, 3, 4, 5
CODES = {"met": MET, "violated": VIOLATED, "pending": PENDING, "undetermined": UNDETERMINED, "exempt": EXEMPT}
REASONS = {1: "imprecise_time", 2: "missing_value", 3: "not_recorded", 4: "log_starts_later"}
STAMP = "timestamp(6)"
Ends = tuple[Any, Any]  # earliest and latest of a moment
Window = Callable[[int], Ends | None]  # an end of a window at a level of doubt: None or null where it is open


class Sight(Enum):
    """How events are looked at: certain ones at certain times, certain ones at possible times, possible ones."""

    TIGHT = "tight"
    LOOSE_KNOWN = "loose_known"
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

    def assertion(self) -> tuple[Truth, Truth]:
        """Whether the asserted condition certainly, and possibly, holds."""

    def doubtful(self, part: str) -> bool:
        """Whether conditions of this part (or of `assert`) can be unknown, so that LOOSE differs from LOOSE_KNOWN."""


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

    `present`: the rule possibly activates.  `unsure`: not certainly, because a condition is unknown; `straddles`:
    because an interval straddles the effective window.  `protected`: the report's own receipt is in the log.  `lo`
    and `due`: the window's own ends.  `unrecorded`: by part, `when` for `nth` and `agree`, and `pause` for the clock,
    whether the log cannot record some of its events.  `stated`: whether the activating event states the limit, where
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


class Verdicts:
    """The verdict expressions of terms."""

    def __init__(self, terms: Terms, facts: Facts) -> None:
        self.terms, self.facts, self.shape = terms, facts, terms.shape
        self.moment = ibis.literal(facts.as_of, type=STAMP)
        self._found: dict[Search, Any] = {}
        self._levels: dict[int, Any] = {}

    @cached_property
    def levels(self) -> list[int]:
        """The levels of doubt that can be reached; 1 (imprecise times) is always compiled."""
        terms = self.terms
        found = [1]
        if terms.unsure is not False or self._doubtful or terms.doubtful_clock:
            found.append(2)
        if any(truth is not False for truth in terms.unrecorded.values()):
            found.append(3)
        if self.facts.observed_from is not None and terms.protected is not True:
            found.append(4)
        return found

    @property
    def _parts(self) -> list[str]:
        shape = self.shape
        looking = negation(either(shape.asserts, shape.agrees))
        named = {"assert": shape.asserts, "match": looking, "bound": shape.bounded}
        named["exemption"] = shape.exempting
        return [part for part, there in named.items() if there is not False]

    @cached_property
    def _doubtful(self) -> bool:
        return any(map(self.terms.finder.doubtful, self._parts))

    def _one_reading(self, level: int) -> bool:
        """Whether nothing that is used is unknown or imprecise, so that both readings are the same."""
        settled = self.shape.agrees is False and self.shape.counts is False and self.shape.pausing is False
        return level <= 2 and self.terms.precise and not self._doubtful and settled

    # The verdict

    def code(self) -> Any:
        """The verdict as one of the codes, 0 where the rule does not activate."""
        verdict = self._at_level(self.levels[-1])
        verdict = choose((self._judged_at_all, verdict), otherwise=_code(UNDETERMINED))
        return choose((self.terms.present, verdict), otherwise=_code(0))

    @property
    def _judged_at_all(self) -> Truth:
        """Whether the subject is known, where one is needed, and the limit stated, where the event should do so."""
        return both(either(self.terms.subject_known, self.shape.asserts), self.terms.stated)

    def reason(self) -> Any:
        """Why an undetermined verdict is so."""
        return reason_of(self.doubt())

    def doubt(self) -> Any:
        """The first level of doubt at which the verdict is undetermined; null where it is not."""
        arms: list[tuple[Truth, Any]] = [(negation(self._judged_at_all), _code(2))]
        arms += [(self._at_level(level) == UNDETERMINED, _code(level)) for level in self.levels]
        return choose(*arms, otherwise=ibis.null("int8"))

    def _at_level(self, level: int) -> Any:
        """The verdict when the doubts of the levels up to `level` are entertained."""
        if level not in self._levels:
            self._levels[level] = self._judged(level)
        return self._levels[level]

    def _judged(self, level: int) -> Any:
        favourable, unfavourable = self._fulfilled(level)
        exempt_f, exempt_u = self._exempt(level)
        fine_f = fine_u = either(favourable, exempt_f)
        if favourable is not unfavourable or exempt_f is not exempt_u:
            fine_u = either(unfavourable, exempt_u)
        arms: list[tuple[Truth, Any]] = [(both(favourable, unfavourable), _code(MET))]
        if self.shape.exempting is not False:
            arms.append((both(fine_f, fine_u), _code(EXEMPT)))
        doubt = self._activation_doubt(level)
        if fine_f is not fine_u:
            doubt = either(doubt, fine_f, fine_u)
        over = self._passed(level)
        doubt = either(doubt, both(self._may_stand(level), negation(over)))
        return choose(*arms, (doubt, _code(UNDETERMINED)), (over, _code(VIOLATED)), otherwise=_code(PENDING))

    def _may_stand(self, level: int) -> Truth:
        """Whether nobody can say that the clock stands: A lies between the ends of a limit that pauses move."""
        pausing, due = self.shape.pausing, self.terms.due(level)
        if pausing is False or due is None:
            return False
        begun = ibis.coalesce(due[0] < self.moment, ibis.literal(False))
        return both(pausing, self.shape.deadlined, begun)

    def _activation_doubt(self, level: int) -> Truth:
        doubt = self.terms.straddles
        if level >= 2:
            doubt = either(doubt, self.terms.unsure)
        if level >= 3:
            doubt = either(doubt, both(self.shape.ranked, self.terms.unrecorded.get("when", False)))
        if level >= 4:
            doubt = either(doubt, both(self.shape.ranked, negation(self.terms.protected)))
        return doubt

    def _fulfilled(self, level: int) -> tuple[Truth, Truth]:
        """Whether the obligation is satisfied in the favourable and in the unfavourable reading."""
        asserts = self.shape.asserts
        holds: Truth = False
        may_hold: Truth = False
        if asserts is not False:
            holds, possible = self.terms.finder.assertion()
            may_hold = possible if level >= 2 else holds
        agrees, counts = self.shape.agrees, self.shape.counts
        if agrees is not False:
            asserts = either(asserts, agrees)
            may_agree, agree = self._agreeing(level)
            holds, may_hold = choose((agrees, agree), otherwise=holds), choose((agrees, may_agree), otherwise=may_hold)
        if counts is not False:
            asserts = either(asserts, counts)
            may_count, count = self._in_range(level)
            holds, may_hold = choose((counts, count), otherwise=holds), choose((counts, may_count), otherwise=may_hold)
        if asserts is True:
            return may_hold, holds
        tight = self._lies("match", loose=False, level=level)
        if self._one_reading(level):
            favourable = unfavourable = choose((self.shape.negated, negation(tight)), otherwise=tight)
        else:
            loose = self._lies("match", loose=True, level=level)
            favourable = choose((self.shape.negated, negation(tight)), otherwise=loose)
            unfavourable = choose((self.shape.negated, negation(loose)), otherwise=tight)
        return choose((asserts, may_hold), otherwise=favourable), choose((asserts, holds), otherwise=unfavourable)

    def _agreeing(self, level: int) -> tuple[Truth, Truth]:
        """`agree`: whether the certain values are one, and whether all possible ones are."""
        terms = self.terms
        hidden: Truth = False
        assert terms.agreement is not None  # noqa: S101 - a plan that judges `agree` provides it
        if level >= 3:
            hidden = terms.unrecorded.get("when", False)
        if level >= 4:
            hidden = either(hidden, both(terms.hides_value, negation(terms.protected)))
        return terms.agreement(0), both(terms.agreement(level), negation(hidden))

    def _in_range(self, level: int) -> tuple[Truth, Truth]:
        """`count`: whether a number that is possible is in range, and whether all are."""
        sure, likely, any_number = self._numbers(level)
        least, most = self.terms.at_least, self.terms.at_most
        enough = either(_keeps(likely, least, at_least=True), any_number)
        few = either(negation(any_number), True if most is None else most.isnull())
        may = both(enough, _keeps(sure, most, at_least=False))
        return may, both(few, _keeps(likely, most, at_least=False), _keeps(sure, least, at_least=True))

    def _numbers(self, level: int) -> tuple[Any, Any, Truth]:
        """How many matches there certainly and possibly are, and whether there may be any number more."""
        sight = Sight.LOOSE if level >= 2 else Sight.LOOSE_KNOWN
        found = [self._find(Search("match", one, Mode.COUNT, level)) for one in (Sight.TIGHT, sight)]
        sure, likely = (ibis.literal(0, "int64") if one is None else ibis.coalesce(one, 0) for one in found)
        hidden = self._hidden(self.terms.start, level)
        return sure, likely, either(level >= 3 and self.terms.unrecorded.get("match", False), hidden)

    def _exempt(self, level: int) -> tuple[Truth, Truth]:
        exempting = self.shape.exempting
        if exempting is False:
            return False, False
        tight = both(exempting, self._lies("exemption", loose=False, level=level))
        if self._one_reading(level):
            return tight, tight
        return both(exempting, self._lies("exemption", loose=True, level=level)), tight

    # Windows

    def _lies(self, part: str, *, loose: bool, level: int) -> Truth:
        """Whether an event of the part lies in the window, possibly (`loose`) or certainly."""
        terms, shape = self.terms, self.shape
        sight = Sight.TIGHT if not loose else Sight.LOOSE if level >= 2 else Sight.LOOSE_KNOWN
        ahead: Truth = False
        behind: Truth = False
        if shape.backward is not True:
            first = self._find(Search(part, sight, level=level))
            if first is not None:
                ends = terms.due(level)
                due: Truth = True if ends is None else _at_most(first, ends[1 if loose else 0], False)
                ahead = both(first.notnull(), due, self._before_bound(part, first, loose=loose, level=level))
        if shape.backward is not False:
            last = self._find(Search(part, sight, Mode.LAST))
            if last is not None:
                ends = terms.lo(level)
                lo = True if ends is None else _at_least(last, ends[0 if loose else 1])
                behind = both(last.notnull(), lo)
        hit = choose((shape.backward, behind), otherwise=ahead)
        if loose:
            hidden = self._hidden(terms.lo(level), level)
            hit = either(hit, level >= 3 and terms.unrecorded.get(part, False), hidden)
        return hit

    def _before_bound(self, part: str, moment: Any, *, loose: bool, level: int) -> Truth:
        """Whether a moment lies before the `before` limit of the reading."""
        shape = self.shape
        if shape.bounded is False:
            return True
        strict = both(shape.next, part == "match")
        sight = Sight.TIGHT if loose else Sight.LOOSE if level >= 2 else Sight.LOOSE_KNOWN
        limit = self._find(Search("bound", sight))
        inside: Truth = True if limit is None else _at_most(moment, limit, strict)
        if not loose:
            hidden = both(shape.bounded, self._hidden(self.terms.start, level))
            at_once = either(level >= 3 and self.terms.unrecorded.get("bound", False), hidden)
            inside = both(inside, either(negation(at_once), _at_most(moment, self.terms.start[0], False)))
        return inside

    def _hidden(self, lo: Ends | None, level: int) -> Truth:
        """Whether an event before the log's start may lie in a window that begins at `lo`."""
        if level < 4 or self.facts.observed_from is None:
            return False
        begin = ibis.literal(self.facts.observed_from, STAMP)
        outside: Truth = True if lo is None else ibis.coalesce(lo[0] < begin, ibis.literal(True))
        return both(outside, negation(self.terms.protected))

    def _find(self, search: Search) -> Any:
        """The plan's answer, to the simplest form of the question that has the same one."""
        part, sight, mode = search.part, search.sight, search.mode
        if sight is Sight.LOOSE and not self.terms.finder.doubtful(part):
            sight = Sight.LOOSE_KNOWN
        if self.terms.precise:
            sight = Sight.TIGHT if sight is Sight.LOOSE_KNOWN else sight
            mode = Mode.LAST if mode is Mode.BEGUN else mode
        if mode is Mode.SINCE and self.shape.around is False:
            mode = Mode.FIRST
        by_level = mode is Mode.COUNT or (mode is Mode.FIRST and self.shape.around is not False and part != "bound")
        level = search.level if by_level and self.shape.pausing is not False else 1
        simple = Search(part, sight, mode, level)
        if simple not in self._found:
            self._found[simple] = self.terms.finder.find(simple)
        return self._found[simple]

    # Limits

    def _passed(self, level: int) -> Truth:
        """Whether what is neither kept nor excused is over: its limit has passed, or too many are there."""
        due, deadlined = self.terms.due(level), self.shape.deadlined
        if deadlined is False:
            return True
        passed: list[Truth] = []
        if due is not None:
            passed.append(ibis.coalesce(self.moment > due[1], ibis.literal(False)))
        if self._limit is not None:
            passed.append(self._limit.notnull())
        if self.shape.counts is not False:
            passed.append(self._too_many(level))
        return either(negation(deadlined), *passed)

    def _too_many(self, level: int) -> Truth:
        most = self.terms.at_most
        return both(self.shape.counts, negation(_keeps(self._numbers(level)[0], most, at_least=False)))

    @cached_property
    def _limit(self) -> Any:
        """The favourable `before` limit, or None."""
        return None if self.shape.bounded is False else self._find(Search("bound", Sight.TIGHT))

    def due_at(self) -> Any:
        """The favourable limit's latest end; null where the obligation has none."""
        nothing, ends = ibis.null(STAMP), self.terms.due(self.levels[-1])
        due = least([None if ends is None else ends[1], self._limit])
        told = both(self.shape.deadlined, self.terms.stated)
        return choose((told, nothing if due is None else due), otherwise=nothing)

    # Witnesses: the events that decide

    def witness(self, part: str) -> Any:
        """The earliest (`bound`: latest) time of the event of a part that the verdict turns on; null where there is
        none."""
        agrees = self.shape.agrees
        if part == "match" and agrees is not False:
            return choose((agrees, self.terms.disagreement), otherwise=self._witness(part))
        return self._witness(part)

    def _witness(self, part: str) -> Any:
        nothing = ibis.null(STAMP)
        if part not in self._parts:
            return nothing
        if part == "bound":
            return nothing if self._limit is None else self._limit
        shape, terms = self.shape, self.terms
        after = before = nothing
        if shape.backward is not True:
            after = _or(self._find(Search(part, Sight.LOOSE, Mode.SINCE)), nothing)
        if shape.backward is not False or shape.around is not False:
            before = _or(self._find(Search(part, Sight.LOOSE, Mode.BEGUN)), nothing)
        nearest = after
        if shape.around is not False:
            in_time, near = after.notnull(), before.notnull()
            due, lo = terms.due(self.levels[-1]), terms.lo(self.levels[-1])
            if due is not None:
                in_time = ibis.coalesce(after <= due[1], in_time)
            if lo is not None:
                near = ibis.coalesce(before >= lo[0], near)
            both_sides = ibis.cases((in_time, after), (near, before), else_=after)
            nearest = choose((shape.around, both_sides), otherwise=after)
        return choose((shape.backward, before), otherwise=nearest)

    def met_at(self, verdict: Any) -> Any:
        """The match's earliest time where the verdict is met or violated, by the obligation's kind."""
        shape, nothing = self.shape, ibis.null(STAMP)
        met, decided = verdict == MET, verdict.isin([MET, VIOLATED])
        positive = both(negation(either(shape.negated, shape.asserts, shape.agrees, shape.counts)), self.terms.stated)
        if positive is False:
            return nothing
        witness = self.witness("match")
        late = choose((shape.around, self._since_start), otherwise=witness) if shape.around is not False else witness
        return choose(
            (both(positive, met), witness), (both(positive, negation(shape.backward), decided), late), otherwise=nothing
        )

    @property
    def _since_start(self) -> Any:
        return _or(self._find(Search("match", Sight.LOOSE, Mode.SINCE)), ibis.null(STAMP))

    def late_seconds(self, verdict: Any, due: Any, met: Any) -> Any:
        """Whole seconds by which a violated deadline was missed at least; null elsewhere."""
        if self.shape.deadlined is False:
            return ibis.null("int64")
        micros = ibis.coalesce(met, self.moment).delta(due, unit="microsecond")
        late = ibis.greatest((micros // 1_000_000).cast("int64"), ibis.literal(0, type="int64"))
        missed: Truth = (verdict == VIOLATED) & due.notnull()
        if self.shape.counts is not False:
            missed = both(missed, negation(self._too_many(self.levels[-1])))
        return ibis.ifelse(missed, late, ibis.null("int64"))

    def spoken(self, part: str, verdict: Any) -> Any:
        """The witness of a part where it speaks for the verdict, else null."""
        nothing, witness = ibis.null(STAMP), self.witness(part)
        if part == "exemption":
            return ibis.ifelse(verdict.isin([EXEMPT, UNDETERMINED]), witness, nothing)
        if part == "bound":
            return ibis.ifelse(verdict == MET, nothing, witness)
        silent = either(verdict == PENDING, both(self.shape.negated, verdict == MET))
        return choose((silent, nothing), otherwise=witness)


def reason_of(doubt: Any) -> Any:
    """The reason that a level of doubt is told as."""
    return doubt.cases(*REASONS.items(), else_=ibis.null("string"))


def _code(value: int) -> Any:
    return ibis.literal(value, type="int8")


def _or(found: Any, nothing: Any) -> Any:
    return nothing if found is None else found


def _keeps(number: Any, bound: Any, *, at_least: bool) -> Truth:
    """Whether a number keeps a bound; it does where there is none."""
    if bound is None:
        return True
    return ibis.coalesce(number >= bound if at_least else number <= bound, ibis.literal(True))


def _at_most(moment: Any, limit: Any, strict: Truth) -> Any:
    """moment <= limit (or <); true where the limit is null, that is open."""
    compared = choose((strict, moment < limit), otherwise=moment <= limit)
    return ibis.coalesce(compared, ibis.literal(True))


def _at_least(moment: Any, limit: Any) -> Any:
    return ibis.coalesce(moment >= limit, ibis.literal(True))


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
