"""`auditor check`: results, exit codes and files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import LOG, Done

Run = Callable[..., Done]


def test_violations_give_1(folder: Path, run: Run) -> None:
    done = run("check", "log.csv", "-r", "rules.yaml")
    assert done.code == 1
    assert "2 of 2 violated" in done.out
    assert "referral.submitted came 26 h 04 min after report.received, 2 h 04 min late" in done.out
    assert done.err == ""
    assert "\x1b" not in done.out


def test_no_violation_gives_0(folder: Path, run: Run) -> None:
    assert run("check", "log.csv", "-r", "quiet.yaml").code == 0


def test_a_rule_that_cannot_be_judged_gives_3(folder: Path, run: Run) -> None:
    done = run("check", "log.csv", "-r", "unjudged.yaml")
    assert done.code == 3
    assert "cannot be judged on this log" in done.out
    assert "appeal.received" in done.out


@pytest.mark.parametrize(("extra", "code"), [(("--exit-zero",), 0), (("--set", "limit=30h", "--rule", "ref*"), 1)])
def test_exit_zero_and_settings(folder: Path, run: Run, extra: tuple[str, ...], code: int) -> None:
    done = run("check", "log.csv", "-r", "rules.yaml", *extra)
    assert done.code == code
    assert ("1 of 2 violated" in done.out) == ("--set" in extra)


def test_files_stdout_and_groups_in_one_run(folder: Path, run: Run) -> None:
    done = run(
        "check", "log.csv", "-r", "rules.yaml", "--show", "all", "--by", "month", "--format", "json",
        "--output", "a.csv", "--output", "jsonl=b.out", "--output", "c.parquet", "--output", "d.txt",
        "--rejects", "rejects.csv",
    )  # fmt: skip
    whole = json.loads(done.out)
    assert [finding["subject"] for finding in whole["findings"]] == ["R1", "R2"]
    assert whole["groups"][0]["group"] == {"month": "2020-01"}
    rows = list(csv.DictReader(io.StringIO((folder / "a.csv").read_text())))
    assert [row["subject"] for row in rows] == ["R1", "R2"]
    assert [json.loads(line) for line in (folder / "b.out").read_text().splitlines()] == whole["findings"]
    assert pq.read_table(folder / "c.parquet").num_rows == 2
    assert "2 of 2 violated" in (folder / "d.txt").read_text()
    assert (folder / "rejects.csv").read_text() == "reason,file,row,column,value\n"
    assert "2 of 2 activations violated" in done.err


def test_quiet_says_nothing(folder: Path, run: Run) -> None:
    assert run("check", "log.csv", "-r", "rules.yaml", "-q") == Done(1, "", "")


def test_as_of_sets_later_events_aside(folder: Path, run: Run) -> None:
    done = run("check", "log.csv", "-r", "rules.yaml", "--as-of", "2020-01-20T12:00:00Z", "--show", "pending")
    assert done.code == 0
    assert "referral.submitted is due by 2020-01-21T09:00:00Z, in 21 h" in done.out
    assert "3 events after the moment of judgement set aside" in done.out


def test_stdin(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.TextIOWrapper(io.BytesIO(LOG.encode()))
    monkeypatch.setattr("sys.stdin", raw)
    assert run("check", "-", "-r", "rules.yaml").code == 1


def test_globs_and_several_logs(folder: Path, run: Run) -> None:
    lines = LOG.splitlines(keepends=True)
    (folder / "p1.csv").write_text("".join(lines[:3]))
    (folder / "p2.csv").write_text("".join(lines[:1] + lines[3:]))
    done = run("check", "p*.csv", "-r", "rules.yaml", "--format", "jsonl", "-q")
    assert done.code == 1
    evidence = [finding["evidence"] for finding in map(json.loads, done.out.splitlines())]
    assert [(item["file"], item["row"]) for items in evidence for item in items] == [
        ("p1.csv", 2),
        ("p1.csv", 3),
        ("p2.csv", 2),
    ]


def test_rejected_rows_are_written_above_all_when_they_are_too_many(folder: Path, run: Run) -> None:
    (folder / "bad.csv").write_text(LOG + "report.received,=yesterday,R9,V9,csam,\n")
    done = run("check", "bad.csv", "-r", "rules.yaml", "--rejects", "rejects.csv")
    assert done.code == 2
    assert "--max-rejects" in done.err
    [row] = csv.DictReader(io.StringIO((folder / "rejects.csv").read_text()))
    assert (row["file"], row["row"], row["value"]) == ("bad.csv", "7", "'=yesterday")
    assert run("check", "bad.csv", "-r", "rules.yaml", "--max-rejects", "50%").code == 1


def test_same_input_same_bytes(folder: Path, run: Run) -> None:
    first, second = (run("check", "log.csv", "-r", "rules.yaml", "--format", "json", "-q").out for _ in range(2))
    assert first == second


GROUPS = """\
pack: grouped
version: 1.0.0
title: Groups and drafts
rules:
  - {id: median, title: Median, severity: high,
     measure: {from: {event: report.received, where: {category: csam}}, to: referral.submitted, statistic: median,
               minimum: MINIMUM, at_most: LIMIT}}
  - {id: share, title: Share, severity: low, draft: true, when: {event: report.received, where: {category: csam}},
     followed_by: {event: referral.submitted, within: 24h}, service_level: {share: 95%, minimum: 1}}
"""


@pytest.mark.parametrize(
    ("limit", "minimum", "code"), [("24h", "1", 1), ("30h", "1", 0), ("30h", "3", 3), ("200h", "1", 0)]
)
def test_groups_and_drafts(folder: Path, run: Run, limit: str, minimum: str, code: int) -> None:
    (folder / "groups.yaml").write_text(GROUPS.replace("LIMIT", limit).replace("MINIMUM", minimum))
    done = run("check", "log.csv", "-r", "groups.yaml", "--format", "json")
    assert done.code == code
    whole = json.loads(done.out)
    median, share = whole["group_verdicts"]
    assert median["figure"] == median["naive"] == 26 * 3600 + 4 * 60
    assert (median["n"], median["censored"]) == (2, 1)
    assert (share["verdict"], share["met"], share["violated"]) == ("violated", 0, 2)
    assert [rule["draft"] for rule in whole["rules"]] == [False, True]
    assert [finding["rule_id"] for finding in whole["findings"]] == ["share", "share"]
    assert "1 draft rule not counted" in done.err


def test_one_case_is_told_without_groups(folder: Path, run: Run) -> None:
    (folder / "groups.yaml").write_text(GROUPS.replace("LIMIT", "24h").replace("MINIMUM", "1"))
    done = run("explain", "log.csv", "R1", "-r", "groups.yaml")
    assert done.code == 0
    assert "2 h 04 min late" in done.out


def test_a_field_that_the_log_lacks_is_told_in_every_output(folder: Path, run: Run) -> None:
    (folder / "log.csv").write_text("event,time,report_id\nreport.received,2020-01-20T09:00:00Z,R1\n")
    note = "note: the log has no value of `category`, which a rule reads (referral-in-time); 1 of its verdicts is"
    done = run("check", "log.csv", "-r", "rules.yaml")
    assert note in " ".join(done.out.split())
    done = run("check", "log.csv", "-r", "rules.yaml", "--format", "csv")
    assert note in done.err
    assert "recipient" in done.err
    done = run("check", "log.csv", "-r", "rules.yaml", "--format", "json", "-q")
    fields = json.loads(done.out)["log"]["missing_fields"]
    assert [found["field"] for found in fields] == ["category", "recipient"]
    assert done.err == ""


@pytest.mark.parametrize("show", [("--show", "violated,met"), ("--show", "violated", "--show", "met")])
def test_show_can_be_repeated(folder: Path, run: Run, show: tuple[str, ...]) -> None:
    done = run("check", "log.csv", "-r", "rules.yaml", "-r", "quiet.yaml", "--format", "csv", *show)
    assert [row["verdict"] for row in csv.DictReader(io.StringIO(done.out))] == ["violated", "violated", "met"]
