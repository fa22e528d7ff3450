"""Writes the month of a made-up platform twice: one row per event, and one row per report.

    python sample_data/generate.py [FOLDER]

The same seed gives the same bytes; tests compare them with the files that are committed.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from month import Report, reports

SEED, NUMBER = 20251001, 2000
ZONE = ZoneInfo("Europe/Amsterdam")
HERE = Path(__file__).parent

# event → what the platform's event log calls it, and the column of its case table
NAMES = {
    "report.received": ("Report filed", "filed"),
    "report.acknowledged": ("Receipt sent", "receipt_sent"),
    "report.withdrawn": ("Report withdrawn", "withdrawn"),
    "report.voided": ("Report voided", "voided"),
    "report.merged": ("Report merged", "merged"),
    "report.reopened": ("Report reopened", "reopened"),
    "report.closed": ("Report closed", "closed"),
    "review.queued": ("Queued", "queued"),
    "review.assigned": ("Assigned", "assigned"),
    "review.escalated": ("Escalated", "escalated"),
    "information.requested": ("Asked reporter", "asked"),
    "information.provided": ("Reporter replied", "replied"),
    "detection.hit": ("Scanner hit", "scanner_hit"),
    "decision.made": ("Decided", "decided"),
    "action.scheduled": ("Action planned", "action_planned"),
    "action.applied": ("Action taken", "action_taken"),
    "action.failed": ("Action failed", "action_failed"),
    "action.reversed": ("Action undone", "action_undone"),
    "action.expired": ("Action expired", "action_expired"),
    "notice.sent": ("Answer sent", "answered"),
    "notice.failed": ("Answer bounced", "answer_bounced"),
    "statement.filed": ("Statement filed", "statement_filed"),
    "referral.opened": ("Referral drafted", "referral_drafted"),
    "referral.submitted": ("Referral sent", "referral_sent"),
    "referral.failed": ("Referral failed", "referral_failed"),
    "referral.retracted": ("Referral retracted", "referral_retracted"),
    "authority.requested": ("Authority asked removal", "authority_asked"),
    "preservation.started": ("Hold started", "hold_started"),
    "preservation.ended": ("Hold ended", "hold_ended"),
    "appeal.received": ("Appeal filed", "appealed"),
    "appeal.decided": ("Appeal decided", "appeal_decided"),
    "clock.paused": ("Clock paused", "clock_paused"),
    "clock.resumed": ("Clock resumed", "clock_resumed"),
    "content.created": ("Item posted", "item_posted"),
    "content.removed": ("Item removed", "item_removed"),
    "content.restored": ("Item restored", "item_restored"),
    "content.reappeared": ("Item seen again", "item_seen_again"),
    "content.checked_available": ("Item found up", "item_found_up"),
    "content.checked_unavailable": ("Item found gone", "item_found_gone"),
    "content.deleted_by_user": ("Item deleted by poster", "item_deleted_by_poster"),
    "account.suspended": ("Account suspended", "account_suspended"),
    "account.reinstated": ("Account reinstated", "account_reinstated"),
}
# event → column of the event table → the fact that stands in it
DETAILS = {
    "report.received": {
        "reason": "category", "minor": "minor", "reporter": "reporter_id", "reporter_kind": "reporter_type",
        "item": "content_id", "account": "account_id", "via": "channel", "country": "country",
    },
    "report.acknowledged": {"text": "ack_text"},
    "information.provided": {"minor": "minor_told"},
    "decision.made": {
        "reason": "category_found", "minor": "minor_found", "outcome": "outcome", "handled_by": "handled_by",
        "automatic": "automatic",
    },
    "action.applied": {"measure": "measure"},
    "notice.sent": {"sent_to": "answer_to", "text": "answer_text"},
    "notice.failed": {"sent_to": "answer_to", "text": "answer_text"},
    "referral.submitted": {"sent_to": "referral_to", "test": "referral_test"},
    "appeal.decided": {"outcome": "appeal_outcome", "handled_by": "appeal_handled_by"},
    "content.created": {"views": "views"},
}  # fmt: skip
REASONS = {
    "csam": "Sexual images of a child",
    "csam_synthetic": "Generated sexual images of a child",
    "grooming": "Adult contacting a child",
    "sextortion": "Blackmail with intimate images",
    "trafficking_minor": "Trafficking of a child",
    "minor_privacy": "Private data of a child",
    "minor_harassment": "Bullying of a child",
    "age_restriction": "Not suitable for children",
    "unsafe_challenge": "Dangerous challenge",
    "child_other": "Other danger to a child",
    "ncii": "Intimate image without consent",
    "self_harm": "Self-harm",
    "terror": "Terrorism",
    "other": "Something else",
    "unknown": "Not stated",
    "": "",
}
EVENT_COLUMNS = [
    "case", "activity", "at", "item", "account", "reporter", "reporter_kind", "via", "country", "reason", "minor",
    "outcome", "automatic", "measure", "handled_by", "sent_to", "text", "test", "views",
]  # fmt: skip
# fact → column of the case table
FACT_COLUMNS = {
    "content_id": "item", "account_id": "account", "reporter_id": "reporter", "reporter_type": "reporter_kind",
    "channel": "via", "country": "country", "category": "reason", "minor": "minor", "minor_told": "minor_replied",
    "category_found": "reason_found", "minor_found": "minor_found", "outcome": "outcome", "automatic": "automatic",
    "handled_by": "handled_by", "measure": "measure", "ack_text": "receipt_text", "answer_to": "answer_to",
    "answer_text": "answer_text", "referral_to": "referral_to", "referral_test": "referral_test",
    "appeal_outcome": "appeal_outcome", "appeal_handled_by": "appeal_handled_by", "views": "views",
}  # fmt: skip
CASE_COLUMNS = ["case", *FACT_COLUMNS.values(), *(column for _, column in NAMES.values()), "in_time"]


def local(moment: datetime) -> str:
    """Wall-clock time without offset, as many exports have it: an hour in the night of 26 October is ambiguous."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def fact(report: Report, name: str) -> str:
    """A fact in the platform's own words."""
    value = report.facts.get(name, "")
    return REASONS[value] if name in ("category", "category_found") else value


def event_rows(month: list[Report]) -> list[dict[str, str]]:
    """One row per event, by time; now and then a row is written late."""
    rows = []
    for report in month:
        for event, moment in report.times.items():
            row = {"case": report.facts["report_id"], "activity": NAMES[event][0], "at": local(moment)}
            row |= {column: fact(report, name) for column, name in DETAILS.get(event, {}).items()}
            rows.append((moment, row))
    rows.sort(key=lambda row: (row[0], row[1]["case"], row[1]["activity"]))
    ordered = [row for _, row in rows]
    for late in range(500, len(ordered) - 10, 1000):
        ordered.insert(late + 7, ordered.pop(late))
    return ordered


def case_rows(month: list[Report]) -> Iterator[dict[str, str]]:
    """One row per report, with the platform's own opinion in `in_time`."""
    for report in month:
        row = {"case": report.facts["report_id"]}
        row |= {column: fact(report, name) for name, column in FACT_COLUMNS.items()}
        row |= {NAMES[event][1]: local(moment) for event, moment in report.times.items()}
        decided = report.times.get("decision.made")
        row["in_time"] = "" if decided is None else "Y" if (decided - report.times["report.received"]).days < 7 else "N"
        yield row


def write(path: Path, columns: list[str], rows: list[dict[str, str]], dirt: dict[int, str]) -> None:
    """The table, with lines of `dirt` put in before the given rows."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows):
            if number in dirt:
                stream.write(dirt[number] + "\n")
            writer.writerow(row)


def dirty_event(activity: str, at: str, *, minor: str = "") -> str:
    """A row about a report that the rest of the log does not know, so that a reject changes no verdict."""
    row = {"case": "R-999999", "activity": activity, "at": at, "minor": minor}
    return ",".join(row.get(column, "") for column in EVENT_COLUMNS)


def main(folder: Path) -> None:
    """Write both files."""
    month = list(reports(SEED, NUMBER))
    events, cases = event_rows(month), list(case_rows(month))
    for again in (2000, 7000):
        events.insert(again + 3, events[again])
    cases.insert(900, cases[880])
    write(folder / "month_events.csv", EVENT_COLUMNS, events, {
        1000: dirty_event("Report closed", "2025-10-32 10:00:00"),
        3000: dirty_event("Decided", "tomorrow"),
        5000: dirty_event("Sent to the cellar", "2025-10-12 09:30:00"),
        6500: dirty_event("Report filed", "2025-10-15 11:00:00", minor="perhaps"),
        8000: "R-999999,Report closed,2025-10-18 10:00:00",
    })  # fmt: skip
    unreadable = {"case": "R-999999", "item": "item-x", "reason": REASONS["csam"], "filed": "31.10.2025 noon"}
    write(folder / "month_cases.csv", CASE_COLUMNS, cases, {
        600: ",".join(unreadable.get(column, "") for column in CASE_COLUMNS),
        1200: "R-999998,item-y",
    })  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
