"""`auditor check` beside a baseline and under waivers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import LOG, Done

Run = Callable[..., Done]
CHECK = ("check", "log.csv", "-r", "rules.yaml")
WAIVERS = """\
waivers:
  - {rule: referral-in-time, subject: R2, reason: a duplicate of R1, approver: B. Officer, expires: 2030-01-01}
"""


@pytest.fixture
def yesterday(folder: Path, run: Run) -> Path:
    """A result of the log without its last report, then the whole log."""
    (folder / "log.csv").write_text(LOG.replace("report.received,2020-01-20T10:00:00Z,R2,V1,csam,\n", ""))
    assert run(*CHECK, "--output", "old.json", "-q").code == 1
    (folder / "log.csv").write_text(LOG)
    return folder


def test_what_is_known_continues(yesterday: Path, run: Run) -> None:
    done = run(*CHECK, "--baseline", "old.json", "--output", "new.json")
    assert done.code == 1
    assert "violated, new         R2" in done.out
    assert "violated, continuing  R1" in done.out
    assert "Compared with baseline old.json: 1 new, 1 continuing, 0 resolved" in done.out
    result = json.loads((yesterday / "new.json").read_text())
    assert {one["subject"]: one["status"] for one in result["findings"]} == {"R1": "continuing", "R2": "new"}
    assert result["comparison"] == {
        "source": "baseline old.json", "new": 1, "continuing": 1, "resolved": 0, "resolved_findings": []
    }  # fmt: skip
    assert [result["rules"][0][name] for name in ("violated", "waived", "new", "continuing")] == [2, 0, 1, 1]


def test_what_is_gone_is_resolved(folder: Path, run: Run) -> None:
    run(*CHECK, "--output", "old.json", "-q")
    done = run(*CHECK, "--set", "limit=30h", "--baseline", "old.json", "--format", "json")
    assert [one["subject"] for one in json.loads(done.out)["comparison"]["resolved_findings"]] == ["R1"]
    assert "compared with baseline old.json: 0 new, 1 continuing, 1 resolved" in done.err


def test_only_new_violations_fail_where_that_is_asked_for(yesterday: Path, run: Run) -> None:
    assert run(*CHECK, "--baseline", "old.json", "--fail-on-new").code == 1
    run(*CHECK, "--output", "now.json", "-q")
    assert run(*CHECK, "--baseline", "now.json", "--fail-on-new").code == 0
    assert run(*CHECK, "--baseline", "now.json").code == 1


def test_a_waiver_takes_the_failure_and_leaves_the_finding(yesterday: Path, run: Run) -> None:
    (yesterday / "waivers.yaml").write_text(WAIVERS)
    done = run(*CHECK, "--waivers", "waivers.yaml", "--baseline", "old.json", "--fail-on-new")
    assert done.code == 0
    assert "violated, waived      R2" in done.out
    assert "2 of 2 activations violated, 0 undetermined, 0 pending; 1 of the violated ones waived" in done.out
    assert run(*CHECK, "--waivers", "waivers.yaml").code == 1


def test_a_lapsed_waiver_is_told_and_waives_nothing(folder: Path, run: Run) -> None:
    (folder / "waivers.yaml").write_text(WAIVERS.replace("2030", "2020"))
    done = run(*CHECK, "--waivers", "waivers.yaml", "--format", "csv")
    assert done.code == 1
    assert "waivers.yaml: the waiver of referral-in-time for `R2` (line 2) lapsed after 2020-01-01" in done.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--baseline", "none.json"), "none.json: error[file-missing]"),
        (("--baseline", "rules.yaml"), "rules.yaml:1:1: error[baseline-foreign]"),
        (("--waivers", "none.yaml"), "none.yaml: error[file-missing]"),
        (("--waivers", "rules.yaml"), "rules.yaml:1:1: error[waivers-root]"),
        (("--fail-on-new",), "--fail-on-new has nothing to compare with"),
    ],
)
def test_what_cannot_be_used_ends_the_run(folder: Path, run: Run, options: tuple[str, ...], told: str) -> None:
    done = run(*CHECK, *options, "--output", "out.json")
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
    assert not (folder / "out.json").exists()


def test_no_output_goes_over_a_rule_file_in_a_folder(yesterday: Path, run: Run) -> None:
    before = (yesterday / "rules.yaml").read_text()
    done = run("check", "log.csv", "-r", ".", "--output", "json=rules.yaml")
    assert done.code == 2
    assert "would overwrite an input" in done.err
    assert (yesterday / "rules.yaml").read_text() == before


@pytest.mark.parametrize("option", ["--baseline", "--waivers"])
def test_no_output_goes_over_them(yesterday: Path, run: Run, option: str) -> None:
    (yesterday / "waivers.json").write_text(WAIVERS)
    file = "old.json" if option == "--baseline" else "waivers.json"
    before = (yesterday / file).read_text()
    done = run(*CHECK, option, file, "--output", file)
    assert done.code == 2
    assert "would overwrite an input" in done.err
    assert (yesterday / file).read_text() == before


@pytest.mark.parametrize("option", ["--baseline", "--waivers"])
def test_they_are_read_before_the_log(folder: Path, run: Run, option: str) -> None:
    (folder / "log.csv").write_bytes(b"event,time\n\xff\n")
    done = run(*CHECK, option, "rules.yaml")
    assert done.code == 2
    assert "rules.yaml" in done.err
    assert "log.csv" not in done.err
