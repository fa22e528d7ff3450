"""`agree`: one activation per subject, and whether the values of its activating events are one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.logic import Truth
from auditor.rules.model import Rule

NONE, TIME, VALUE = LEVELS = 0, 1, 2  # the level from which on an activating event is in doubt


def one_per_subject(active: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """Possible activations with those of `agree` rules reduced to the first of each subject.

    It gets `alike0` … `alike2`, whether the values of the events in no more than so much doubt are one, and
    `disagrees_at`, when the first other value comes.  Events without subject stay, each by itself.
    """
    value: Any = ibis.null("string")
    for number, rule in enumerate(rules):
        if rule.obligation.column is not None:
            column = f"f_{rule.obligation.column.name}"
            if column in active.columns:
                value = ibis.ifelse(active.rule == number, active[column].cast("string"), value)
    doubt = ibis.cases((active.straddles, TIME), (~active.sure, VALUE), else_=NONE)
    active = active.mutate(alike_value=value, alike_doubt=doubt.cast("int8")).view()
    agrees = active.rule.isin([number for number, rule in enumerate(rules) if rule.obligation.kind == "agree"])
    agreeing, others = active.filter(agrees), active.filter(~agrees)
    alone = ibis.ifelse(agreeing.subject.isnull(), agreeing.row, ibis.literal(-1, "int64"))
    agreeing = agreeing.mutate(alone=alone).view()
    keys = [agreeing.rule, agreeing.subject, agreeing.alone]
    whole = ibis.window(group_by=keys)
    rank = [agreeing.alike_doubt > NONE, agreeing.time, agreeing.identity, agreeing.row]
    valued = ibis.window(group_by=keys, order_by=[agreeing.alike_value.isnull(), *rank], rows=(None, None))
    alike = {}
    for level in LEVELS:
        values = ibis.ifelse(agreeing.alike_doubt <= level, agreeing.alike_value, ibis.null("string"))
        one = values.min().over(whole) == values.max().over(whole)
        alike[f"alike{level}"] = ibis.coalesce(one, ibis.literal(True))
    agreeing = agreeing.mutate(
        **alike,
        first_value=agreeing.alike_value.first().over(valued),
        in_order=ibis.row_number().over(ibis.window(group_by=keys, order_by=rank)),
    ).view()
    nothing = ibis.null("timestamp(6)")
    other = ibis.ifelse(agreeing.alike_value != agreeing.first_value, agreeing.time, nothing)
    sure = ibis.ifelse(agreeing.alike_doubt == NONE, other, nothing)
    whole = ibis.window(group_by=[agreeing.rule, agreeing.subject, agreeing.alone])
    agreeing = agreeing.mutate(disagrees_at=ibis.coalesce(sure.min().over(whole), other.min().over(whole)))
    agreeing = agreeing.filter(agreeing.in_order == 0)
    others = others.mutate(**{f"alike{level}": ibis.literal(True) for level in LEVELS}, disagrees_at=nothing)
    return others.union(agreeing.select(*others.columns)).view()


def agreement(table: ir.Table, level: int) -> Truth:
    """Whether the values of activating events in no more than so much doubt are one."""
    found: Truth = table[f"alike{min(level, VALUE)}"]
    return found
