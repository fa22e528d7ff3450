"""The verdict function: from a few quantities to a verdict, the same for every plan.

A plan hands over `Terms`: what one rule demands of one activation, each term either known when the query is made
(case form: one expression per rule, folded) or a column (joined pairs: one expression for all rules), and a
`Finder` that tells where the other events of the subject lie that can play a part (match, bound, exemption).
See `docs/decisions.md`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import ibis

from auditor.engine.facts import Facts
from auditor.engine.logic import Truth, both, choose, either, least, negation
from auditor.engine.terms import STAMP, Ends, Mode, Search, Sight, Terms, Window

MET, VIOLATED, PENDING, UNDETERMINED, EXEMPT = 1, 2, 3, 4, 5
CODES = {"met": MET, "violated": VIOLATED, "pending": PENDING, "undetermined": UNDETERMINED, "exempt": EXEMPT}
REASONS = {1: "imprecise_time", 2: "missing_value", 3: "not_recorded", 4: "log_starts_later"}


class Verdicts:
    """The verdict expressions of terms."""

    def __init__(self, terms: Terms, facts: Facts) -> None:
        self.terms, self.facts, self.shape = terms, facts, terms.shape
        self.moment = ibis.literal(facts.as_of, type=STAMP)
        self._found: dict[Search, Any] = {}
        self._over: dict[int, Truth] = {}
        self._windows: dict[tuple[int, int], Ends | None] = {}
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
        pausing, due = self.shape.pausing, self._due(level)
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
            holds, possible, timed = self.terms.finder.assertion()
            may_hold = possible if level >= 2 else timed
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
        sight = Sight.LOOSE if level >= 2 else Sight.LOOSE_TIMED
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
        sight = Sight.TIGHT if not loose else Sight.LOOSE if level >= 2 else Sight.LOOSE_TIMED
        ahead: Truth = False
        behind: Truth = False
        if shape.backward is not True:
            first = self._find(Search(part, sight, level=level))
            if first is not None:
                ends = self._due(level)
                due: Truth = True if ends is None else _at_most(first, ends[1 if loose else 0], False)
                ahead = both(first.notnull(), due, self._before_bound(part, first, loose=loose, level=level))
        if shape.backward is not False:
            last = self._find(Search(part, sight, Mode.LAST))
            if last is not None:
                ends = self._lo(level)
                lo = True if ends is None else _at_least(last, ends[0 if loose else 1])
                behind = both(last.notnull(), lo)
        hit = choose((shape.backward, behind), otherwise=ahead)
        if loose:
            hidden = self._hidden(self._lo(level), level)
            hit = either(hit, level >= 3 and terms.unrecorded.get(part, False), hidden)
        return hit

    def _before_bound(self, part: str, moment: Any, *, loose: bool, level: int) -> Truth:
        """Whether a moment lies before the `before` limit of the reading."""
        shape = self.shape
        if shape.bounded is False:
            return True
        strict = both(shape.next, part == "match")
        sight = Sight.TIGHT if loose else Sight.LOOSE if level >= 2 else Sight.LOOSE_TIMED
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
            sight = Sight.LOOSE_TIMED
        if self.terms.precise and mode is Mode.BEGUN:
            mode = Mode.LAST
        if mode is Mode.SINCE and self.shape.around is False:
            mode = Mode.FIRST
        in_window = mode is Mode.COUNT or (mode is Mode.FIRST and self.shape.around is not False and part != "bound")
        pausing = in_window and self.shape.pausing is not False  # then the window's ends, too, may be intervals
        if self.terms.precise and not pausing and sight is Sight.LOOSE_TIMED:
            sight = Sight.TIGHT
        simple = Search(part, sight, mode, search.level if pausing else 1)
        if simple not in self._found:
            self._found[simple] = self.terms.finder.find(simple)
        return self._found[simple]

    # Limits

    def _lo(self, level: int) -> Ends | None:
        return self._ends(self.terms.lo, level)

    def _due(self, level: int) -> Ends | None:
        return self._ends(self.terms.due, level)

    def _ends(self, window: Window, level: int) -> Ends | None:
        """An end of the window, each made once: the levels differ only where a clock pauses."""
        key = id(window), level if self.shape.pausing is not False else 1
        if key not in self._windows:
            self._windows[key] = window(key[1])
        return self._windows[key]

    def _passed(self, level: int) -> Truth:
        """Whether what is neither kept nor excused is over; the levels differ only where a clock pauses."""
        level = level if self.shape.pausing is not False else 1
        if level not in self._over:
            self._over[level] = self._has_passed(level)
        return self._over[level]

    def _has_passed(self, level: int) -> Truth:
        """Whether its limit has passed, or too many are there."""
        due, deadlined = self._due(level), self.shape.deadlined
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
        nothing, ends = ibis.null(STAMP), self._due(self.levels[-1])
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
        shape = self.shape
        after = before = nothing
        if shape.backward is not True:
            after = _or(self._find(Search(part, Sight.LOOSE, Mode.SINCE)), nothing)
        if shape.backward is not False or shape.around is not False:
            before = _or(self._find(Search(part, Sight.LOOSE, Mode.BEGUN)), nothing)
        nearest = after
        if shape.around is not False:
            in_time, near = after.notnull(), before.notnull()
            due, lo = self._due(self.levels[-1]), self._lo(self.levels[-1])
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
