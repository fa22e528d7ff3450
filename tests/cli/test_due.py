"""`auditor due`: from the log to what falls due."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import LOG, Done

Run = Callable[..., Done]


@pytest.fixture
def open_log(folder: Path) -> Path:
    """A log that ends while one referral is still due, in the morning after."""
    (folder / "log.csv").write_text(LOG + "report.received,2020-01-23T10:00:00Z,R4,V4,csam,\n")
    return folder


def test_what_falls_due_after_the_end_of_the_log(open_log: Path, run: Run) -> None:
    done = run(
        "due", "log.csv", "-r", "rules.yaml", "--output", "due.ics", "--output", "due.csv", "--output", "due.json"
    )
    assert (done.code, done.err) == (0, "")
    assert "Due within 24 h, until 2020-01-24T10:00:00Z: 1 of 1 pending obligation" in done.out
    assert "in 24 h  critical  referral-in-time  R4  matching referral.submitted is due by" in done.out
    [row] = csv.DictReader(io.StringIO((open_log / "due.csv").read_text()))
    assert (row["subject"], row["due_at"], row["in_seconds"]) == ("R4", "2020-01-24T10:00:00Z", "86400")
    assert json.loads((open_log / "due.json").read_text())["listed"] == 1
    assert "DTSTART:20200124T100000Z" in (open_log / "due.ics").read_text()
    (open_log / "due.ics").rename(open_log / "first.ics")
    run("due", "log.csv", "-r", "rules.yaml", "--output", "due.ics", "-q")
    assert (open_log / "due.ics").read_bytes() == (open_log / "first.ics").read_bytes()


def test_from_a_moment_after_the_end_of_the_log(open_log: Path, run: Run) -> None:
    done = run(
        "due", "log.csv", "-r", "rules.yaml", "--next", "1h", "--as-of", "2020-01-24T09:30:00Z", "--format", "json"
    )
    whole = json.loads(done.out)
    assert (whole["as_of"], whole["from"], whole["until"]) == (
        "2020-01-23T10:00:00Z", "2020-01-24T09:30:00Z", "2020-01-24T10:30:00Z",
    )  # fmt: skip
    assert [(one["band"], one["in_seconds"]) for one in whole["due"]] == [("within 1 h", 1800)]
    assert "note: the log ends at 2020-01-23T10:00:00Z" in done.err
    done = run("due", "log.csv", "-r", "rules.yaml", "--as-of", "now", "--next", "1 month")
    assert done.code == 0
    assert "since the end of the log: 1" in done.out
    assert " ago  critical  referral-in-time  R4  matching referral.submitted was due by" in done.out


def test_wrong_words(open_log: Path, run: Run) -> None:
    for arguments, part in (
        (("--next", "soon"), "help: a duration is a whole number and a unit"), (("--next", ""), "--next is empty"),
        (("--as-of", "2020-01-24"), "has no offset from UTC"),
        (("--format", "xls"), "is not one of table, csv, json, ics"),
        (("--output", "due.html"), "cannot be told from its name"), (("--output", "csv=log.csv"), "overwrite an input"),
        (("--rule", "none"), "there is no rule `none`"),
    ):  # fmt: skip
        done = run("due", "log.csv", "-r", "rules.yaml", *arguments)
        assert done.code == 2
        assert part in done.err
