"""The narrow rows behind the pairs and windows plans: one row per distinct event of each subject.

Rows of all groups of rules (one group for each `per`) stand in one table: `grp`, `subject` (text, null where
unknown), event, times, place, `repeats`, and in bit masks which patterns the event belongs to: certainly (`known0 …`),
possibly (`maybe0 …`), and where times are imprecise, possibly when only times are in doubt (`timed0 …`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import Resolver, compile_condition, compile_lack
from auditor.engine.facts import Facts, patterns, pause_patterns
from auditor.engine.logic import Truth, both, certain, expression, possible
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

    def mask(self, tests: Iterable[Pattern | None], word: int) -> int:
        """The bits of some tests in one word."""
        return reduce(lambda a, b: a | b, (self.of[t][1] for t in tests if t is not None and self.of[t][0] == word), 0)


def narrow(facts: Facts, groups: Sequence[Group], bits: Bits, fields: Sequence[str]) -> ir.Table:
    """The rows of all groups, lazy, duplicates included; `f_` columns for the `fields`.

    `row` numbers the rows; it holds only once the table is materialised.
    """
    made = [_narrow(facts, group, bits, fields) for group in groups]
    rows = made[0] if len(made) == 1 else ibis.union(*made)
    return rows.mutate(row=ibis.row_number())


def _narrow(facts: Facts, group: Group, bits: Bits, fields: Sequence[str]) -> ir.Table:
    rows = group.events.filter(group.events.event.isin(sorted(_names(facts, group.rules))))
    resolver = RowResolver(facts, rows)
    masks: dict[str, Any] = {}
    tests = dict.fromkeys(test for rule in group.rules for test in tests_of(rule).values())
    passed = {test: membership(facts, rows, test, resolver) for test in tests}
    for word in bits.words:
        here = {test: bits.of[test][1] for test in tests if bits.of[test][0] == word}
        masks[f"known{word}"] = _sum([(passed[test][0], bit) for test, bit in here.items()])
        masks[f"maybe{word}"] = _sum([(passed[test][1], bit) for test, bit in here.items()])
        if not facts.precise:
            masks[f"timed{word}"] = _sum([(passed[test][2], bit) for test, bit in here.items()])
    return rows.select(
        grp=ibis.literal(group.number, "int8"),
        subject=subject_text([rows[key] for key in group.per]),
        event=rows.event,
        time=rows.time,
        **({} if facts.precise else {"time_latest": rows.time_latest}),
        place=rows.place,
        repeats=rows[REPEATS],
        **masks,
        **{f"f_{field}": rows[field] if field in rows.columns else absent(facts, field) for field in fields},
    )


def _sum(truths: list[tuple[Truth, int]]) -> Any:
    terms = [
        ibis.ifelse(expression(truth), ibis.literal(bit, "int64"), ibis.literal(0, "int64")) for truth, bit in truths
    ]
    return reduce(lambda a, b: a + b, terms) if terms else ibis.literal(0, "int64")


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


def membership(facts: Facts, row: ir.Table, pattern: Pattern, resolver: Resolver) -> tuple[Truth, Truth, Truth]:
    """Whether a row belongs to a pattern certainly, possibly, and possibly when only times are in doubt, as far as this
    does not turn on the trigger."""
    names = facts.occurring(pattern)
    named: Truth = True if pattern.events is None else row.event.isin(names) if names else False
    where = own_part(pattern.where)
    if where is None or named is False:
        return named, named, named
    known, maybe, timed = truths(facts, where, resolver, names)
    sure = both(named, known)
    return sure, sure if maybe is known else both(named, maybe), sure if timed is known else both(named, timed)


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
