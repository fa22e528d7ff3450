"""Limits that clocks set, on rows that are one activation each at one moment."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts
from auditor.engine.plans.frame import Shift, signs
from auditor.engine.shifts import shift
from auditor.engine.terms import Ends
from auditor.log.schema import TIME
from auditor.rules.model import Rule


def clock_moves(rule: Rule) -> bool:
    """Whether a clock moves the limit of the rule: t ⊕ 0 is t on every clock."""
    within = rule.obligation.within
    return rule.clock is not None and within is not None and (within.calendar or within.seconds > 0)


def clocked(facts: Facts, table: ir.Table, rules: Mapping[int, Rule]) -> ir.Table:
    """`table` with the columns that `clock_shift` reads, for the numbered rules whose clock moves their limit.

    Raises UnusableError where a clock is not open for so long.
    """
    for number, rule in rules.items():
        clock, within = rule.clock, rule.obligation.within
        if clock is None or within is None or not clock_moves(rule):
            continue
        for sign in signs(rule):
            moved = shift(clock, within, sign, *facts.span)
            table = table.mutate(the_map=ibis.literal(0, "int64"))
            table = moved.look_up(table, "the_map", TIME, _column(number, sign)).drop("the_map")
    return table


def clock_shift(table: ir.Table, number: int) -> Shift:
    """Moves the activations of a numbered rule by its length on its clock."""

    def shifted(sign: int) -> Ends:
        moment = table[_column(number, sign)]
        return moment, moment

    return shifted


def _column(number: int, sign: int) -> str:
    return f"moved{number}_{'on' if sign > 0 else 'back'}"
