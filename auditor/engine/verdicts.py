"""The verdict function: from a few quantities to a verdict, the same for every plan.

A plan hands over a `Candidate`: rows on which a rule may activate, and a `Finder` that answers two questions about the
events of a part (match, bound, exemption) other than the activating one: the first at or after a moment, and the last at or before one.

An obligation is a window [lo, hi].  *Loose* means possible: the event ends at or after lo's earliest and begins at or before hi's
latest.  *Tight* means certain: it begins at or after lo's latest and ends at or before hi's earliest.  See `docs/decisions.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

import ibis

from auditor.engine.clocks import Clock
from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, both, choose, either, expression, greatest, least, negation
from auditor.rules.model import NEXT, Rule

MET, VIOLATED, PENDING, UNDETERMINED, EXEMPT = 1, 2, 3, 4, 5
CODES = {"met": MET, "violated": VIOLATED, "pending": PENDING, "undetermined": UNDETERMINED, "exempt": EXEMPT}
REASONS = {1: "imprecise_time", 2: "missing_value", 3: "not_recorded", 4: "log_starts_later"}


class Sight(Enum):
    """How an event is looked at: certain events at certain times, certain events at possible times, possible events."""

    TIGHT = "tight"
    LOOSE_KNOWN = "loose_known"
    LOOSE = "loose"


class Anchor(Enum):
    """The bound of a window that a search starts from: the activation, a duration before it, or none."""

    START = "start"
    BEFORE = "before"
    OPEN = "open"


@dataclass(frozen=True)
class Search:
    """A question to a plan.

    forward: tight → least `latest` of certain events that begin at or after the anchor's latest; loose → least `earliest` of
    events that end at or after the anchor's earliest.  Backward (anchor always START): tight → greatest `earliest` of certain events
    that end at or before the start's earliest; loose → greatest `latest` of events that begin at or before the start's latest;
    with `begins`, greatest `earliest` of the same.  `strict` compares with < instead of <=.
    """

    part: str
    sight: Sight
    anchor: Anchor = Anchor.START
    strict: bool = False
    backward: bool = False
    begins: bool = False


class Finder(Protocol):
    """What a plan knows of the other events of a subject."""

    def find(self, search: Search) -> Any:
        """A timestamp expression, null where there is no such event; None when there can be none."""

    def doubtful(self, part: str) -> bool:
        """Whether conditions of this part can be unknown here, so that LOOSE differs from LOOSE_KNOWN."""


@dataclass(frozen=True)
class Candidate:
    """Rows of a plan's table on which one rule may activate; all members are expressions over that table.

    `present`: the rule possibly activates.  `unsure`: it is not certain that it does, because a condition is unknown;
    `straddles`: because an interval straddles the effective window.  `protected`: the report's own receipt is in the log.
    """

    rule: Rule
    present: Truth
    unsure: Truth
    straddles: Truth
    earliest: Any
    latest: Any
    subject_known: Truth
    protected: Truth
    finder: Finder
    precise: bool


@dataclass(frozen=True)
class _Bound:
    """An end of a window: None is open; `earliest` and `latest` of the moment."""

    earliest: Any
    latest: Any
    strict: bool = False


_OPEN = _Bound(None, None)


class Verdicts:
    """The verdict expressions of one candidate."""

    def __init__(self, candidate: Candidate, facts: Facts) -> None:
        self.candidate = candidate
        self.facts = facts
        self.rule = candidate.rule
        self.obligation = candidate.rule.obligation
        self.clock: Clock = facts.clock(candidate.rule)
        self.parts = patterns(candidate.rule)
        self.negated = self.obligation.kind.startswith("not_")
        self.start = _Bound(candidate.earliest, candidate.latest)
        self.moment = ibis.literal(facts.as_of, type="timestamp(6)")
        self._made: dict[Any, Any] = {}

    # What a plan must compute

    @property
    def levels(self) -> list[int]:
        """The levels of doubt that this candidate can reach; 1 (imprecise times) is always compiled."""
        found = [1]
        candidate = self.candidate
        if candidate.unsure is not False or self._doubtful:
            found.append(2)
        told = [*self.parts.values(), *([self.rule.when] if self.rule.nth is not None else [])]
        if any(map(self.facts.unrecorded, told)):
            found.append(3)
        if self.facts.observed_from is not None and candidate.protected is not True:
            found.append(4)
        return found

    @property
    def _asserts(self) -> bool:
        return self.obligation.kind == "assert"

    @property
    def _doubtful(self) -> bool:
        parts = [*self.parts, "assert"] if self._asserts else [*self.parts]
        return any(self.candidate.finder.doubtful(part) for part in parts)

    def _one_reading(self, level: int) -> bool:
        """Whether nothing that the rule uses is unknown or imprecise, so that both readings are the same."""
        return level <= 2 and self.candidate.precise and not self._doubtful

    # The obligation

    def code(self) -> Any:
        """The verdict as one of the codes, 0 where the rule does not activate."""
        levels = self.levels
        verdict = self._at_level(levels[-1])
        known = self.candidate.subject_known
        if not self._asserts:
            verdict = choose((known, verdict), otherwise=ibis.literal(UNDETERMINED, type="int8"))
        present = self.candidate.present
        return choose((present, verdict), otherwise=ibis.literal(0, type="int8"))

    def reason(self) -> Any:
        """Why an undetermined verdict is so: the first level of doubt at which it is."""
        missing = ibis.literal(REASONS[2])
        arms = []
        if not self._asserts:
            arms.append((negation(self.candidate.subject_known), missing))
        for level in self.levels:
            undetermined = self._at_level(level)
            undetermined = undetermined == UNDETERMINED
            arms.append((undetermined, ibis.literal(REASONS[level])))
        return choose(*arms, otherwise=ibis.null("string"))

    def _at_level(self, level: int) -> Any:
        """The verdict when the doubts of the levels up to `level` are entertained."""
        if ("verdict", level) in self._made:
            return self._made["verdict", level]
        favourable, unfavourable = self._fulfilled(level)
        exempt_f, exempt_u = self._exempt(level)
        fine_f, fine_u = either(favourable, exempt_f), either(unfavourable, exempt_u)
        code = {value: ibis.literal(value, type="int8") for value in CODES.values()}
        arms = [(both(favourable, unfavourable), code[MET])]
        if "exemption" in self.parts:
            arms.append((both(fine_f, fine_u), code[EXEMPT]))
        if fine_f is not fine_u:
            arms.append((either(fine_f, fine_u), code[UNDETERMINED]))
        verdict = choose(*arms, (self._passed(), code[VIOLATED]), otherwise=code[PENDING])
        doubt = self._activation_doubt(level)
        if doubt is not False:
            settled = either(both(favourable, unfavourable), both(fine_f, fine_u))
            verdict = choose((both(doubt, negation(settled)), code[UNDETERMINED]), otherwise=verdict)
        self._made["verdict", level] = verdict
        return verdict

    def _activation_doubt(self, level: int) -> Truth:
        doubt: Truth = self.candidate.straddles
        if level >= 2:
            doubt = either(doubt, self.candidate.unsure)
        if level >= 3 and self.rule.nth is not None and self.facts.unrecorded(self.rule.when):
            return True
        if level >= 4 and self.rule.nth is not None:
            doubt = either(doubt, negation(self.candidate.protected))
        return doubt

    def _fulfilled(self, level: int) -> tuple[Truth, Truth]:
        """Whether the obligation is satisfied in the favourable and in the unfavourable reading."""
        if self._asserts:
            holds, may_hold = self._assertion()
            return (may_hold if level >= 2 else holds), holds
        lo, his = self._window("match")
        if self._one_reading(level):
            found = self._found("match", lo, his, loose=False, level=level)
            only = negation(found) if self.negated else found
            return only, only
        if self.negated:
            return (
                negation(self._found("match", lo, his, loose=False, level=level)),
                negation(self._found("match", lo, his, loose=True, level=level)),
            )
        return (
            self._found("match", lo, his, loose=True, level=level),
            self._found("match", lo, his, loose=False, level=level),
        )

    def _assertion(self) -> tuple[Truth, Truth]:
        holds = self.candidate.finder.find(Search("assert", Sight.TIGHT))
        may_hold = self.candidate.finder.find(Search("assert", Sight.LOOSE))
        return holds, may_hold

    def _exempt(self, level: int) -> tuple[Truth, Truth]:
        if "exemption" not in self.parts:
            return False, False
        lo, his = self._window("exemption")
        if self._one_reading(level):
            only = self._found("exemption", lo, his, loose=False, level=level)
            return only, only
        return (
            self._found("exemption", lo, his, loose=True, level=level),
            self._found("exemption", lo, his, loose=False, level=level),
        )

    # Windows

    def _window(self, part: str) -> tuple[_Bound, list[_Bound]]:
        """lo and the his (all of which bind); an exemption's window is the obligation's, closed at both ends."""
        kind, within = self.obligation.kind, self.obligation.within
        closed = part == "exemption"
        lo, his = self.start, [self.start]
        if kind == "followed_by":
            his = self._deadline()
        elif kind == "not_followed_by":
            lo, his = _Bound(self.start.earliest, self.start.latest, not closed), self._deadline()
        elif kind == "preceded_by":
            lo = self._shifted(-1) if within else _OPEN
        elif kind == "not_preceded_by":
            lo = self._shifted(-1) if within else _OPEN
            his = [_Bound(self.start.earliest, self.start.latest, not closed)]
        elif kind in ("accompanied_by", "not_accompanied_by"):
            lo, his = (self._shifted(-1), self._deadline()) if within else (_OPEN, [])
        return lo, his

    def _deadline(self) -> list[_Bound]:
        return [self._shifted(1)] if self.obligation.within else []

    def _shifted(self, sign: int) -> _Bound:
        if ("shift", sign) not in self._made:
            assert self.obligation.within is not None  # noqa: S101 - asked only where a duration is given
            earliest = self.clock.shift(self.start.earliest, self.obligation.within, sign)
            latest = earliest
            if not self.candidate.precise:
                latest = self.clock.shift(self.start.latest, self.obligation.within, sign)
            self._made["shift", sign] = _Bound(earliest, latest)
        found: _Bound = self._made["shift", sign]
        return found

    def _bound(self, part: str, *, loose: bool, level: int) -> list[tuple[Any, bool]]:
        """The `before` limit in the reading that suits `loose`: (moment or True for "at once", strict)."""
        if "bound" not in self.parts:
            return []
        strict = self.obligation.before == NEXT
        if loose:
            limit = self._find(Search("bound", Sight.TIGHT, strict=strict))
            return [] if limit is None else [(limit, strict and part == "match")]
        limit = self._find(Search("bound", self._loose_sight(level), strict=strict))
        found = [] if limit is None else [(limit, strict and part == "match")]
        hidden = self._hidden(self.start, level)
        at_once = either(level >= 3 and self.facts.unrecorded(self.parts["bound"]), hidden)
        if at_once is not False:
            now = choose((at_once, self.start.earliest), otherwise=ibis.null("timestamp(6)"))
            found.append((now, False))
        return found

    def _hidden(self, lo: _Bound, level: int) -> Truth:
        """Whether an event before the log's start may lie in a window that begins at `lo`."""
        if level < 4 or self.facts.observed_from is None:
            return False
        outside = True if lo.earliest is None else lo.earliest < ibis.literal(self.facts.observed_from, "timestamp(6)")
        return both(outside, negation(self.candidate.protected))

    def _found(self, part: str, lo: _Bound, his: list[_Bound], *, loose: bool, level: int) -> Truth:
        """Whether an event of the part lies in the window, possibly (`loose`) or certainly."""
        if loose and level >= 3 and self.facts.unrecorded(self.parts[part]):
            return True
        limits = [(hi.latest if loose else hi.earliest, hi.strict) for hi in his]
        if self.obligation.kind == "followed_by":
            limits += self._bound(part, loose=loose, level=level)
        sight = self._loose_sight(level) if loose else Sight.TIGHT
        hit: Truth
        if self.obligation.kind in ("preceded_by", "not_preceded_by"):
            edge = self._find(Search(part, sight, strict=his[0].strict, backward=True))
            hit = edge is not None and _holds(
                edge, ">=", None if lo is _OPEN else (lo.earliest if loose else lo.latest)
            )
        else:
            anchor = Anchor.OPEN if lo is _OPEN else Anchor.START if lo.latest is self.start.latest else Anchor.BEFORE
            edge = self._find(Search(part, sight, anchor, lo.strict))
            hit = edge is not None and both(edge.notnull(), *(_within(edge, limit, strict) for limit, strict in limits))
        return either(hit, loose and self._hidden(lo, level))

    def _loose_sight(self, level: int) -> Sight:
        return Sight.LOOSE if level >= 2 else Sight.LOOSE_KNOWN

    def _find(self, search: Search) -> Any:
        if self.candidate.precise and search.sight is Sight.LOOSE_KNOWN:
            search = Search(search.part, Sight.TIGHT, search.anchor, search.strict, search.backward)
        if search.sight is Sight.LOOSE and not self.candidate.finder.doubtful(search.part):
            sight = Sight.TIGHT if self.candidate.precise else Sight.LOOSE_KNOWN
            search = Search(search.part, sight, search.anchor, search.strict, search.backward, search.begins)
        if self.candidate.precise and search.begins:
            search = Search(search.part, search.sight, search.anchor, search.strict, search.backward)
        if search not in self._made:
            self._made[search] = self.candidate.finder.find(search)
        return self._made[search]

    # Limits

    def _passed(self) -> Truth:
        kind = self.obligation.kind
        if kind not in ("followed_by", "accompanied_by"):
            return True
        passed: list[Truth] = []
        if self.obligation.within:
            passed.append(self.moment > self._shifted(1).latest)
        if "bound" in self.parts:
            bound = self._find(Search("bound", Sight.TIGHT, strict=self.obligation.before == NEXT))
            passed.append(bound is not None and bound.notnull())
        return either(*passed)

    def due_at(self) -> Any:
        """The favourable limit's latest end, or None when the obligation has none."""
        if self.obligation.kind not in ("followed_by", "accompanied_by"):
            return None
        limits = [self._shifted(1).latest] if self.obligation.within else []
        if "bound" in self.parts:
            limits.append(self._find(Search("bound", Sight.TIGHT, strict=self.obligation.before == NEXT)))
        return least(limits)

    # Witnesses: the events that decide

    def witness(self, part: str) -> Any:
        """The earliest time of the event of a part that the verdict turns on; null or None where there is none."""
        kind = self.obligation.kind
        if part == "bound":
            return self._find(Search("bound", Sight.TIGHT, strict=self.obligation.before == NEXT))
        lo, his = self._window(part)
        after = self._after(part, strict=lo.strict)
        before = self._before(part, strict=bool(his) and his[0].strict)
        if kind in ("preceded_by", "not_preceded_by"):
            return before
        if kind not in ("accompanied_by", "not_accompanied_by"):
            return after
        if self.obligation.within is None or after is None or before is None:
            return least([after, before]) if self.obligation.within is None else greatest([before, after])
        in_time = ibis.coalesce(after <= self._shifted(1).latest, ibis.literal(False))
        near = ibis.coalesce(before >= self._shifted(-1).earliest, ibis.literal(False))
        return ibis.cases((in_time, after), (near, before), else_=after)

    def _after(self, part: str, *, strict: bool = False) -> Any:
        return self._find(Search(part, Sight.LOOSE, strict=strict))

    def _before(self, part: str, *, strict: bool = False) -> Any:
        return self._find(Search(part, Sight.LOOSE, strict=strict, backward=True, begins=True))

    def met_at(self, verdict: Any) -> Any:
        """The match's earliest time where the verdict is met or violated, by the obligation's kind."""
        kind = self.obligation.kind
        decided, met = (verdict == MET) | (verdict == VIOLATED), verdict == MET
        nothing = ibis.null("timestamp(6)")
        if kind == "followed_by":
            after = self._after("match")
            return nothing if after is None else ibis.ifelse(decided, after, nothing)
        if kind == "preceded_by":
            before = self._before("match")
            return nothing if before is None else ibis.ifelse(met, before, nothing)
        if kind == "accompanied_by":
            after, before = self._after("match"), self._before("match")
            due = self._shifted(1).latest
            arms = []
            if after is not None:
                in_time = ibis.coalesce(after <= due, ibis.literal(False))
                arms.append(((verdict == VIOLATED) | (met & in_time), after))
            if before is not None:
                arms.append((met, before))
            return ibis.cases(*arms, else_=nothing) if arms else nothing
        return nothing

    def late_seconds(self, verdict: Any, due: Any, met: Any) -> Any:
        """Whole seconds by which a violated deadline was missed at least; null elsewhere."""
        if due is None:
            return ibis.null("int64")
        until = ibis.coalesce(met, self.moment)
        micros = until.delta(due, unit="microsecond")
        late = ibis.greatest((micros // 1_000_000).cast("int64"), ibis.literal(0, type="int64"))
        return ibis.ifelse((verdict == VIOLATED) & due.notnull(), late, ibis.null("int64"))

    def present(self) -> Any:
        """The rows on which the rule possibly activates, as an expression."""
        return expression(self.candidate.present)


def _within(edge: Any, limit: Any, strict: bool) -> Any:
    """edge <= limit (or <), true where the limit is null, that is open."""
    compared = edge < limit if strict else edge <= limit
    return ibis.coalesce(compared, ibis.literal(True))


def _holds(edge: Any, op: str, limit: Any) -> Any:
    if limit is None:
        return edge.notnull()
    return ibis.coalesce(edge >= limit, ibis.literal(False))


def effective_truths(rule: Rule, earliest: Any, latest: Any, *, precise: bool) -> tuple[Truth, Truth]:
    """Whether an activation possibly lies in the effective window, and whether it straddles a bound of it."""
    start, end = rule.effective.start, rule.effective.end
    inside: list[Truth] = []
    sure: list[Truth] = []
    for moment, is_start in ((start, True), (end, False)):
        if moment is None:
            continue
        bound = _instant(moment)
        inside.append(latest >= bound if is_start else earliest < bound)
        sure.append(earliest >= bound if is_start else latest < bound)
    return both(*inside), False if precise else negation(both(*sure))


def _instant(moment: datetime) -> Any:
    return ibis.literal(moment, type="timestamp(6)")
