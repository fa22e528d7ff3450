"""Each finding is told in one sentence with the case's own values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from auditor.base.durations import parse_duration
from auditor.log.log import Health
from auditor.rules.expressions import Column, Compare, Literal_
from auditor.rules.model import Basis, NamedClock, Pattern
from tests.results.fake import FAR, RECEIVED, audit, finding, log, rule, witness

H = timedelta(hours=1)
DUE = RECEIVED + 24 * H
OFFICE = NamedClock("office", "UTC", hours=(((32_400, 61_200),),) * 5 + ((),) * 2)
LATE = RECEIVED + 26 * H + timedelta(minutes=4)


def message(row: dict[str, Any], **rule_changes: Any) -> str:
    changes = {"log": rule_changes.pop("log", None)}
    [text] = audit(row, rules=(rule(**rule_changes),), **changes).findings()["message"]
    return str(text)


def test_late_match_says_how_long_it_took_and_how_late_it_was() -> None:
    row = finding(due_at=DUE, met_at=LATE, late_seconds=7440)
    assert message(row) == "referral.submitted came 26 h 04 min after report.received, 2 h 04 min late"


def test_no_match_says_how_long_it_is_overdue() -> None:
    row = finding(due_at=DUE, late_seconds=36 * 86400 + 7200)
    assert message(row) == (
        "no referral.submitted within 24 h of report.received at 2020-01-20T09:00:00Z; 36 d 2 h overdue when judged"
    )


def test_a_missing_match_with_a_condition_is_a_matching_one() -> None:
    where = Compare("==", Column("recipient", "text"), Literal_("NCMEC", "text"))
    text = message(finding(), pattern=Pattern(("referral.submitted",), where))
    assert text.startswith("no matching referral.submitted within 24 h of report.received")


@pytest.mark.parametrize(
    ("deadline", "ending"),
    [("operator", " (operator's deadline)"), ("statutory", " (statutory deadline)"), (None, " late")],
)
def test_who_chose_the_deadline_is_said(deadline: Any, ending: str) -> None:
    row = finding(due_at=DUE, met_at=LATE, late_seconds=7440)
    assert message(row, basis=Basis("law", deadline)).endswith(ending)


def test_an_operators_deadline_is_never_called_a_breach() -> None:
    text = message(finding(due_at=DUE, late_seconds=60), basis=Basis("law", "operator"))
    assert "statut" not in text
    assert "law" not in text


@pytest.mark.parametrize(("imprecise", "place", "vague"), [(3, 9, True), (1, 2, True), (1, 9, False)])
def test_lateness_is_at_least_where_times_are_intervals(imprecise: int, place: int, vague: bool) -> None:
    known = log(health=Health(("log.csv",), 3, 3, imprecise=imprecise), events=_imprecise())
    evidence = [witness("activation", "report.received", RECEIVED, place)]
    row = finding(due_at=DUE, met_at=LATE, late_seconds=7440, place=place, evidence=evidence)
    assert message(row, log=known) == (
        "referral.submitted came at least 2 h 04 min late, after report.received at or after 2020-01-20T09:00:00Z"
        if vague
        else "referral.submitted came 26 h 04 min after report.received, 2 h 04 min late"
    )


def _imprecise() -> Any:
    import ibis
    import pyarrow as pa

    return ibis.memtable(pa.table({"place": [2], "time": [RECEIVED], "time_latest": [FAR]}))


def test_before_only() -> None:
    text = message(finding(), within=None, before=Pattern(("content.removed",)))
    assert text == "no referral.submitted after report.received at 2020-01-20T09:00:00Z and before content.removed"
    text = message(finding(), within=None, before="next")
    assert text.endswith("and before the next report.received")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("preceded_by", "no referral.submitted within 24 h before report.received at 2020-01-20T09:00:00Z"),
        ("accompanied_by", "no referral.submitted within 24 h of report.received at 2020-01-20T09:00:00Z"),
    ],
)
def test_missing_neighbours(kind: str, text: str) -> None:
    assert message(finding(), kind=kind) == text


@pytest.mark.parametrize(
    ("kind", "moment", "gap"),
    [
        ("not_followed_by", RECEIVED + 2 * H, "2 h after "),
        ("not_preceded_by", RECEIVED - 90 * H, "3 d 18 h before "),
        ("not_accompanied_by", RECEIVED, "at the same time as "),
    ],
)
def test_forbidden_matches_are_placed_in_time(kind: str, moment: datetime, gap: str) -> None:
    evidence = [
        witness("activation", "report.received", RECEIVED), witness("match", "content.restored", moment)
    ]  # fmt: skip
    pattern = Pattern(("content.restored", "content.reappeared"))
    assert message(finding(evidence=evidence), kind=kind, pattern=pattern) == (
        f"content.restored came {gap}report.received at 2020-01-20T09:00:00Z; "
        "no content.restored or content.reappeared is allowed within 24 h"
    )


def test_assertions_quote_the_rule() -> None:
    row = finding(event="decision.made")
    text = 'decision != "no_violation"'
    said = message(row, kind="assert", pattern=None, within=None, text=text)
    assert said == f"decision.made at 2020-01-20T09:00:00Z breaks `{text}`"
    assert " satisfies " in message(row | {"verdict": "met"}, kind="assert", pattern=None, within=None, text=text)


@pytest.mark.parametrize(
    ("changes", "row", "text"),
    [
        ({"at_most": 1}, finding(), "referral.submitted came more than once within 24 h after {}"),
        ({"at_most": 2}, finding("met"), "referral.submitted came at most 2 times within 24 h after {}"),
        (
            {"at_least": 2, "at_most": 3},
            finding(due_at=DUE, late_seconds=7200),
            "fewer than 2 referral.submitted within 24 h of {}; the time ended 2 h before the judgement",
        ),
        (
            {"at_least": 2, "at_most": 3},
            finding(due_at=DUE),
            "referral.submitted came more than 3 times within 24 h after {}",
        ),
        (
            {"at_least": 1},
            finding(due_at=DUE, late_seconds=7200),
            "no referral.submitted within 24 h of {}; the time ended 2 h before the judgement",
        ),
        (
            {"at_least": 2},
            finding("pending", due_at=FAR + 3 * H),
            "referral.submitted at least 2 times is due by 2020-02-26T03:00:00Z, in 3 h",
        ),
    ],
)
def test_a_count_says_how_often(changes: dict[str, Any], row: dict[str, Any], text: str) -> None:
    assert message(row, kind="count", **changes) == text.format("report.received at 2020-01-20T09:00:00Z")


@pytest.mark.parametrize(("verdict", "says"), [("violated", "state different values of"), ("met", "agree on")])
def test_agreement_names_the_field_and_whose_events_they_are(verdict: str, says: str) -> None:
    text = message(finding(verdict), kind="agree", pattern=None, within=None, column=Column("decision", "text"))
    assert text == (
        f"report.received events of the same report {says} `decision`; "
        "the first is report.received at 2020-01-20T09:00:00Z"
    )


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"within": None, "due": Column("deadline", "instant", True)}, "by the due time of"),
        ({"within": None, "length": Column("limit", "duration", True)}, "within the activating event's limit of"),
        ({"clock": OFFICE}, "within 24 h (clock office) of"),
        ({"clock": OFFICE, "within": parse_duration("3 days")}, "within 3 working days (clock office) of"),
    ],
)
def test_the_limit_is_named_wherever_it_comes_from(changes: dict[str, Any], limit: str) -> None:
    text = message(finding(due_at=DUE, late_seconds=7200), basis=Basis("law", "operator"), **changes)
    assert text == (
        f"no referral.submitted {limit} report.received at 2020-01-20T09:00:00Z; 2 h overdue when judged "
        "(operator's deadline)"
    )


def test_pending_counts_down() -> None:
    row = finding("pending", due_at=FAR + 3 * H)
    assert message(row) == "referral.submitted is due by 2020-02-26T03:00:00Z, in 3 h"
    text = message(finding("pending"), within=None, before=Pattern(("content.removed",)))
    assert (
        text
        == "referral.submitted is still due after report.received at 2020-01-20T09:00:00Z and before content.removed"
    )


def test_a_due_time_that_may_be_earlier_is_the_latest() -> None:
    known = log(health=Health(("log.csv",), 3, 3, imprecise=3))
    row = finding("pending", due_at=FAR + 3 * H)
    assert message(row, log=known) == "referral.submitted is due by 2020-02-26T03:00:00Z at the latest, in 3 h"
    open_ = message(finding("pending"), log=known, within=None, before=Pattern(("content.removed",)))
    assert "is still due after report.received at or after 2020-01-20T09:00:00Z and before" in open_


def test_met() -> None:
    assert message(finding("met", met_at=RECEIVED + 30 * timedelta(seconds=1))) == (
        "referral.submitted came 30 s after report.received"
    )
    assert message(finding("met"), kind="not_followed_by") == (
        "no referral.submitted within 24 h after report.received at 2020-01-20T09:00:00Z"
    )


def test_exempt_names_the_event() -> None:
    evidence = [witness("exemption", "report.withdrawn", RECEIVED + H)]
    assert message(finding("exempt", evidence=evidence)) == "exempt: report.withdrawn at 2020-01-20T10:00:00Z"
    assert message(finding("exempt"), unless=Pattern(("report.voided",))) == "exempt: report.voided"


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("not_recorded", "the log cannot record content.removed"),
        ("missing_value", "it depends on a missing value (category)"),
        ("imprecise_time", "the times are not precise enough"),
        ("log_starts_later", "the log starts at 2020-01-01T00:00:00Z, after what would decide it"),
    ],
)
def test_undetermined_says_why(reason: str, why: str) -> None:
    where = Compare("==", Column("category", "text"), Literal_("csam", "text"))
    changes = {"when": Pattern(("report.received",), where), "before": Pattern(("content.removed",))}
    known = log(observed_from=datetime(2020, 1, 1))
    text = message(finding("undetermined", reason=reason), log=known, **changes)
    assert text == f"cannot be determined: {why}; report.received at 2020-01-20T09:00:00Z"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"pattern": Pattern(None)},
            "it depends on events that the log does not record, such as account.reinstated, account.suspended, "
            "action.applied and 37 more",
        ),
        ({"pattern": Pattern(None), "unless": Pattern(("report.voided",))}, "the log cannot record report.voided"),
        (
            {"pattern": Pattern(("review.queued", "review.assigned", "report.voided", "report.merged", "notice.sent"))},
            "the log cannot record notice.sent, report.merged, report.voided, review.assigned, review.queued",
        ),
        (
            {"pattern": Pattern(tuple(f"review.{n}" for n in range(9)))},
            "the log cannot record review.0, review.1, review.2, review.3 and 5 more",
        ),
        ({"when": Pattern(("report.received", "report.reopened")), "nth": 2}, "the log cannot record report.reopened"),
        (
            {"when": Pattern(("report.received", "report.reopened")), "before": "next"},
            "the log cannot record report.reopened",
        ),
    ],
)
def test_what_the_log_cannot_record_is_said_shortly(changes: dict[str, Any], why: str) -> None:
    text = message(finding("undetermined", reason="not_recorded"), **changes)
    assert text == f"cannot be determined: {why}; report.received at 2020-01-20T09:00:00Z"


def test_an_unknown_subject_is_named_by_its_key() -> None:
    row = finding("undetermined", subject=None, reason="missing_value")
    assert "the subject is unknown (report_id)" in message(row)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "less than 1 s"), (59, "59 s"), (60, "1 min"), (95, "1 min 35 s"), (3600, "1 h"), (86400, "24 h"),
     (72 * 3600, "3 d"), (73 * 3600 + 60, "3 d 1 h")],
)  # fmt: skip
def test_spans(seconds: int, text: str) -> None:
    row = finding(due_at=DUE, late_seconds=seconds)
    assert f"; {text} overdue" in message(row, within=parse_duration("24h"))


def test_microseconds_only_where_there_are_any() -> None:
    assert "09:00:00.000500Z" in message(finding(activated_at=RECEIVED + timedelta(microseconds=500)))
