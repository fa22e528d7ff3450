"""Pairs: every activation of every rule beside each other event of its subject, in one query.  Exact always.

The rules are data here: one row per rule with its bits, durations and kind, joined to the rows that it may activate
on.  So a pack costs one query, however many rules it has.  Quadratic in the size of a subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition, compile_lack
from auditor.engine.facts import Facts, patterns, stated_columns
from auditor.engine.logic import Truth, both, certain, either, expression, negation, possible
from auditor.engine.plans.agreement import agreement, one_per_subject
from auditor.engine.plans.bounds import Bounds
from auditor.engine.plans.frame import RECEIVED, absent, ordered, strict_at
from auditor.engine.plans.rows import Bits, Group, names_trigger, tests_of
from auditor.engine.tables import constants
from auditor.engine.terms import (
    STAMP,
    Ends,
    Mode,
    Search,
    Shape,
    Sight,
    Terms,
    effective_truths,
    shape_of,
    timed,
    unrecorded_parts,
)
from auditor.engine.verdicts import UNDETERMINED, Verdicts
from auditor.log.queries import hold, release, view
from auditor.log.schema import TIME
from auditor.rules import expressions as ex
from auditor.rules.model import Rule

PARTS = ("match", "bound", "exemption")
KEYS = ("rule", "row")
SPENT = (
    "rule_id", "rule_group", "place", "event", "identity", "likely", "by_time", "nth", "starts",
    "ends", "timed", "seconds", "days", "months", "zone",
)  # fmt: skip
COLUMNS = (
    "rule", "rule_id", "rule_group", "nth", "at_least", "at_most", "seconds", "days", "months", "zone",
)  # fmt: skip
OWN = ("repeats", "identity")  # what is not asked of other events
DOUBTS = (*PARTS, "when", "pause")  # what a log may not be able to record
KINDS = dict.fromkeys(("starts", "ends"), "timestamp(6)") | dict.fromkeys(("at_least", "at_most"), "int64")


@dataclass(frozen=True)
class Pairs:
    """All rules of some groups over their narrow rows (materialised, with `identity`)."""

    facts: Facts
    rows: ir.Table
    groups: tuple[Group, ...]
    bits: Bits
    by: tuple[str, ...] = ()

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by number."""
        return tuple(rule for group in self.groups for rule in group.rules)

    @cached_property
    def constants(self) -> ir.Table:
        """One row per rule."""
        kinds = {bool: "boolean", int: "int64", str: "string"}
        columns = {
            name: [record[name] for record in self._records] for name in self._records[0] if name not in self._alike
        }
        types = {name: KINDS.get(name) or kinds[type(values[0])] for name, values in columns.items()}
        return constants(self.facts.log.backend, columns, types)

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        return [self._record(rule, group) for group in self.groups for rule in group.rules]

    @cached_property
    def _alike(self) -> dict[str, Any]:
        """What is the same for all rules: no column, since each costs."""
        values = {name: {record[name] for record in self._records} for name in self._records[0] if name not in COLUMNS}
        return {name: one.pop() for name, one in values.items() if len(one) == 1}

    def constant(self, table: ir.Table, name: str) -> Any:
        """What a rule demands: known where all demand the same, else a column."""
        return self._alike[name] if name in self._alike else table[name]

    def _record(self, rule: Rule, group: Group) -> dict[str, Any]:
        tests, within = tests_of(rule), rule.obligation.within
        masks = {
            f"{part}{word}": self.bits.mask([tests.get(part)], word)
            for part in ("when", "jurisdiction", "assert", *PARTS)
            for word in self.bits.words
        }
        unrecorded = {f"unrecorded_{part}": truth for part, truth in unrecorded_parts(rule, self.facts).items()}
        shape = shape_of(rule)
        return {
            "rule": self.rules.index(rule),
            "rule_id": rule.id,
            "rule_group": group.number,
            "mask": group.masks[rule.id],
            **masks,
            **shape,
            "timed": timed(rule),
            "seconds": within.seconds if within else 0,
            "days": within.days if within else 0,
            "months": within.months if within else 0,
            "zone": rule.zone,
            "nth": rule.nth or 0,
            "starts": rule.effective.start,
            "ends": rule.effective.end,
            "open_start": strict_at(rule, "match"),
            "at_least": rule.obligation.at_least,
            "at_most": rule.obligation.at_most,
            "hides_value": self._may_hide_a_value(rule),
            "by_report": rule.per == ("report_id",),
            **{f"unrecorded_{part}": False for part in DOUBTS},
            **unrecorded,
        }

    def _may_hide_a_value(self, rule: Rule) -> bool:
        """Whether an event before the start of the log could take part in an `agree`."""
        start, observed = rule.effective.start, self.facts.observed_from
        return observed is not None and rule.obligation.kind == "agree" and (start is None or start < observed)

    # Activations

    @property
    def _activations(self) -> ir.Table:
        """One row per rule and possible activation, with the ends of its window."""
        constants, rows = self.constants, self._playing(("when",))
        joined = rows.inner_join(constants, [("grp", "rule_group")]).view()
        maybe = self._has(joined, "maybe", "when")
        base = joined.filter(expression(maybe) & ((joined.repeats & self.constant(joined, "mask")) != 0))
        known, possible_ = self._has(base, "known", "when"), self._has(base, "maybe", "when")
        timed = self._timed
        by_time = False if timed == "known" else both(self._has(base, timed, "when"), negation(known))
        spent = {"mask", "repeats", *(f"when{word}" for word in self.bits.words)}  # each column costs
        kept = [name for name in base.columns if name not in spent]
        base = base.select(*kept, sure=expression(known), likely=expression(possible_), by_time=expression(by_time))
        if any(rule.nth is not None for rule in self.rules):
            base = self._ranked(base)
        allowed = [self.facts.activating(rule) for rule in self.rules]
        every = set().union(*map(set, allowed))
        activating = base.event.isin(sorted(every)) if every else ibis.literal(False)
        if any(rule.jurisdiction for rule in self.rules):
            base = base.mutate(
                sure=expression(both(base.sure, self._has_all(base, "known", "jurisdiction"))),
                likely=expression(both(base.likely, self._has_all(base, "maybe", "jurisdiction"))),
            )
        ends = self._start(base)
        starts, stops = self.constant(base, "starts"), self.constant(base, "ends")
        inside, straddles = effective_truths(starts, stops, ends, precise=self.facts.precise)
        straddling = expression(straddles)
        made = base.mutate(straddles=straddling if self.facts.precise else straddling | base.by_time)
        made = made.filter(made.likely & activating & expression(inside))
        if any(rule.obligation.kind == "agree" for rule in self.rules):
            made = one_per_subject(made, self.rules)
        made = self.windows.bounded(made)
        spent = {*SPENT, *(f"jurisdiction{word}" for word in self.bits.words)}
        return made.drop(*spent & {*made.columns})

    def _ranked(self, base: ir.Table) -> ir.Table:
        """For rules with `nth`, only the k-th match of each subject; counted by time, ties by identity."""
        plain, ranked = base.filter(base.nth == 0), base.filter(base.nth > 0)
        apart = ibis.ifelse(ranked.subject.isnull(), ranked.row, ibis.literal(-1, "int64"))
        keys = [ranked.rule, ranked.subject, apart]
        upto = ibis.window(group_by=keys, order_by=[ranked.time, ranked.identity, ranked.row], rows=(None, 0))
        whole = ibis.window(group_by=keys)
        sure, likely = ranked.sure.cast("int64"), ranked.likely.cast("int64")
        ranked = ranked.mutate(
            sure_so_far=sure.sum().over(upto),
            timed_so_far=(ranked.sure | ranked.by_time).cast("int64").sum().over(upto),
            all_so_far=likely.sum().over(upto),
            sure_in_all=sure.sum().over(whole),
        )
        kth = ranked.sure & (ranked.sure_so_far == ranked.nth)
        by_counting = (ranked.sure_in_all < ranked.nth) & (ranked.all_so_far == ranked.nth)
        # without a subject it may be the k-th of whatever it belongs to
        either_way = ibis.ifelse(ranked.subject.isnull(), ibis.literal(True), kth | by_counting)
        settled = ranked.subject.notnull() & kth & (ranked.all_so_far == ranked.sure_so_far)
        by_time = ranked.by_time | (kth & (ranked.timed_so_far > ranked.sure_so_far))
        by_time = by_time | (by_counting & ranked.sure & (ranked.timed_so_far == ranked.nth))
        told = {name: ranked[name] for name in plain.columns} | {"sure": settled, "by_time": by_time}
        found = ranked.select(**told, either_way=either_way)
        return plain.union(found.filter(found.either_way).select(plain.columns))

    @property
    def _timed(self) -> str:
        """The mask of what is in doubt only because of times."""
        return self.bits.timed(self.facts)

    @property
    def _masks(self) -> list[str]:
        kinds = dict.fromkeys(("known", "maybe", self._timed))
        return [f"{kind}{word}" for kind in kinds for word in self.bits.words]

    def _has(self, table: ir.Table, mask: str, part: str) -> Truth:
        tests = ((table[f"{mask}{word}"], self.constant(table, f"{part}{word}")) for word in self.bits.words)
        return either(*((bits & test) != 0 for bits, test in tests if not _none(test)))

    def _has_all(self, table: ir.Table, mask: str, part: str) -> Truth:
        tests = ((table[f"{mask}{word}"], self.constant(table, f"{part}{word}")) for word in self.bits.words)
        return both(*((bits & test) == test for bits, test in tests))

    def _start(self, table: ir.Table) -> Ends:
        earliest = table.time
        return earliest, earliest if self.facts.precise else table.time_latest

    @cached_property
    def windows(self) -> Bounds:
        """Where the windows of activations begin and end."""
        return Bounds(
            self.facts,
            self.rules,
            {r.id: g.number for g in self.groups for r in g.rules},
            self.rows,
            self.bits,
            self.constant,
        )

    # Verdicts

    def judged(self) -> ir.Table:
        """One narrow row per activation: `rule row code`, `doubt` (level), due and met times, witnesses by part.

        Made in two steps, because every question to the other events would make the activations again.
        """
        backend, active = self.facts.log.backend, self._activations
        if self.facts.observed_from is not None:
            active = self._protected(active)
        held = hold(backend, active)
        made = hold(backend, self._verdicts(held))
        release(backend, held)
        return made

    def _verdicts(self, active: ir.Table) -> ir.Table:
        searches = self._searches(active)
        base = active
        if searches:
            answers = self._answers(active, searches)
            renamed = answers.rename(answered_rule="rule", answered_row="row")
            base = active.left_join(renamed, [("rule", "answered_rule"), ("row", "answered_row")])
            # under a name, so that Ibis need not make the verdict again with each layer below it that it rewrites
            base = view(self.facts.log.backend, base.drop("answered_rule", "answered_row"))
        verdicts = Verdicts(self._terms(base, _PairsFinder(self, base)), self.facts)
        made = base.mutate(code=verdicts.code())
        made = made.mutate(due_at=verdicts.due_at().cast(STAMP), met_at=verdicts.met_at(made.code).cast(STAMP))
        details = {
            "doubt": ibis.ifelse(made.code == UNDETERMINED, verdicts.doubt(), ibis.null("int8")),
            "late_seconds": verdicts.late_seconds(made.code, made.due_at, made.met_at),
            **{f"w_{part}": verdicts.spoken(part, made.code).cast(STAMP) for part in self.parts},
        }
        made = made.select("rule", "row", "code", "due_at", "met_at", lost=made.subject.isnull(), **details)
        return made.filter(made.code > 0)

    def told(self, table: ir.Table) -> ir.Table:
        """Rows of `table` with what the narrow form leaves out: rule, masks of its parts, subject, activating event."""
        rows = self.rows.drop("repeats", "identity", *self._masks).rename(told_row="row")
        masks = {f"{part}{word}" for part in self.parts for word in self.bits.words} & {*self.constants.columns}
        rules = self.constants.select(*sorted(masks), told_rule="rule", rule_id="rule_id")
        named = table.inner_join(rows, [("row", "told_row")]).inner_join(rules, [("rule", "told_rule")])
        return named.drop("told_row", "told_rule").view()

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that some rule has."""
        return tuple(part for part in PARTS if any(part in patterns(rule) for rule in self.rules))

    def _terms(self, table: ir.Table, finder: Any) -> Terms:
        shape = Shape(**{member.name: self.constant(table, member.name) for member in fields(Shape)})
        agreeing, windows = shape.agrees is not False, self.windows
        doubt = any(self._may_activate_unsurely(rule) for rule in self.rules)
        unrecorded: dict[str, Truth] = {part: self.constant(table, f"unrecorded_{part}") for part in DOUBTS}
        return Terms(
            shape=shape,
            present=True,
            unsure=~table.sure if doubt else False,
            straddles=False if self.facts.precise else table.straddles,
            start=self._start(table),
            lo=lambda level: windows.lo(table, level),
            due=lambda level: windows.due(table, level),
            subject_known=table.subject.notnull(),
            protected=table.protected if "protected" in table.columns else False,
            unrecorded=unrecorded,
            finder=finder,
            precise=self.facts.precise,
            stated=table.stated if windows.stating else True,
            at_least=self.constant(table, "at_least") if shape.counts is not False else None,
            at_most=self.constant(table, "at_most") if shape.counts is not False else None,
            hides_value=self.constant(table, "hides_value"),
            agreement=(lambda level: agreement(table, level)) if agreeing else None,
            disagreement=table.disagrees_at if agreeing else None,
            doubtful_clock=windows.doubtful,
        )

    def _may_activate_unsurely(self, rule: Rule) -> bool:
        if rule.nth is not None or rule.jurisdiction:
            return True
        return any(self.facts.may_be_unknown(rule.when.where, name, ()) for name in self.facts.occurring(rule.when))

    def _searches(self, active: ir.Table) -> list[Search]:
        """Every question that the verdict, the times and the witnesses ask."""
        asked: dict[Search, None] = {}
        verdicts = Verdicts(self._terms(active, _Recorder(self, active, asked)), self.facts)
        code = verdicts.code()
        verdicts.reason()
        verdicts.met_at(code)
        for part in self.parts:
            verdicts.witness(part)
        return list(asked)

    def beside(self, active: ir.Table, *same: tuple[str, str], part: str = "") -> ir.Table:
        """Each activation beside the other events of its subject that possibly play a part, or this one; `same` are
        further equal columns."""
        others = self._playing([part] if part else self.parts)
        others = others.select(**{f"o_{name}": others[name] for name in others.columns if name not in OWN})
        pairs = active.inner_join(others, [("grp", "o_grp"), ("subject", "o_subject"), *same]).view()
        hits = [self.members(pairs, part)[1]] if part else [self._has(pairs, "o_maybe", one) for one in self.parts]
        return pairs.filter((pairs.row != pairs.o_row) & expression(either(*hits)))

    def _playing(self, parts: Sequence[str]) -> ir.Table:
        """The rows that possibly play a part for some rule here: what a join need not see is left out before it."""
        tests = [tests_of(rule).get(part) for rule in self.rules for part in parts]
        hits: list[Truth] = [(self.rows[f"maybe{word}"] & self.bits.mask(tests, word)) != 0 for word in self.bits.words]
        return self.rows.filter(expression(either(*hits)))

    def members(self, pairs: ir.Table, part: str) -> tuple[Truth, Truth, Truth]:
        """Whether the other event plays the part certainly, possibly, and possibly when only times are in doubt."""
        known, maybe = self._has(pairs, "o_known", part), self._has(pairs, "o_maybe", part)
        timed = known if self._timed == "known" else self._has(pairs, f"o_{self._timed}", part)
        for number, rule in enumerate(self.rules):
            pattern = patterns(rule).get(part)
            if pattern is not None and pattern.where is not None and names_trigger(pattern):
                resolver = PairResolver(self.facts, pairs)
                condition = compile_condition(pattern.where, resolver)
                here = pairs.rule == number
                likely = certain(condition)
                if self.facts.turns_on_time(pattern.where):
                    likely = possible(condition) & ~compile_lack(pattern.where, resolver)
                sure = both(known, ibis.ifelse(here, certain(condition), ibis.literal(True)))
                maybe = both(maybe, ibis.ifelse(here, possible(condition), ibis.literal(True)))
                timed = sure if timed is known else both(timed, ibis.ifelse(here, likely, ibis.literal(True)))
                known = sure
            column = rule.obligation.column
            if part == "match" and column is not None and f"f_{column.name}" in pairs.columns:
                differs = ibis.coalesce(pairs[f"o_f_{column.name}"] != pairs[f"f_{column.name}"], ibis.literal(True))
                here = ibis.ifelse(pairs.rule == number, differs, True)
                sure, maybe = both(known, here), both(maybe, here)
                known, timed = sure, sure if timed is known else both(timed, here)
        return known, maybe, timed

    def _answers(self, active: ir.Table, searches: list[Search]) -> ir.Table:
        pairs = self.beside(active.drop(*self._unasked & {*active.columns}))
        asked = {_flag(search) for search in searches}
        flags: dict[str, Any] = {}
        for part in dict.fromkeys(search.part for search in searches):
            known, maybe, timed = self.members(pairs, part)
            found = {Sight.TIGHT: known, Sight.LOOSE_TIMED: timed, Sight.LOOSE: maybe}
            made = {_flag(Search(part, sight)): expression(truth) for sight, truth in found.items()}
            flags |= {name: truth for name, truth in made.items() if name in asked}
        marked = pairs.mutate(**flags)
        return marked.group_by(list(KEYS)).agg(**{column_of(s): self._aggregate(marked, s) for s in searches})

    @property
    def _unasked(self) -> set[str]:
        """What other events are not compared with; each column of a join costs."""
        shape = {member.name for member in fields(Shape)} - {"next"}
        masks = {*self._masks, *(f"assert{word}" for word in self.bits.words)}
        return {"sure", "straddles", "hides_value", "by_report", *shape, *masks, *(f"unrecorded_{p}" for p in DOUBTS)}

    def _aggregate(self, pairs: ir.Table, search: Search) -> Any:
        part, tight = search.part, search.sight is Sight.TIGHT
        member = pairs[_flag(search)]
        start = self._start(pairs)
        earliest = pairs.o_time
        latest = earliest if self.facts.precise else pairs.o_time_latest
        opened = {"match": "open_start", "bound": "next"}
        strict: Truth = self.constant(pairs, opened[part]) if part in opened else False
        if search.mode in (Mode.LAST, Mode.BEGUN):
            edge, limit = (latest, start[0]) if tight else (earliest, start[1])
            value = earliest if tight or search.mode is Mode.BEGUN else latest
            return value.max(where=member & ordered(edge, limit, strict))
        if search.mode is Mode.COUNT:
            due = self.windows.due(pairs, search.level)
            after = earliest > start[1] if tight else latest > start[0]
            within = latest <= due[0] if tight else earliest <= due[1]
            return ibis.ifelse(member & after & ibis.coalesce(within, ibis.literal(True)), 1, 0).sum()
        lo = self.windows.lo(pairs, search.level) if search.mode is Mode.FIRST and part != "bound" else start
        edge, limit = (earliest, lo[1]) if tight else (latest, lo[0])
        value = latest if tight else earliest
        inside = ibis.coalesce(ordered(limit, edge, strict), ibis.literal(True))
        return value.min(where=member & inside)

    def _protected(self, base: ir.Table) -> ir.Table:
        """Whether the report's own receipt is in the log."""
        rows = self.rows.filter((self.rows.event == RECEIVED) & self.rows.subject.notnull())
        received = rows.select(received_group=rows.grp, received_subject=rows.subject).distinct()
        joined = base.left_join(received, [("grp", "received_group"), ("subject", "received_subject")])
        protected = expression(both(joined.received_subject.notnull(), self.constant(joined, "by_report")))
        made = joined.select(**{c: joined[c] for c in base.columns}, protected=protected)
        return made.view()


@dataclass(frozen=True)
class PairResolver:
    """Values of the tested event and of the activating one, beside each other."""

    facts: Facts
    pairs: ir.Table

    def value(self, column: ex.Column) -> Any:
        if column.name not in self.facts.log.fields:
            return absent(self.facts, column.name)
        return self.pairs[f"f_{column.name}" if column.trigger else f"o_f_{column.name}"]

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:
        prefix = "" if trigger else "o_"
        earliest = self.pairs[f"{prefix}{TIME}"]
        return earliest, earliest if self.facts.precise else self.pairs[f"{prefix}time_latest"]


class _PairsFinder:
    """Reads the columns that the join has made."""

    def __init__(self, pairs: Pairs, table: ir.Table) -> None:
        self.pairs, self.table = pairs, table

    def doubtful(self, part: str) -> bool:
        facts = self.pairs.facts
        for rule in self.pairs.rules:
            test = tests_of(rule).get(part)
            if test is None or test.where is None:
                continue
            activations = facts.activating(rule)
            names = activations if part == "assert" else facts.occurring(test)
            if any(facts.may_be_unknown(test.where, name, activations) for name in names):
                return True
        return False

    def assertion(self) -> tuple[Truth, Truth, Truth]:
        known, maybe, timed = (self.pairs._has(self.table, m, "assert") for m in ("known", "maybe", self.pairs._timed))
        return known, maybe, timed

    def find(self, search: Search) -> Any:
        return self.table[column_of(search)]


class _Recorder(_PairsFinder):
    """Notes what is asked, and answers with a column of the right type."""

    def __init__(self, pairs: Pairs, table: ir.Table, asked: dict[Search, None]) -> None:
        super().__init__(pairs, table)
        self.asked = asked

    def find(self, search: Search) -> Any:
        self.asked[search] = None
        return self.table.row if search.mode is Mode.COUNT else self.table.time


def _none(test: Any) -> bool:
    """Whether a mask that is known has no bits."""
    return isinstance(test, int) and test == 0


def _flag(search: Search) -> str:
    """The name of the column that tells whether an event is looked at."""
    return f"{search.sight.value}_{search.part}"


def column_of(search: Search) -> str:
    """The name of the column that answers a search."""
    return f"q_{search.part}_{search.sight.value}_{search.mode.value}_{search.level}"


def trigger_fields(rules: Sequence[Rule]) -> list[str]:
    """The fields that conditions on the activating event read, of either event, and those that limits or `agree` do."""
    stated = {
        column.name
        for rule in rules
        for column in (*stated_columns(rule), *([rule.obligation.column] if rule.obligation.column else []))
    }
    found = stated | {
        column.name
        for rule in rules
        for pattern in patterns(rule).values()
        if names_trigger(pattern)
        for column in ex.columns(pattern.where)
    }
    return sorted(found - {TIME})
