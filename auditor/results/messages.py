"""One sentence for each finding, with the case's own values, as an expression of the engine.

A million findings never become Python objects: the sentence is put together where the findings are.  Where times are
intervals, a sentence says "at least", since the engine's lateness is the least that is possible.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from auditor.results.wording import iso, iso_text, seconds_between, span


def message(t: ir.Table, as_of: datetime, observed_from: datetime | None) -> ir.StringValue:
    """The sentence; `t` is the engine's findings joined with the facts of their rules."""
    texts = _Texts(t, as_of)
    return ibis.cases(
        (t.verdict == "undetermined", texts.undetermined(observed_from)),
        (t.verdict == "exempt", texts.exempt()),
        (t.kind == "assert", texts.asserted()),
        (t.verdict == "pending", texts.pending() + t.deadline),
        (t.kind.startswith("not_"), texts.forbidden()),
        (t.verdict == "met", texts.met()),
        else_=texts.missed() + t.deadline,
    ).fill_null(t.title)


class _Texts:
    def __init__(self, t: ir.Table, as_of: datetime) -> None:
        self.t, self.as_of = t, as_of
        self.trigger = t.event + " at " + iso(t.activated_at)
        match = _witness(t, "match")
        self.match_time = ibis.coalesce(match.time, t.met_at)
        self.match = ibis.cases((t.target != "", t.target), else_=ibis.coalesce(match.event, t.wanted))
        self.within = _when(t.within, "within ", t.within, " ")

    def asserted(self) -> ir.StringValue:
        verb = ibis.ifelse(self.t.verdict == "met", " satisfies `", " breaks `")
        return self.trigger + verb + self.t.assertion + "`"

    def missed(self) -> ir.StringValue:
        """A match was demanded and none came in time."""
        t = self.t
        late = ibis.ifelse(t.vague, "at least ", "") + span(t.late_seconds)
        back = t.kind == "preceded_by"
        window = ibis.cases(
            (back, _when(t.within, "within ", t.within, " ") + "before "),
            (t.within != "", "within " + t.within + " of "),
            else_="after ",
        )
        nothing = "no " + t.wanted + " " + window + self.trigger + _when(t.before, " and before ", t.before)
        return ibis.cases(
            (t.met_at.notnull() & t.late_seconds.notnull() & t.vague,
             self.match + " came " + late + " late; " + t.event + " was at " + iso(t.activated_at) + " or later"),
            (t.met_at.notnull() & t.late_seconds.notnull(),
             self.match + " came " + self._gap(t.met_at) + t.event + ", " + late + " late"),
            (t.late_seconds.notnull(), nothing + "; " + late + " overdue when judged"),
            else_=nothing,
        )  # fmt: skip

    def met(self) -> ir.StringValue:
        t = self.t
        beside = ibis.cases(
            (t.kind == "preceded_by", " before "),
            (t.kind == "accompanied_by", " near "),
            else_=" in time after ",
        )
        loosely = self.match + " came" + beside + self.trigger
        return ibis.ifelse(t.vague | t.met_at.isnull(), loosely, self.match + " came " + self._gap(t.met_at) + t.event)

    def pending(self) -> ir.StringValue:
        t = self.t
        left = seconds_between(ibis.literal(self.as_of, "timestamp(6)"), t.due_at)
        return ibis.cases(
            (t.due_at.notnull(), t.wanted + " is due by " + iso(t.due_at) + ", in " + span(left)),
            else_=t.wanted + " is still due after " + self.trigger + _when(t.before, ", before ", t.before),
        )

    def forbidden(self) -> ir.StringValue:
        t = self.t
        where = ibis.cases(
            (t.kind == "not_followed_by", "after "), (t.kind == "not_preceded_by", "before "), else_="beside "
        )
        limit = _when(t.within, " within ", t.within)
        came = ibis.ifelse(t.vague, self.match + " came " + where, self.match + " came " + self._gap(self.match_time))
        return ibis.ifelse(
            t.verdict == "met",
            "no " + t.wanted + limit + " " + where + self.trigger,
            came.fill_null(self.match + " came " + where) + self.trigger + "; none is allowed" + limit,
        )

    def exempt(self) -> ir.StringValue:
        found = _witness(self.t, "exemption")
        return "exempt: " + ibis.coalesce(found.event + " at " + iso(found.time), self.t.exemption)

    def undetermined(self, observed_from: datetime | None) -> ir.StringValue:
        t = self.t
        start = f" at {iso_text(observed_from)}" if observed_from else ""
        why = ibis.cases(
            (t.reason == "not_recorded", "the log cannot record " + _or(t.unrecorded, "what the rule asks for")),
            ((t.reason == "missing_value") & t.subject.isnull(), t.subject_key + " is missing"),
            (t.reason == "missing_value", "it depends on a missing value" + _when(t.gaps, " (", t.gaps, ")")),
            (t.reason == "imprecise_time", "the times are not precise enough"),
            (t.reason == "log_starts_later", f"the log starts{start}, after what would decide it"),
            else_=t.reason,
        )
        return "cannot be determined: " + why + "; " + self.trigger

    def _gap(self, moment: ir.TimestampValue) -> ir.StringValue:
        """How far `moment` lies from the activation: `26 h 04 min after `."""
        seconds = seconds_between(self.t.activated_at, moment)
        return ibis.cases(
            (moment == self.t.activated_at, "at the same time as "),
            (moment > self.t.activated_at, span(seconds) + " after "),
            else_=span(-seconds) + " before ",
        )


def _witness(t: ir.Table, role: str) -> ir.StructValue:
    """The first piece of evidence with this role, or null."""
    return t.evidence.filter(lambda item: item.role == role)[0]


def _when(text: ir.StringValue, *parts: ir.StringValue | str) -> ir.StringValue:
    """The parts, or '' where `text` is ''."""
    joined = ibis.literal("")
    for part in parts:
        joined = joined + part
    return ibis.ifelse(text == "", "", joined)


def _or(text: ir.StringValue, otherwise: str) -> ir.StringValue:
    return ibis.ifelse(text == "", otherwise, text)
