"""What falls due next: everything that is pending is listed, counted as later, or counted as without due time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.base.durations import parse_duration
from auditor.log.log import Health
from auditor.results.audit import Audit
from auditor.results.bands import bands
from auditor.results.due import FIELDS, Due, parsed
from auditor.results.moments import after
from auditor.rules.model import Basis
from tests.results.fake import FAR, audit, finding, log, rule

H, DAY = timedelta(hours=1), timedelta(days=1)
RULES = (
    rule("slight", severity="low", refs=()), rule("grave", basis=Basis("law", "statutory")),
    rule("local", severity="high", zone="Europe/Berlin", within=parse_duration("1 day")),
    rule("drafted", severity="high", draft=True),
    rule("counted", "count", severity="info", at_least=2),
)  # fmt: skip


def pending() -> Audit:
    """Obligations at and around the limits of the next 24 hours; one is violated, one met."""

    def one(number: int, rule_id: str, due_at: datetime | None, **more: Any) -> dict[str, Any]:
        return finding("pending", f"R{number}", rule_id=rule_id, due_at=due_at, number=number, **more)

    return audit(
        one(1, "slight", FAR + 10 * timedelta(minutes=1)),
        one(2, "grave", FAR + H),
        one(3, "grave", FAR + H + timedelta(microseconds=1)),
        one(4, "slight", FAR),
        one(5, "local", FAR + DAY),
        one(6, "local", FAR + DAY + timedelta(microseconds=1)),
        one(7, "drafted", FAR + 2 * H),
        one(8, "grave", None),
        one(9, "counted", FAR + 3 * H),
        finding("pending", None, rule_id="grave", due_at=FAR + H, number=10),
        finding("violated", "R11", rule_id="grave", due_at=FAR - H, number=11),
        finding("met", "R12", rule_id="grave", due_at=FAR + H, number=12),
        rules=RULES, show=("pending",),
    )  # fmt: skip


def listed(found: Due) -> list[dict[str, Any]]:
    return [row for batch in found.audit.batches(found.rows) for row in batch.to_pylist()]


@pytest.fixture(scope="module")
def found() -> Due:
    return Due(pending(), FAR, FAR + DAY, parse_duration("24h"))


def test_everything_that_is_pending_is_accounted_for(found: Due) -> None:
    assert found.counts == {
        "within 15 min": 2, "within 1 h": 2, "within 4 h": 3, "within 24 h": 1, "later": 1, "without": 1,
    }  # fmt: skip
    assert found.listed == len(listed(found)) == 8
    assert sum(found.counts.values()) == found.audit.total("pending") + 1  # a draft, which no total counts


def test_a_due_time_that_may_be_earlier_is_the_latest() -> None:
    known = log(health=Health(("log.csv",), 3, 3, imprecise=3))
    vague = audit(finding("pending", due_at=FAR + H), finding("pending", None, due_at=None, number=2), log=known)
    [row] = listed(Due(vague, FAR, FAR + DAY, parse_duration("24h")))
    assert row["message"] == "referral.submitted is due by 2020-02-26T01:00:00Z at the latest"


def test_the_most_urgent_stand_first_and_among_them_the_worst(found: Due) -> None:
    rows = listed(found)
    assert [(row["band"], row["severity"], row["subject"]) for row in rows] == [
        ("within 15 min", "low", "R4"), ("within 15 min", "low", "R1"), ("within 1 h", "critical", "R2"),
        ("within 1 h", "critical", None), ("within 4 h", "critical", "R3"), ("within 4 h", "high", "R7"),
        ("within 4 h", "info", "R9"), ("within 24 h", "high", "R5"),
    ]  # fmt: skip
    assert set(FIELDS) <= set(rows[0])
    assert [row["draft"] for row in rows].count(True) == 1
    assert [row["in_seconds"] for row in rows] == [0, 600, 3600, 3600, 3600, 7200, 10800, 86400]


def test_messages_name_the_duty_its_due_time_and_whose_deadline_it_is(found: Due) -> None:
    said = {row["subject"]: row["message"] for row in listed(found)}
    assert said["R1"] == "referral.submitted is due by 2020-02-26T00:10:00Z"
    assert said["R2"] == "referral.submitted is due by 2020-02-26T01:00:00Z (statutory deadline)"
    assert said["R5"] == "referral.submitted is due by 2020-02-27 01:00:00 Europe/Berlin"
    assert said["R9"] == "referral.submitted at least 2 times is due by 2020-02-26T03:00:00Z"


def test_what_fell_due_since_the_log_ended_is_told_first() -> None:
    start = FAR + 2 * H
    found = Due(pending(), start, start + H, parse_duration("1h"))
    assert found.uncertain
    assert found.counts == {
        "since the end of the log": 6, "within 15 min": 0, "within 1 h": 1, "later": 2, "without": 1,
    }  # fmt: skip
    first = listed(found)[0]
    assert (first["subject"], first["in_seconds"]) == ("R2", -3600)
    assert first["message"] == "referral.submitted was due by 2020-02-26T01:00:00Z (statutory deadline)"


def test_order_does_not_hang_on_the_engine() -> None:
    of = pending()
    of.log.backend.raw_sql("SET preserve_insertion_order = false")
    rows = listed(Due(of, FAR, FAR + DAY, parse_duration("24h")))
    assert [row["subject"] for row in rows] == ["R4", "R1", "R2", None, "R3", "R7", "R9", "R5"]


def test_nothing_pending() -> None:
    found = Due(audit(finding(), show=("pending",)), FAR, FAR + DAY, parse_duration("24h"))
    assert (found.listed, listed(found), sum(found.counts.values())) == (0, [], 0)


@pytest.mark.parametrize(
    ("length", "names"),
    [
        ("0h", ["0 h"]), ("10 min", ["10 min"]), ("1h", ["15 min", "1 h"]), ("4h", ["15 min", "1 h", "4 h"]),
        ("24h", ["15 min", "1 h", "4 h", "24 h"]), ("2 days", ["1 h", "4 h", "12 h", "2 days"]),
        ("7 days", ["1 h", "4 h", "24 h", "7 days"]), ("1 month", ["4 h", "24 h", "7 days", "1 month"]),
        ("1 year", ["7 days", "30 days", "90 days", "1 year"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("uncertain", [False, True])
def test_bands_fit_the_length(length: str, names: list[str], uncertain: bool) -> None:
    duration = parse_duration(length)
    found = bands(FAR, after(FAR, duration, "UTC"), duration, uncertain=uncertain)
    past = ["since the end of the log"] if uncertain else []
    assert [band.name for band in found] == past + [f"within {name}" for name in names]
    assert found[-1].until == after(FAR, duration, "UTC")
    assert all(one.until < other.until for one, other in pairwise(found)) or length == "0h"


@pytest.mark.parametrize(
    ("moment", "length", "zone", "expected"),
    [
        ("2025-03-29T12:00:00", "24h", "Europe/Paris", "2025-03-30T12:00:00"),
        ("2025-03-29T12:00:00", "1 day", "Europe/Paris", "2025-03-30T11:00:00"),  # the clocks go forward
        ("2025-10-25T12:00:00", "1 day", "Europe/Paris", "2025-10-26T13:00:00"),
        ("2025-10-25T00:30:00", "1 day", "Europe/Paris", "2025-10-26T01:30:00"),  # 02:30 twice: the later one
        ("2025-03-29T01:30:00", "1 day", "Europe/Paris", "2025-03-30T01:00:00"),  # no 02:30: the first instant after
        ("2025-01-31T10:00:00", "1 month", "UTC", "2025-02-28T10:00:00"),
        ("2024-02-29T10:00:00", "1 year", "UTC", "2025-02-28T10:00:00"),
        ("2025-05-01T10:00:00", "2 weeks", "Asia/Tokyo", "2025-05-15T10:00:00"),
    ],
)  # fmt: skip
def test_days_are_counted_by_the_clocks_of_the_zone(moment: str, length: str, zone: str, expected: str) -> None:
    found = after(datetime.fromisoformat(moment), parse_duration(length), zone)
    assert found == datetime.fromisoformat(expected)


def test_lengths_that_make_no_sense() -> None:
    with pytest.raises(UnusableError, match="`soon` is not a duration"):
        parsed("soon")
    for length in ("24h", "1 day", "1 year"):
        with pytest.raises(UnusableError, match="beyond the year 9999"):
            after(datetime(9999, 12, 31, 12), parse_duration(length), "UTC")
