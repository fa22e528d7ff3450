"""iCalendar (RFC 5545): an event at the moment when each obligation falls due.

No alarms: hundreds of them would be switched off as one, and calendars add those that their owner wants.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from auditor.outputs.hostile import safe

if TYPE_CHECKING:
    from icalendar import Event

    from auditor.outputs.formats import Look
    from auditor.results.due import Due

_PRIORITY = {"critical": 1, "high": 3, "medium": 5, "low": 7, "info": 9}  # RFC 5545, 3.8.1.9
_HEAD = (b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//auditor//due//EN", b"X-WR-CALNAME:auditor: due", b"")
_LONGEST = {"subject": 80, "text": 1000}  # characters


def write(found: Due, stream: BinaryIO, _look: Look) -> None:
    """The calendar, event by event."""
    stamp = found.audit.judgement.as_of
    stream.write(b"\r\n".join(_HEAD))
    for batch in found.audit.batches(found.rows):
        for row in batch.to_pylist():
            stream.write(_event(row, stamp).to_ical())
    stream.write(b"END:VCALENDAR\r\n")


def _event(row: dict[str, Any], stamp: datetime) -> Event:
    from icalendar import Event

    rule = safe(row["rule_id"], _LONGEST["subject"]) + (" (draft)" if row["draft"] else "")
    subject = "unknown" if row["subject"] is None else safe(row["subject"], _LONGEST["subject"])
    told = [row["message"], f"{row['subject_key']}: {subject}", f"rule: {rule} ({row['severity']})", row["refs"]]
    event = Event()
    event.add("uid", row["fingerprint"])
    event.add("dtstamp", _utc(stamp))
    event.add("dtstart", _utc(row["due_at"]))
    event.add("summary", f"Due: {subject}, {rule}")
    event.add("description", "\n".join(safe(text, _LONGEST["text"]) for text in told if text))
    event.add("categories", [row["severity"]])
    event.add("priority", _PRIORITY[row["severity"]])
    event.add("transp", "TRANSPARENT")  # nobody is busy at that moment
    return event


def _utc(moment: datetime) -> datetime:
    """In UTC, without parts of a second, which iCalendar does not know: never later than it is."""
    return moment.replace(microsecond=0, tzinfo=UTC)
