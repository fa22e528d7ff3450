"""The narrow rows behind the pairs and windows plans: one row per distinct event of each subject.

Rows of all groups of rules (one group for each `per`) stand in one table: `grp`, `subject` (text, null where
unknown), event, times, place, `repeats`, and in bit masks which patterns the event belongs to: certainly (`known0 …`),
possibly (`maybe0 …`), and where conditions turn on imprecise times, possibly when only these are in doubt
(`timed0 …`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import Resolver, compile_condition, compile_lack
from auditor.engine.facts import Facts, patterns, pause_patterns
from auditor.engine.logic import Truth, both, certain, possible
from auditor.engine.plans.frame import RECEIVED, absent, subject_text
from auditor.engine.plans.ties import own_part
from auditor.log.schema import TIME
from auditor.rules import expressions as ex
from auditor.rules.model import Pattern, Rule

WORD = 62  # bits of a mask
REPEATS = "repeats in subject"  # a column beside those of a log, which have no blanks


@dataclass(frozen=True)
class Group:
    """Rules with one key, and the events that they are judged on here, values filled in, with `REPEATS`."""

    number: int
    per: tuple[str, ...]
    rules: tuple[Rule, ...]
    events: ir.Table
    masks: dict[str, int]  # by rule: subjects whose `REPEATS` have no bit of it are judged elsewhere


def tests_of(rule: Rule) -> dict[str, Pattern]:
    """Every test that a rule makes of one event: its patterns, its assertion, its jurisdiction."""
    found = {"when": rule.when, **patterns(rule)}
    if rule.obligation.condition is not None:
        found["assert"] = Pattern(None, rule.obligation.condition)
    found |= {f"pause{i}": pattern for i, pattern in enumerate(pause_patterns(rule))}
    if rule.jurisdiction:
        options = tuple(ex.Literal_(name, "text") for name in rule.jurisdiction)
        found["jurisdiction"] = Pattern(None, ex.Member(ex.Column("jurisdiction", "text"), options))
    return found


@dataclass(frozen=True)
class Bits:
    """A bit for every distinct test of the rules: (word, bit)."""

    of: dict[Pattern, tuple[int, int]]

    @staticmethod
    def for_rules(rules: Iterable[Rule]) -> Bits:
        """Number the tests in the order of the rules."""
        tests = dict.fromkeys(test for rule in rules for test in tests_of(rule).values())
        return Bits({test: (i // WORD, 1 << i % WORD) for i, test in enumerate(tests)})

    @property
    def words(self) -> range:
        """The numbers of the masks."""
        return range(max(word for word, _ in self.of.values()) + 1 if self.of else 1)

    def timed(self, facts: Facts) -> str:
        """The masks that tell what is in doubt only because of times: those of what is certain where nothing is."""
        return "timed" if any(facts.turns_on_time(test.where) for test in self.of) else "known"

    def mask(self, tests: Iterable[Pattern | None], word: int) -> int:
        """The bits of some tests in one word."""
        return reduce(lambda a, b: a | b, (self.of[t][1] for t in tests if t is not None and self.of[t][0] == word), 0)


def narrow(facts: Facts, groups: Sequence[Group], bits: Bits, fields: Sequence[str], *, once: bool = False) -> ir.Table:
    """The rows of all groups, lazy, duplicates included; `f_` columns for the `fields`.

    With `once` they have the `identity` of all, and exact duplicates are collapsed to their first place: one query, but
    a digest of every row.  `row` numbers the rows; it holds only once the table is materialised.
    """
    like: dict[Any, list[Group]] = {}  # most groups have the same events, which are tested once for all
    for group in groups:
        like.setdefault(group.events.op(), []).append(group)
    tested = {events: _Tested(facts, tuple(some), bits, tuple(fields), once) for events, some in like.items()}
    made = [tested[group.events.op()].of(group) for group in groups]
    rows = made[0] if len(made) == 1 else ibis.union(*made)
    if once:
        copies = ibis.window(group_by=[rows.grp, rows.subject, rows.event, rows.time, rows.identity])
        rows = rows.mutate(kept=rows.place.min().over(copies))
        rows = rows.filter(rows.place == rows.kept).drop("kept")
    return rows.mutate(row=ibis.row_number())


@dataclass(frozen=True)
class _Tested:
    """Events that several groups have, with the masks of all tests of their rules."""

    facts: Facts
    groups: tuple[Group, ...]
    bits: Bits
    fields: tuple[str, ...]
    identified: bool

    @cached_property
    def _keys(self) -> dict[str, str]:
        """The column that holds each key; what a log calls its fields has no blanks."""
        keys = dict.fromkeys(key for group in self.groups for key in group.per)
        return {key: f"key {i}" for i, key in enumerate(keys)}

    @cached_property
    def _rows(self) -> ir.Table:
        facts, events = self.facts, self.groups[0].events
        rules = [rule for group in self.groups for rule in group.rules]
        rows = events.filter(events.event.isin(sorted(_names(facts, rules))))
        return rows.select(
            event=rows.event,
            time=rows.time,
            **({} if facts.precise else {"time_latest": rows.time_latest}),
            place=rows.place,
            repeats=rows[REPEATS],
            **({"identity": rows.identity} if self.identified else {}),
            **_masks(facts, rows, _tests(rules), self.bits),
            **{f"f_{field}": rows[field] if field in rows.columns else absent(facts, field) for field in self.fields},
            **{column: rows[key] for key, column in self._keys.items()},
        )

    def of(self, group: Group) -> ir.Table:
        """The rows that play a part in one group."""
        rows, tests = self._rows, _tests(group.rules)
        told = {name: rows[name] for name in rows.columns if name not in self._keys.values()}
        if len(self.groups) > 1:
            rows = rows.filter(rows.event.isin(sorted(_names(self.facts, group.rules))))
            own = {word: ibis.literal(self.bits.mask(tests, word), "int64") for word in self.bits.words}
            told |= {
                f"{kind}{word}": rows[f"{kind}{word}"] & own[word]
                for kind in _kinds(self.facts, self.bits)
                for word in own
            }
        subject = subject_text([rows[self._keys[key]] for key in group.per])
        return rows.select(grp=ibis.literal(group.number, "int8"), subject=subject, **told)


def _tests(rules: Iterable[Rule]) -> list[Pattern]:
    return list(dict.fromkeys(test for rule in rules for test in tests_of(rule).values()))


def _kinds(facts: Facts, bits: Bits) -> tuple[str, ...]:
    """The masks that rows have, in the order of `truths`."""
    return tuple(dict.fromkeys(("known", "maybe", bits.timed(facts))))


def _masks(facts: Facts, rows: ir.Table, tests: Sequence[Pattern], bits: Bits) -> dict[str, Any]:
    """The masks of rows: the bits of the tests that name the event, as far as their conditions hold too.

    A condition is asked once, however many tests share it, since every expression costs.  As far as a condition turns
    on the trigger it is asked elsewhere.
    """
    resolver = RowResolver(facts, rows)
    asked: dict[ex.Expr | None, list[Pattern]] = {}
    for test in tests:
        asked.setdefault(own_part(test.where), []).append(test)
    kinds = _kinds(facts, bits)
    passed: dict[ex.Expr | None, tuple[Truth, ...]] = {None: (True,) * len(kinds)}
    for where, some in asked.items():
        if where is not None:
            names = dict.fromkeys(name for test in some for name in facts.occurring(test))
            passed[where] = truths(facts, where, resolver, list(names))[: len(kinds)]
    alike = {where: truth for where, truth in passed.items() if all(one is truth[0] for one in truth)}
    found: dict[str, Any] = {}
    for word in bits.words:
        named = _named(facts, rows, tests, bits, word)
        masks = {where: bits.mask(some, word) for where, some in asked.items()}
        shared = _sum((truth[0], masks.get(where, 0)) for where, truth in alike.items())
        for number, kind in enumerate(kinds):
            own = [(truth[number], masks[where]) for where, truth in passed.items() if where not in alike]
            found[f"{kind}{word}"] = named & (_sum(own, shared) or [ibis.literal(0, "int64")])[0]
    return found


def _named(facts: Facts, rows: ir.Table, tests: Sequence[Pattern], bits: Bits, word: int) -> Any:
    """The bits of the tests that name the event of a row, or any."""
    any_event = bits.mask([test for test in tests if test.events is None], word)
    masks = {
        name: any_event | bits.mask([test for test in tests if test.events and name in test.events], word)
        for name in facts.names
    }
    arms = [(name, ibis.literal(mask, "int64")) for name, mask in masks.items() if mask != any_event]
    otherwise = ibis.literal(any_event, "int64")
    return rows.event.cases(*arms, else_=otherwise) if arms else otherwise


def _sum(truths: Iterable[tuple[Truth, int]], start: Sequence[Any] = ()) -> list[Any]:
    """Terms whose sum has the bits of the truths that hold, after the terms in `start`."""
    terms = list(start)
    for truth, bits in truths:
        if bits and truth is not False:
            found = ibis.literal(bits, "int64")
            terms.append(found if truth is True else ibis.ifelse(truth, found, ibis.literal(0, "int64")))
    return [reduce(lambda a, b: a + b, terms)] if terms else []


def _names(facts: Facts, rules: Sequence[Rule]) -> set[str]:
    """The event names that can play any part in the rules."""
    found = {
        n
        for rule in rules
        for p in (rule.when, *patterns(rule).values(), *pause_patterns(rule))
        for n in facts.occurring(p)
    }
    return found | {RECEIVED} if facts.observed_from is not None else found


def tied(rows: ir.Table, rules: Iterable[Rule]) -> ir.Table:
    """The places of rows that share subject, moment and event name, or for `nth` and `agree` over several names subject
    and moment.

    There alone can identity matter: to duplicates, and to the order of what happens at once.
    """
    over_names = any(
        (rule.nth is not None or rule.obligation.kind == "agree")
        and (rule.when.events is None or len(rule.when.events) > 1)
        for rule in rules
    )
    keys = ["grp", "subject", "time"] if over_names else ["grp", "subject", "time", "event"]
    count = rows.group_by(keys).agg(n=rows.count())
    several = count.filter(count.n > 1).rename({f"tied_{column}": column for column in [*keys, "n"]})
    same = [rows[key].identical_to(several[f"tied_{key}"]) for key in keys]
    return rows.inner_join(several, same).select(key=rows.place).distinct()


def identified(rows: ir.Table, identities: ir.Table | None) -> ir.Table:
    """`rows` with `identity` where rows are tied, null elsewhere, and exact duplicates collapsed to their first place.

    `identities` has one row per (id_place, id_event) of the tied rows; None where no rows are tied.
    """
    if identities is None:
        return rows.mutate(identity=ibis.null("string"))
    joined = rows.left_join(identities, [rows.place == identities.id_place, rows.event == identities.id_event])
    made = joined.select(**{c: joined[c] for c in rows.columns}, identity=joined.id_identity).view()
    copies = made.filter(made.identity.notnull())
    kept = copies.group_by(["grp", "subject", "event", "time", "identity"]).agg(kept=copies.place.min())
    kept = kept.select(kept_group=kept.grp, kept=kept.kept, kept_event=kept.event)
    lost = copies.anti_join(kept, [("grp", "kept_group"), ("place", "kept"), ("event", "kept_event")])
    return made.anti_join(lost.select(lost=lost.row), [("row", "lost")])


@dataclass(frozen=True)
class RowResolver:
    """Values of events whose attributes are filled in."""

    facts: Facts
    row: ir.Table

    def value(self, column: ex.Column) -> Any:
        return self.row[column.name] if column.name in self.facts.log.fields else absent(self.facts, column.name)

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:  # noqa: ARG002 - only conditions without trigger come here
        earliest = self.row[TIME]
        return earliest, earliest if self.facts.precise else self.row.time_latest


def truths(
    facts: Facts, condition: ex.Expr, resolver: Resolver, names: Sequence[str], triggers: Sequence[str] = ()
) -> tuple[Truth, Truth, Truth]:
    """Whether a condition holds certainly, possibly, and possibly when only times are in doubt, on events of these
    names; `triggers` are the names behind `trigger`."""
    found = compile_condition(condition, resolver)
    known = certain(found)
    doubtful = any(facts.may_be_unknown(condition, name, triggers) for name in names)
    maybe = possible(found) if doubtful else known
    if not facts.turns_on_time(condition):
        return known, maybe, known
    return known, maybe, both(maybe, ~compile_lack(condition, resolver))


def names_trigger(pattern: Pattern) -> bool:
    """Whether the pattern's condition names the activating event."""
    return any(column.trigger for column in ex.columns(pattern.where))
