"""One sentence for each finding, with the case's own values, as an expression of the engine.

A million findings never become Python objects: the sentence is put together where the findings are.  A template is
chosen by verdict and obligation; then each mark in it is replaced once, which keeps the query small.  Where times are
intervals, a sentence says "at least", since the engine's lateness is the least that is possible.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from auditor.results.wording import iso, iso_text, seconds_between, span

# Marks of a template: characters of a private use area, which no rule or log has a reason to hold.
TRIGGER = "\ue000"  # `report.received at 2020-01-20T09:00:00Z`
MATCH = "\ue001"  # name of the event that matched
GAP = "\ue002"  # `26 h 04 min after `, from the activation to the match
LATE = "\ue003"  # `2 h 04 min`
LEFT = "\ue004"  # `3 h`, from the moment of judgement to the due time


def message(t: ir.Table, as_of: datetime, observed_from: datetime | None) -> ir.StringValue:
    """The sentence; `t` is the engine's findings joined with the facts of their rules."""
    template = ibis.cases(
        (t.verdict == "undetermined", "cannot be determined: " + why(t, observed_from) + f"; {TRIGGER}"),
        (t.verdict == "exempt", _exempt(t)),
        (
            t.kind == "assert",
            TRIGGER + ibis.ifelse(t.verdict == "met", " satisfies `", " breaks `") + t.assertion + "`",
        ),
        (t.verdict == "pending", _pending(t) + t.deadline),
        (t.kind.startswith("not_"), _forbidden(t)),
        (t.verdict == "met", _met(t)),
        else_=_missed(t) + t.deadline,
    )
    match = _witness(t, "match")
    moment = ibis.coalesce(ibis.ifelse(t.kind.startswith("not_"), match.time, t.met_at), t.activated_at)
    marks = {
        TRIGGER: t.event + ibis.ifelse(t.vague, " at or after ", " at ") + iso(t.activated_at),
        MATCH: ibis.ifelse(t.target != "", t.target, ibis.coalesce(match.event, t.wanted)),
        GAP: _gap(t, moment),
        LATE: ibis.ifelse(t.vague, "at least ", "") + span(t.late_seconds.fill_null(0)),
        LEFT: span(seconds_between(ibis.literal(as_of, "timestamp(6)"), ibis.coalesce(t.due_at, t.activated_at))),
    }
    for mark, text in marks.items():
        template = template.replace(mark, text)
    return template.fill_null(t.title)


def _missed(t: ir.Table) -> ir.StringValue:
    """A match was demanded and none came in time."""
    late = t.late_seconds.notnull()
    nothing = "no " + t.wanted + " " + t.window + TRIGGER + t.until
    return ibis.cases(
        (t.met_at.notnull() & late & t.vague,
         f"{MATCH} came {LATE} late, after {TRIGGER}"),
        (t.met_at.notnull() & late, f"{MATCH} came {GAP}" + t.event + f", {LATE} late"),
        (late, nothing + f"; {LATE} overdue when judged"),
        else_=nothing,
    )  # fmt: skip


def _met(t: ir.Table) -> ir.StringValue:
    beside = ibis.cases(
        (t.kind == "preceded_by", "before "), (t.kind == "accompanied_by", "near "), else_="in time after "
    )
    loosely = f"{MATCH} came " + beside + TRIGGER
    return ibis.ifelse(t.vague | t.met_at.isnull(), loosely, f"{MATCH} came {GAP}" + t.event)


def _pending(t: ir.Table) -> ir.StringValue:
    return t.wanted + ibis.ifelse(
        t.due_at.notnull(), " is due by " + iso(t.due_at) + f", in {LEFT}", f" is still due after {TRIGGER}" + t.until
    )


def _forbidden(t: ir.Table) -> ir.StringValue:
    where = ibis.cases(
        (t.kind == "not_followed_by", "after "), (t.kind == "not_preceded_by", "before "), else_="beside "
    )
    limit = ibis.ifelse(t.within == "", "", " within " + t.within)
    return ibis.ifelse(
        t.verdict == "met",
        "no " + t.wanted + limit + " " + where + TRIGGER,
        f"{MATCH} came " + ibis.ifelse(t.vague, where, GAP) + f"{TRIGGER}; no " + t.wanted + " is allowed" + limit,
    )


def _exempt(t: ir.Table) -> ir.StringValue:
    found = _witness(t, "exemption")
    return "exempt: " + ibis.coalesce(found.event + " at " + iso(found.time), t.exemption)


def why(t: ir.Table, observed_from: datetime | None) -> ir.StringValue:
    """The reason of an undetermined finding in words."""
    start = f" at {iso_text(observed_from)}" if observed_from else ""
    return ibis.cases(
        (t.reason == "not_recorded", "the log cannot record " + t.unrecorded),
        ((t.reason == "missing_value") & t.subject.isnull(), "the subject is unknown (" + t.subject_key + ")"),
        (t.reason == "missing_value", "it depends on a missing value" + t.gaps),
        (t.reason == "imprecise_time", "the times are not precise enough"),
        (t.reason == "log_starts_later", f"the log starts{start}, after what would decide it"),
        else_=t.reason,
    )


def _gap(t: ir.Table, moment: ir.TimestampValue) -> ir.StringValue:
    """How far `moment` lies from the activation."""
    return ibis.ifelse(
        moment == t.activated_at,
        "at the same time as ",
        span(seconds_between(t.activated_at, moment).abs())
        + ibis.ifelse(moment > t.activated_at, " after ", " before "),
    )


def _witness(t: ir.Table, role: str) -> ir.StructValue:
    """The first piece of evidence with this role, or null."""
    return t.evidence.filter(lambda item: item.role == role)[0]
