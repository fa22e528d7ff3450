"""`auditor explain`: one case as a timeline."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

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


def test_log_and_subject_the_wrong_way_round(folder: Path, run: Run) -> None:
    done = run("explain", "R1", "log.csv")
    assert (done.code, done.out) == (2, "")
    assert "the log comes first: auditor explain log.csv R1" in done.err


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


SHARED_LOG = """\
event,time,report_id,content_id,reporter_id,platform
report.received,2020-01-20T09:00:00Z,R1,C1,P1,tube
decision.made,2020-01-20T10:00:00Z,R1,,,
report.received,2020-01-20T11:00:00Z,R2,C1,P1,tube
report.received,2020-01-20T12:00:00Z,R3,C1,P2,tube
report.received,2020-01-20T12:00:00Z,R4,"C""2",P2,=chat
notice.sent,2020-01-21T09:00:00Z,R4,,,
report.received,2020-01-22T12:00:00Z,R5,550e8400-e29b-41d4-a716-446655440000,P3,=chat
report.received,2020-01-22T12:00:00Z,R6,550e8400-e29b-41d4-a716-446655440001,P3,=chat
"""
SHARED_RULES = """\
pack: shared
version: 1.0.0
title: Rules of several keys
rules:
  - {id: second, severity: low, per: [reporter_id, content_id], when: report.received,
     not_preceded_by: {event: report.received}}
  - {id: silence, severity: low, per: platform, when: decision.made, followed_by: {event: notice.sent, within: 1h}}
  - {id: once, severity: low, per: content_id, when: report.received, not_preceded_by: {event: report.received}}
"""


@pytest.fixture
def shared(folder: Path) -> Path:
    (folder / "shared.csv").write_text(SHARED_LOG)
    (folder / "shared.yaml").write_text(SHARED_RULES)
    return folder


@pytest.mark.parametrize("format", ["jsonl", "csv", "table"])
def test_every_subject_that_a_finding_prints_can_be_pasted(shared: Path, run: Run, format: str) -> None:
    done = run("check", "shared.csv", "-r", "shared.yaml", "--show", "all", "--format", format)
    if format == "jsonl":
        subjects = {(found["rule_id"], found["subject"]) for found in map(json.loads, done.out.splitlines())}
        assert ("second", '["P1", "C1"]') in subjects
        assert ("silence", "tube") in subjects
    elif format == "csv":
        subjects = {(row["rule_id"], row["subject"]) for row in csv.DictReader(done.out.splitlines())}
    else:
        shown = re.findall(r'^  (?:met|violated) +(\[".*?(?:\]|…)|\S+)  ', done.out, re.MULTILINE)
        subjects = {("", subject) for subject in shown}
        assert '["P3", "550e8400-e29b-41d4-a716-4466554…' in shown
    for rule, subject in subjects:
        told = run("explain", "shared.csv", subject, "-r", "shared.yaml")
        if subject.endswith("…"):  # two ids begin so
            assert told.code == 2
            assert "help: name one: `[" in told.err
        else:
            assert (told.code, told.err) == (0, "")
            assert rule in told.out


def test_a_cut_subject_that_only_one_has(shared: Path, run: Run) -> None:
    done = run("explain", "shared.csv", '["P1", "C…', "-r", "shared.yaml")
    assert done.out.startswith('["P1", "C1"] (reporter_id, content_id)')


def test_a_list_of_keys_tells_the_whole_reports(shared: Path, run: Run) -> None:
    done = run("explain", "shared.csv", '["P1", "C1"]', "-r", "shared.yaml")
    story = re.findall(r"^  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (\S+)", done.out, re.MULTILINE)
    # the decision is of R1, which names neither reporter nor item
    assert story == ["report.received", "decision.made", "report.received", "deadline"]
    assert "R3" not in done.out
    for same in ('["P1","C1"]', "[P1, C1]"):
        assert run("explain", "shared.csv", same, "-r", "shared.yaml").out == done.out


def test_a_platform_tells_what_its_rules_ask_for(shared: Path, run: Run) -> None:
    done = run("explain", "shared.csv", "tube", "-r", "shared.yaml")
    assert done.out.startswith("tube (platform), judged as of")
    assert re.findall(r"^  \d{4}.*?  (\S+)", done.out, re.MULTILINE) == ["decision.made", "deadline"]
    assert re.findall(r"^(?:violated|met)  (\S+)", done.out, re.MULTILINE) == ["silence"]


def test_very_large_cases_tell_what_decided(folder: Path, run: Run) -> None:
    rows = "".join(
        f"{event},2020-01-01T{n // 60:02}:{n % 60:02}:{second}Z,R{n},tube\n"
        for n in range(700)
        for event, second in (("report.received", "00"), ("notice.sent", "30"))
        if not (event == "notice.sent" and n == 690)
    )
    (folder / "many.csv").write_text("event,time,report_id,platform\n" + rows)
    (folder / "many.yaml").write_text(
        "pack: many\nversion: '1'\nrules:\n  - {id: answered, per: platform, when: report.received,\n"
        "     followed_by: {event: notice.sent, within: 45s}}\n"
    )
    done = run("explain", "many.csv", "tube", "-r", "many.yaml")
    assert "violated  answered" in done.out
    assert "2020-01-01 11:30:00  report.received" in done.out
    assert "… and 899 more events" in done.out
    assert "… and 200 more findings" in done.out


@pytest.mark.parametrize(("subject", "help"), [
    ('["P1", "C9"]', """did you mean `["P1", "C1"]`?"""),
    ('["P1", "C1", "tube"]', "the rules have subjects of these keys: reporter_id, content_id"),
    ("tub", "did you mean `tube`?"),
    ("(unknown)", "evidence names file and row"),
    ("[", "the rules have subjects of these keys"),
])  # fmt: skip
def test_a_subject_that_nothing_has(shared: Path, run: Run, subject: str, help: str) -> None:
    done = run("explain", "shared.csv", subject, "-r", "shared.yaml")
    assert (done.code, done.out) == (2, "")
    assert help in done.err


@pytest.mark.parametrize("typed", ['"R1"', " R1", "R1\n"])
def test_quotes_and_blanks_around_an_id_are_no_part_of_it(folder: Path, run: Run, typed: str) -> None:
    assert run("explain", "log.csv", typed, "-r", "rules.yaml").out.startswith("R1 (report_id)")


def test_a_platform_without_a_rule_about_platforms(shared: Path, run: Run) -> None:
    done = run("explain", "shared.csv", "tube", "-r", "quiet.yaml")
    assert (done.code, done.out) == (2, "")
    assert "help: it is a platform, and no rule that was chosen is `per: platform`" in done.err
