"""`auditor explain`: one case as a timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Done

Run = Callable[..., Done]


def test_a_report(folder: Path, run: Run) -> None:
    done = run("explain", "log.csv", "R1", "-r", "rules.yaml")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "R1 (report_id), judged as of 2020-01-22T10:00:00Z"
    assert "content_id V1" in lines
    story = [line.split("  ")[-1].strip() if "deadline" in line else line.split()[2] for line in lines[4:7]]
    assert story == ["report.received", "deadline of referral-in-time: violated", "referral.submitted"]
    assert "referral.submitted came 26 h 04 min after report.received, 2 h 04 min late" in done.out
    assert "must follow within 24 h" in done.out
    assert "R2" not in done.out


def test_an_item_shows_its_reports(folder: Path, run: Run) -> None:
    done = run("explain", "log.csv", "V1", "-r", "rules.yaml")
    assert "report_id R1" in done.out
    assert "report_id R2" in done.out
    assert "referral-in-time (R1)" in done.out
    assert "referral-in-time (R2)" in done.out
    assert "R3" not in done.out


def test_only_ids_and_fields_that_a_rule_looked_at(folder: Path, run: Run) -> None:
    done = run("explain", "log.csv", "R3", "-r", "quiet.yaml")
    assert "category other" in done.out
    assert "recipient" not in done.out
    assert "met" in done.out


def test_duplicates_and_days(folder: Path, run: Run) -> None:
    (folder / "days.csv").write_text(
        "what,day,report_id\nreport.received,2020-01-20,R1\nreport.received,2020-01-20,R1\nnotice.sent,2020-01-21,R1\n"
    )
    (folder / "days.yaml").write_text(
        "log:\n  timezone: Europe/Paris\n  event: what\n  time: {column: day, precision: day}\n"
    )
    done = run("explain", "days.csv", "R1", "-r", "quiet.yaml", "-m", "days.yaml")
    assert "times in Europe/Paris" in done.out
    assert "2020-01-20 (day)  report.received  (2 times in the log)" in done.out
    assert "2020-01-21 (day)  notice.sent" in done.out
