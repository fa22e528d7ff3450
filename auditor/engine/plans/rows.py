"""The narrow rows behind the windows and pairs plans: one row per distinct event, values resolved, patterns marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import compile_condition
from auditor.engine.facts import Facts, columns_used, patterns
from auditor.engine.logic import Truth, both, certain, expression, negation, possible
from auditor.engine.plans.case import RECEIVED
from auditor.engine.plans.frame import absent
from auditor.engine.verdicts import effective_truths
from auditor.log.schema import TIME
from auditor.rules import expressions as ex
from auditor.rules.model import Pattern, Rule


def fields_used(facts: Facts, rules: tuple[Rule, ...], by: tuple[str, ...]) -> list[str]:
    """The fields of the log that rules or groups read, sorted."""
    wanted = {column.name for rule in rules for column in columns_used(rule)} | set(by)
    return sorted(wanted & set(facts.log.fields))


def names_used(facts: Facts, rules: tuple[Rule, ...]) -> set[str]:
    """The event names that can play any part in the rules."""
    found = {n for rule in rules for p in (rule.when, *patterns(rule).values()) for n in facts.occurring(p)}
    return found | {RECEIVED} if facts.observed_from is not None else found


def narrow(facts: Facts, events: ir.Table, rules: tuple[Rule, ...], per: tuple[str, ...], by: tuple[str, ...]) -> ir.Table:
    """Rows `row k0 … event time time_latest place repeats` and `f_` fields that the rules read; lazy, duplicates included.

    `events` has values filled in already, and `repeats` as the case form gives it.  `row` numbers the rows; it holds only once the table is materialised.
    """
    rows = events.filter(events.event.isin(sorted(names_used(facts, rules))))
    return rows.select(
        **{f"k{i}": rows[key] for i, key in enumerate(per)},
        event=rows.event,
        time=rows.time,
        **({} if facts.precise else {"time_latest": rows.time_latest}),
        place=rows.place,
        repeats=rows.repeats,
        **{f"f_{field}": rows[field] for field in fields_used(facts, rules, by)},
        row=ibis.row_number(),
    )


def tied(rows: ir.Table, rules: tuple[Rule, ...], keys: list[str]) -> ir.Table:
    """The places of rows that share subject, moment and event name, or for `nth` over several names subject and moment.

    There alone can identity matter: to duplicates, and to the order of what happens at once.
    """
    over_names = any(rule.nth is not None and (rule.when.events is None or len(rule.when.events) > 1) for rule in rules)
    keys = keys if over_names else [*keys, "event"]
    count = rows.group_by([*keys, "time"]).agg(n=rows.count())
    several = count.filter(count.n > 1).rename({f"tied_{column}": column for column in [*keys, "time", "n"]})
    same = [rows[c].identical_to(several[f"tied_{c}"]) for c in keys]
    return rows.inner_join(several, [*same, rows.time == several.tied_time]).select(key=rows.place).distinct()


def identified(rows: ir.Table, identities: ir.Table | None, keys: list[str]) -> ir.Table:
    """`rows` with `identity` where rows are tied, null elsewhere, and exact duplicates collapsed to their first place.

    `identities` has one row per (id_place, id_event) of the tied rows; None where no rows are tied.
    """
    if identities is None:
        return rows.mutate(identity=ibis.null("string"))
    joined = rows.left_join(identities, [rows.place == identities.id_place, rows.event == identities.id_event])
    made = joined.select(**{c: joined[c] for c in rows.columns}, identity=joined.id_identity).view()
    copies = made.filter(made.identity.notnull())
    kept = copies.group_by([*keys, "event", "time", "identity"]).agg(kept=copies.place.min())
    lost = copies.anti_join(kept, [copies.place == kept.kept, copies.event == kept.event]).select(lost=copies.row)
    return made.anti_join(lost, [("row", "lost")])


@dataclass(frozen=True)
class RowResolver:
    """Values of a row; `trigger` is the row of the activating event (the same row in `when` and `assert`)."""

    facts: Facts
    row: ir.Table
    trigger: ir.Table
    prefix: str = "f_"
    trigger_prefix: str = "f_"

    def value(self, column: ex.Column) -> Any:
        if column.name not in self.facts.log.fields:
            return absent(self.facts, column.name)
        if column.trigger:
            return self.trigger[f"{self.trigger_prefix}{column.name}"]
        return self.row[f"{self.prefix}{column.name}"]

    def interval(self, *, trigger: bool) -> tuple[Any, Any]:
        row = self.trigger if trigger else self.row
        prefix = (self.trigger_prefix if trigger else self.prefix).removesuffix("f_")
        earliest = row[f"{prefix}{TIME}"]
        return earliest, earliest if self.facts.precise else row[f"{prefix}time_latest"]


def named(facts: Facts, row: ir.Table, pattern: Pattern, prefix: str = "") -> Truth:
    """Whether a row's event name belongs to the pattern."""
    if pattern.events is None:
        return True
    names = facts.occurring(pattern)
    found: Truth = row[f"{prefix}event"].isin(names) if names else False
    return found


def membership(
    facts: Facts, row: ir.Table, pattern: Pattern, resolver: RowResolver, prefix: str = ""
) -> tuple[Truth, Truth]:
    """Whether a row certainly, and possibly, belongs to a pattern."""
    name = named(facts, row, pattern, prefix)
    if pattern.where is None or name is False:
        return name, name
    condition = compile_condition(pattern.where, resolver)
    return both(name, certain(condition)), both(name, possible(condition))


@dataclass(frozen=True)
class Activations:
    """The activations of a rule on narrow rows: possibly there, unsure, straddling."""

    present: Truth
    unsure: Truth
    straddles: Truth


def activations(facts: Facts, row: ir.Table, rule: Rule, keys: list[str]) -> Activations:
    """Where a rule activates on narrow rows; `nth` counts by time, ties by identity."""
    resolver = RowResolver(facts, row, row)
    known, maybe = membership(facts, row, rule.when, resolver)
    earliest, latest = resolver.interval(trigger=False)
    inside, straddles = effective_truths(rule, earliest, latest, precise=facts.precise)
    unsure = negation(known)
    if rule.nth is not None:
        known, maybe, unsure = _nth(row, rule.nth, keys, known, maybe)
    if rule.when.events is None or not set(facts.occurring(rule.when)) <= facts.log.covers:
        maybe = both(maybe, row.event.isin(facts.activating(rule)))
    if rule.jurisdiction:
        there = resolver.value(ex.Column("jurisdiction", "text")).isin(rule.jurisdiction)
        unsure = expression(unsure) | ~certain(there)
        maybe = both(maybe, possible(there))
    return Activations(both(maybe, inside), unsure, straddles)


def _nth(row: ir.Table, k: int, keys: list[str], known: Truth, maybe: Truth) -> tuple[Truth, Truth, Truth]:
    """The k-th match: known, possible and unsure."""
    there = row.row.notnull()  # makes a column of what may be a constant
    sure, may = expression(known) & there, expression(maybe) & there
    upto = ibis.window(group_by=keys, order_by=[row.time, row.identity, row.row], rows=(None, 0))
    whole = ibis.window(group_by=keys)
    sure_so_far = sure.cast("int64").sum().over(upto)
    all_so_far = may.cast("int64").sum().over(upto)
    sure_in_all = sure.cast("int64").sum().over(whole)
    subject_known = reduce(lambda a, b: a & b, [row[key].notnull() for key in keys])
    certain_kth = sure & (sure_so_far == k) & subject_known
    # without a subject it may be the k-th of whatever it belongs to
    by_counting = ibis.ifelse(subject_known, may & (sure_in_all < k) & (all_so_far == k), may)
    unsure = by_counting | (all_so_far > sure_so_far)
    return certain_kth, certain_kth | by_counting, unsure


def attributes(facts: Facts, row: ir.Table, by: tuple[str, ...]) -> dict[str, Any]:
    """The values by which groups are made, of the activating event."""
    return {name: row[f"f_{name}"] if name in facts.log.fields else absent(facts, name) for name in by}
