"""Learned and standing attributes: values that an event takes from its report.

A *standing* attribute is the event's own value or the only one that the report states.  A *learned* one is the
event's own value or the newest stated at or before it in the same report; two different values at that newest
instant make it unknown.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.log.schema import Field

REPORT = "report_id"
ANSWER = "newest of report"  # a column beside those of a log, which have no blanks


def resolve(events: ir.Table, fields: list[Field], *, changing: bool = True) -> ir.Table:
    """`events` with the learned and standing `fields` filled in; every row stays, other columns untouched.

    One GROUP BY report joined back.  With `changing` the reports that state several values of a learned attribute
    are read again, in time order.
    """
    if REPORT not in events.columns:
        return events
    fields = [f for f in fields if f.name != REPORT and f.scope != "event" and f.name in events.columns]
    if not fields:
        return events
    stated = events.filter(events[REPORT].notnull())
    report = stated.group_by(REPORT).agg(**{name: made for f in fields for name, made in _stated(stated, f).items()})
    report = report.rename(resolved_report=REPORT)
    joined = events.left_join(report, [(REPORT, "resolved_report")])
    filled: dict[str, Any] = {}
    for f in fields:
        low, high = joined[f"low of {f.name}"], joined[f"high of {f.name}"]
        only = ibis.ifelse(low == high, low, ibis.null(low.type()))
        if f.scope == "learned":
            only = ibis.ifelse(joined[f"since of {f.name}"] <= joined.time, only, ibis.null(low.type()))
        filled[f.name] = _restored(ibis.coalesce(_comparable(joined[f.name], f), only), f)
    result = joined.select(**{c: filled.get(c, joined[c]) for c in events.columns})
    for f in fields if changing else []:
        if f.scope == "learned":
            result = _newest(result, events, report, f)
    return result.view()  # closes the chain of joins: a later join must see the filled values


def _stated(table: ir.Table, field: Field) -> dict[str, Any]:
    value = _comparable(table[field.name], field)
    found = {f"low of {field.name}": value.min(), f"high of {field.name}": value.max()}
    if field.scope == "learned":
        found[f"since of {field.name}"] = table.time.min(where=table[field.name].notnull())
    return found


def _comparable(value: Any, field: Field) -> Any:
    """A value that has a minimum on every engine."""
    return value.cast("int8") if field.type == "bool" else value


def _restored(value: Any, field: Field) -> Any:
    return value.cast("boolean") if field.type == "bool" else value


def _newest(resolved: ir.Table, events: ir.Table, report: ir.Table, field: Field) -> ir.Table:
    """Fill a learned field on events that lack their own value, in reports where the stated value changes."""
    low, high = report[f"low of {field.name}"], report[f"high of {field.name}"]
    changing = report.filter(low != high).select(changing_report=report.resolved_report)
    rows = events.semi_join(changing, events[REPORT] == changing.changing_report)
    stated = rows.filter(rows[field.name].notnull())
    value = _comparable(stated[field.name], field)
    newest = stated.group_by(stated_report=stated[REPORT], stated_at=stated.time).agg(
        stated_low=value.min(), stated_high=value.max()
    )
    asking = rows.filter(rows[field.name].isnull()).select(asked_report=rows[REPORT], asked_at=rows.time).distinct()
    pairs = asking.join(newest, [asking.asked_report == newest.stated_report, newest.stated_at <= asking.asked_at])
    latest = pairs.group_by("asked_report", "asked_at").agg(stated_at=pairs.stated_at.max())
    answer = latest.join(
        newest, [latest.asked_report == newest.stated_report, latest.stated_at == newest.stated_at]
    ).select(
        latest.asked_report,
        latest.asked_at,
        **{ANSWER: ibis.ifelse(newest.stated_low == newest.stated_high, newest.stated_low, ibis.null(value.type()))},
    )
    joined = resolved.left_join(answer, [resolved[REPORT] == answer.asked_report, resolved.time == answer.asked_at])
    filled = ibis.coalesce(_comparable(joined[field.name], field), joined[ANSWER])
    return joined.select(**{c: _restored(filled, field) if c == field.name else joined[c] for c in resolved.columns})
