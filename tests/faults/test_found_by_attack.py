"""What hostile and naive use brought to light once; each of these ended in a traceback or misled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import auditor
from auditor.base.diagnostics import UnusableError
from tests.faults.conftest import LOG, PACK, Bench

AUDITOR = [sys.executable, "-c", "from auditor.cli.main import run; run()"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("extra", [(), ("--format", "json"), ("--format", "parquet")], ids=["table", "json", "parquet"])
def test_a_full_disk_behind_stdout(bench: Bench, extra: tuple[str, ...]) -> None:
    bench.write("log.csv", LOG)
    bench.write("rules.yaml", PACK)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*AUDITOR, "check", "log.csv", "-r", "rules.yaml", "-q", *extra] if extra else
            [*AUDITOR, "check", "log.csv", "-r", "rules.yaml"],
            stdout=full, stderr=subprocess.PIPE, env=os.environ, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error[output-failed]: cannot write to standard output: No space left on device")


def test_a_negative_limit_of_memory_is_no_limit(bench: Bench) -> None:
    done = bench.check(LOG, PACK, "--memory", "-5GB")
    assert done.code == 2
    assert "is not accepted for memory limit" in done.err


def test_a_password_in_an_address_is_not_repeated(bench: Bench) -> None:
    bench.write("rules.yaml", PACK)
    done = bench.run("check", "postgres://user:hunter2@host/db", "-r", "rules.yaml")
    assert done.code == 2
    assert "hunter2" not in done.err
    assert "host/db" in done.err


def test_json_lines_in_a_file_named_json(bench: Bench) -> None:
    bench.write("rules.yaml", PACK)
    line = '{"event": "report.received", "time": "2024-03-04T09:00:00Z", "report_id": "R1", "category": "csam"}\n'
    bench.write("log.json", line + line.replace("R1", "R2"))
    done = bench.run("check", "log.json", "-r", "rules.yaml")
    assert done.code == 2
    assert "may be JSON Lines" in done.err
    mapping = bench.write("mapping.yaml", "log: {source: {format: jsonl}}\n")
    assert bench.run("check", "log.json", "-r", "rules.yaml", "-m", mapping).code == 3


def test_a_stray_date_in_the_far_future_is_pointed_out(bench: Bench) -> None:
    """It makes every open duty overdue, so it must not pass unseen."""
    log = LOG + "report.closed,9999-12-31T00:00:00Z,R1,,\n"
    [note] = bench.audit(log)["log"]["notes"]
    assert note.startswith("the newest time (9999-12-31) lies 2,913,107 days after the one before it")
    assert "observed_until" in note
    assert "note: the newest time" in bench.check(log).out
    assert not bench.audit()["log"]["notes"]
    [note] = bench.audit(log, mapping="log: {observed_until: 2024-03-07T00:00:00Z}\n")["log"]["notes"]
    assert note.endswith("lies after `observed_until`")


def test_events_after_the_moment_of_judgement_are_marked_in_a_case(bench: Bench) -> None:
    bench.write("log.csv", LOG)
    bench.write("rules.yaml", PACK)
    done = bench.run("explain", "log.csv", "R1", "-r", "rules.yaml", "--as-of", "2024-03-04T09:30:00Z")
    [received] = [line for line in done.out.splitlines() if "report.received  " in line and "09:00:00" in line]
    [submitted] = [line for line in done.out.splitlines() if "referral.submitted  " in line and "10:00:00" in line]
    assert "after" not in received
    assert submitted.endswith("(after the moment of judgement)")


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "[[:foo:]]", r"\Z", r"\u00e9"])
def test_patterns_that_only_the_engine_refuses(bench: Bench, pattern: str) -> None:
    rule = f"  - id: a\n    when: report.received\n    assert: matches(template, r'{pattern}')\n"
    pack = f"pack: p\nversion: '1'\nrules:\n{rule}"
    done = bench.check(LOG, pack)
    assert done.code == 2
    assert "error[expr-pattern]" in done.err


@pytest.mark.parametrize("within", ["101 years", "1201 months", "37000 days", "900000h"])
def test_durations_above_a_hundred_years(bench: Bench, within: str) -> None:
    done = bench.check(LOG, PACK.replace("24h", within))
    assert done.code == 2
    assert "more than 100 years" in done.err


def test_too_many_rejects_say_where_all_of_them_can_be_seen(bench: Bench) -> None:
    done = bench.check(LOG.replace("report.received", "Report.Received"))
    assert done.code == 2
    assert "--rejects FILE" in done.err


def test_a_mapping_as_dict_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    with pytest.raises(UnusableError, match="not a dict"):
        auditor.check(tmp_path / "log.csv", mapping={"log": {}})


def test_times_at_the_end_of_the_calendar(bench: Bench) -> None:
    """What falls due after 9999 cannot be shown by most readers, pandas and Python included."""
    bench.write("log.csv", LOG + "report.received,9999-12-31T23:59:59Z,R3,csam,\n")
    rules = bench.write("rules.yaml", PACK)
    frame = auditor.check(bench.folder / "log.csv", rules).findings(["pending"])
    assert frame["due_at"].to_list() == [pd.Timestamp("9999-12-31T23:59:59.999999Z")]
    done = bench.run("explain", "log.csv", "R3", "-r", rules)
    assert done.code == 0
    assert "is due by 9999-12-31T23:59:59.999999Z" in done.out
    shifted = bench.check(LOG + "report.received,9999-12-31T23:59:59-05:00,R3,csam,\n")
    assert "bad_time" in shifted.err
    shifted = bench.check(LOG + "report.received,0001-01-01T00:00:00+05:00,R3,csam,\n")
    assert "bad_time" in shifted.err


def test_a_dash_is_no_name_for_an_output(bench: Bench) -> None:
    assert bench.check(LOG, PACK, "--rejects", "-").code == 2
    assert bench.check(LOG, PACK, "--output", "csv=-").code == 2
    assert not (bench.folder / "-").exists()


def test_no_id_makes_two_findings_pass_for_one(tmp_path: Path) -> None:
    """One of them would be taken for the other: a new violation for a known one."""
    rows = {"report_id": ["a\x1fb", "a"], "event_id": ["c", "b\x1fc"]}
    log = pd.DataFrame({"event": "report.received", "time": "2025-01-01T00:00:00Z"} | rows)
    (tmp_path / "rules.yaml").write_text(PACK)
    findings = auditor.check(log, str(tmp_path / "rules.yaml"), show=["all"]).findings()
    assert list(findings["subject"].sort_values()) == sorted(rows["report_id"])
    assert findings["fingerprint"].is_unique
