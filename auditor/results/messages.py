"""One sentence for each finding, with the case's own values.

The wording is put together in Python, once for each rule and each shape that its findings can have; the engine picks
the shape of a finding and fills in its values, so that a million findings never become Python objects.  Where times are
intervals, a sentence says "at least", since the engine's lateness is the least that is possible.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from auditor.engine.evidence import Words
from auditor.results.facts import Facts
from auditor.results.wording import iso, iso_text, seconds_between, span

# Marks of a template: characters of a private use area, which no rule or log has a reason to hold.
EVENT = "\ue000"  # name of the activating event, or of the one that exempts
TIME = "\ue001"  # its time, or the time when something is due
MATCH = "\ue002"  # name of the event that matched, where the rule names several
GAP = "\ue003"  # `26 h 04 min`, from the activation to the match
LENGTH = "\ue004"  # `2 h 04 min`: how late, or how long it is still to the due time
DUE = "\ue005"  # `2025-04-22 16:00:00 Europe/Berlin`: when it is due, where a limit is made in a zone

AT_THE_LATEST = " at the latest"  # of a due time that may be earlier, since what it counts from is an interval

REASONS = ("not_recorded", "imprecise_time", "log_starts_later", "missing_value")  # then: no subject, any other
_NO_SUBJECT, _OTHER = len(REASONS), len(REASONS) + 1


def why(facts: Facts, reason: str | None, observed_from: datetime | None, *, subject: bool = True) -> str:
    """The reason of an undetermined finding in words; `subject`: whether it has one."""
    start = f" at {iso_text(observed_from)}" if observed_from else ""
    texts = {
        "not_recorded": facts.unrecorded,
        "imprecise_time": "the times are not precise enough",
        "log_starts_later": f"the log starts{start}, after what would decide it",
        "missing_value": f"it depends on a missing value{facts.gaps}",
    }
    if reason == "missing_value" and not subject:
        return f"the subject is unknown ({facts.subject_key})"
    return texts.get(reason or "", reason or "")


def templates(facts: Facts, verdict: str, observed_from: datetime | None, *, precise: bool) -> list[str]:
    """The sentence of each shape that findings with this verdict can have, in the order of `_shape`."""
    doubts = (False,) if precise else (False, True)
    triggers = [_trigger(vague=vague) for vague in doubts]
    if verdict == "undetermined":
        known = [(reason, True) for reason in REASONS] + [("missing_value", False), ("", True)]
        words = [why(facts, reason, observed_from, subject=subject) for reason, subject in known]
        openings = [f"cannot be determined: {text}; " if text else "" for text in words]
        return [text + trigger if text else facts.title for trigger in triggers for text in openings]
    if verdict == "exempt":
        return [f"exempt: {EVENT} at {TIME}", f"exempt: {facts.exemption}" if facts.exemption else facts.title]
    if verdict == "pending":
        number = f" {facts.times}" if facts.few else ""
        due, ends = f"{facts.wanted}{number} is due by {DUE if facts.zone else TIME}", f"{facts.until}{facts.deadline}"
        latest = [f"{due}{AT_THE_LATEST if vague else ''}, in {LENGTH}{facts.deadline}" for vague in doubts]
        open_ = [f"{facts.wanted} is still due after {trigger}{ends}" for trigger in triggers]
        return [text for both in zip(latest, open_, strict=True) for text in both]
    return [
        _sentence(facts, order, met=verdict == "met", vague=vague, matched=matched, late=late)
        for vague in doubts
        for matched in (False, True)
        for late in (False, True)
        for order in ("at the same time as ", f"{GAP} after ", f"{GAP} before ")
    ]


def _shape(
    t: ir.Table, moment: ir.TimestampValue, verdicts: frozenset[str], words: Words, *, precise: bool
) -> ir.IntegerValue:
    """Which of its templates a finding takes."""
    vague = ibis.literal(0) if precise else t.vague.cast("int64")
    order = ibis.cases((moment > t.activated_at, 1), (moment < t.activated_at, 2), else_=0)
    matched, late, due = (time.notnull().cast("int64") for time in (t.met_at, t.late_seconds, t.due_at))
    number = ((vague * 2 + matched) * 2 + late) * 3 + order
    branches = []
    if "undetermined" in verdicts:
        reason = ibis.cases(
            ((t.reason == "missing_value") & t.subject.isnull(), _NO_SUBJECT),
            *((t.reason == name, place) for place, name in enumerate(REASONS)),
            else_=_OTHER,
        )
        branches.append((t.verdict == "undetermined", reason + vague * (_OTHER + 1)))
    if "exempt" in verdicts:
        branches.append((t.verdict == "exempt", _witness(t, words, "exemption").place.isnull().cast("int64")))
    if "pending" in verdicts:
        branches.append((t.verdict == "pending", vague * 2 + 1 - due))
    return ibis.cases(*branches, else_=number) if branches else number


def with_message(
    t: ir.Table, wordings: list[str], verdicts: frozenset[str], as_of: datetime, words: Words, *, precise: bool
) -> ir.Table:
    """`t` with the sentence, `message`, and what it is made of.

    `t` has the engine's columns, `base` (where the templates of a finding's rule and verdict begin in `wordings`),
    `wanted`, `due_local` where a limit is made in a zone and, where times may be intervals, `vague`; `verdicts` are
    those that occur.
    """
    t = t.mutate(moment=ibis.coalesce(t.met_at, _witness(t, words, "match").time, t.activated_at))
    template = ibis.literal(wordings, "array<string>")[t.base + _shape(t, t.moment, verdicts, words, precise=precise)]
    event, time, length = t.event, t.activated_at, t.late_seconds.fill_null(0)
    if "exempt" in verdicts:
        found = _witness(t, words, "exemption")
        exempt = (t.verdict == "exempt") & found.place.notnull()
        event, time = ibis.ifelse(exempt, words.event(found.what), event), ibis.ifelse(exempt, found.time, time)
    if "pending" in verdicts:
        due = (t.verdict == "pending") & t.due_at.notnull()
        left = seconds_between(ibis.literal(as_of, "timestamp(6)"), ibis.coalesce(t.due_at, t.activated_at))
        time, length = ibis.ifelse(due, t.due_at, time), ibis.ifelse(due, left, length)
    # lengths of time are columns before they are text: an expression would be repeated a dozen times
    t = t.mutate(
        template=template, said_event=event, said_time=time, gap=seconds_between(t.activated_at, t.moment).abs(),
        length=length,
    )  # fmt: skip
    texts = {EVENT: t.said_event, TIME: iso(t.said_time), GAP: span(t.gap), LENGTH: span(t["length"])}
    if any(MATCH in wording for wording in wordings):
        texts[MATCH] = ibis.coalesce(words.event(_witness(t, words, "match").what), t.wanted)
    if any(DUE in wording for wording in wordings):
        texts[DUE] = ibis.coalesce(t.due_local, "")
    template = t.template
    for mark, text in texts.items():
        if any(mark in wording for wording in wordings):
            template = template.replace(mark, text)
    return t.mutate(message=template)


def _sentence(facts: Facts, order: str, *, met: bool, vague: bool, matched: bool, late: bool) -> str:
    """What is met or violated; `matched`, `late`: whether there is a time of the match, a lateness."""
    trigger, match, wanted = _trigger(vague=vague), facts.target or MATCH, facts.wanted
    due = f" (due {DUE})" if facts.zone else ""
    if facts.kind == "assert":
        return f"{trigger} {'satisfies' if met else 'breaks'} `{facts.assertion}`"
    if facts.kind == "agree":
        says = "agree on" if met else "state different values of"
        return f"{wanted} events of {facts.same} {says} `{facts.agreed}`; the first is {trigger}"
    if facts.kind == "count" and (met or not late):  # a number that is too small is late
        often = facts.times if met else facts.many
        return (
            f"{wanted} came {often} {facts.window.replace(' of ', ' after ')}{trigger}{'' if met else facts.deadline}"
        )
    if facts.kind.startswith("not_"):
        where = {"not_followed_by": "after ", "not_preceded_by": "before "}.get(facts.kind, "beside ")
        limit = f" within {facts.within}" if facts.within else ""
        if met:
            return f"no {wanted}{limit} {where}{trigger}"
        return f"{match} came {where if vague else order}{trigger}; no {wanted} is allowed{limit}"
    if met:
        beside = {"preceded_by": "before ", "accompanied_by": "near "}.get(facts.kind, "in time after ")
        return f"{match} came {beside}{trigger}" if vague or not matched else f"{match} came {order}{EVENT}"
    if matched and late:
        if vague:
            return f"{match} came at least {LENGTH} late, after {trigger}{due}{facts.deadline}"
        return f"{match} came {order}{EVENT}, {LENGTH} late{due}{facts.deadline}"
    nothing = f"{facts.few or 'no'} {wanted} {facts.window}{trigger}{facts.until}"
    length = f"{'at least ' if vague else ''}{LENGTH}"
    overdue = f"; {length} overdue when judged{due}" if late else ""
    if facts.kind == "count":  # the number may have been reached since: nobody has looked
        overdue = f"; the time ended {length} before the judgement{due}"
    return nothing + overdue + facts.deadline


def _trigger(*, vague: bool) -> str:
    return f"{EVENT} at or after {TIME}" if vague else f"{EVENT} at {TIME}"


def _witness(t: ir.Table, words: Words, role: str) -> ir.StructValue:
    """The first piece of evidence with this role, or null."""
    return t.decided.filter(lambda item: words.plays(item.what, role))[0]
