"""Which auditor.yaml counts, what its paths mean, and how the user sees it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.cli.config_paths import located
from tests.cli.configuring import Workplace, given, work
from tests.cli.conftest import RULES, Done

__all__ = ["work"]

Run = Callable[..., Done]
ROOT = Path(__file__).parents[2]
AUDITOR = [sys.executable, "-c", "from auditor.cli.main import run; run()"]


def by(*words: str) -> list[str]:
    """The groups that `check` would be called with."""
    return [*given(*words, "check", "log.csv")["by"]]


def test_the_nearest_file_counts_alone(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    below = work.here / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert by() == []
    (work.home / "auditor.yaml").write_text("by: month\nfail_on: high\n")
    assert by() == ["month"]
    (work.here / "auditor.yaml").write_text("by: day\n")
    found = given("check", "log.csv")
    assert (found["by"], found["fail_on"]) == (["day"], "low")
    (below / "auditor.yaml").write_text("")
    assert by() == []


def test_nothing_above_the_home_counts_in_it(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    (work.home / "auditor.yaml").write_text("by: month\n")
    monkeypatch.setenv("HOME", str(work.here))
    assert by() == []
    monkeypatch.setenv("HOME", str(work.home / "elsewhere"))
    assert by() == ["month"]


def test_a_folder_that_is_gone(work: Workplace) -> None:
    work.here.rmdir()
    assert by() == []


def test_the_file_that_is_named(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    work.says("by: month\n")
    (work.home / "other.yaml").write_text("by: day\n")
    assert by("--config", "../other.yaml") == ["day"]
    assert by("--no-config") == []
    monkeypatch.setenv("AUDITOR_CONFIG", "../other.yaml")
    assert by() == ["day"]
    assert by("--config", "auditor.yaml") == ["month"]
    assert by("--no-config") == []
    monkeypatch.delenv("AUDITOR_CONFIG")
    monkeypatch.setenv("AUDITOR_NO_CONFIG", "1")
    assert by() == []
    assert by("--config", "auditor.yaml") == ["month"]
    monkeypatch.setenv("AUDITOR_NO_CONFIG", "0")
    assert by() == ["month"]


def test_paths_are_relative_to_the_file(work: Workplace) -> None:
    (work.home / "ours").mkdir()
    (work.home / "santa-clara").mkdir()
    (work.home / "auditor.yaml").write_text(
        """\
log: [export/*.csv, log.csv, -, /abs/log.csv]
rules: [ours, our.yaml, packs/x, child-safety, santa-clara, /abs/rules.yaml]
mapping: maps/m.yaml
rejects: rejects.csv
baseline: ../base.json
waivers: ./w.yaml
store: audits.db
check: {output: [a.csv, json=out/b.json, csv=/abs/c.csv]}
rules docs: {output: pages}
due: {output: ics=due.out}
"""
    )
    found = given("check")
    assert found["log"] == ["../export/*.csv", "../log.csv", "-", "/abs/log.csv"]
    assert found["rules"] == ["../ours", "../our.yaml", "../packs/x", "child-safety", "santa-clara", "/abs/rules.yaml"]
    assert found["output"] == ["../a.csv", "json=../out/b.json", "csv=/abs/c.csv"]
    names = ("mapping", "rejects", "baseline", "waivers", "store")
    assert [found[name] for name in names] == [
        "../maps/m.yaml", "../rejects.csv", "../../base.json", "../w.yaml", "../audits.db",
    ]  # fmt: skip
    assert given("due")["output"] == ["ics=../due.out"]
    assert given("rules", "docs")["output"] == Path("../pages")
    assert given("check", "log.csv", "-m", "maps/m.yaml")["mapping"] == "maps/m.yaml", "typed ones are not"


@pytest.mark.parametrize(
    ("store", "read"),
    [
        ("sqlite:///audits.db", "sqlite:///../audits.db"),
        ("sqlite:////srv/audits.db", "sqlite:////srv/audits.db"),
        ("postgresql://host/audits", "postgresql://host/audits"),
    ],
)
def test_addresses_of_stores(store: str, read: str, work: Workplace) -> None:
    (work.home / "auditor.yaml").write_text(f"store: {store}\n")
    assert given("check", "log.csv")["store"] == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("old.yaml", "../old.yaml"),
        ("before", "../before"),
        ("main", "main"),
        ("HEAD~1", "HEAD~1"),
        ("fix/x", "fix/x"),
        ("child-safety", "child-safety"),
    ],
)
def test_rules_as_they_were(text: str, read: str, work: Workplace) -> None:
    (work.home / "before").mkdir()
    assert located("OLD", text, Path("..")) == read


def test_paths_in_folders_with_odd_names(work: Workplace) -> None:
    odd = work.home / "a[1]"
    (odd / "deep").mkdir(parents=True)
    (odd / "x.yaml").write_text("log: ['*.csv', 'b[2].csv']\n")
    (odd / "b[2].csv").write_text("")
    assert given("--config", "../a[1]/x.yaml", "check")["log"] == ["../a[[]1]/*.csv", "../a[1]/b[2].csv"]
    (work.here / "link").symlink_to(odd / "deep")
    (odd / "deep" / "x.yaml").write_text("mapping: ../m.yaml\n")
    (odd / "m.yaml").write_text("")
    assert given("--config", "link/x.yaml", "check", "log.csv")["mapping"] == "link/../m.yaml", "`..` of a link"


def test_variables_are_relative_to_the_working_directory(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    (work.home / "auditor.yaml").write_text("mapping: m.yaml\n")
    monkeypatch.setenv("AUDITOR_MAPPING", "m.yaml")
    assert given("check", "log.csv")["mapping"] == "m.yaml"


def test_verbose_says_what_is_used(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (work.home / "auditor.yaml").write_text(
        "# ours\nrules: [ours.yaml, child-safety]\nby: month\ncheck:\n  set: {limit: 12h}\n  exit_zero: false\n"
        "explain: {memory: 1GB}\nstore: postgresql://me:secret@host/audits\n"
    )
    monkeypatch.setenv("AUDITOR_FAIL_ON", "high")
    given("check", "log.csv", "-v", "--by", "day")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "configuration: ../auditor.yaml\n"
        "  ../auditor.yaml:2: --rules ../ours.yaml --rules child-safety\n"
        "  ../auditor.yaml:5: --set limit=12h\n"
        "  AUDITOR_FAIL_ON: --fail-on high\n"
        "  ../auditor.yaml:8: --store postgresql://…@host/audits\n"
        "  ../auditor.yaml:6: no --exit-zero\n"
    )
    given("check", "log.csv")
    given("check", "log.csv", "-v", "-q")
    assert capsys.readouterr().err == ""


def test_verbose_says_that_there_is_none(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    given("check", "log.csv", "-v")
    assert capsys.readouterr().err == "configuration: none; there is no auditor.yaml in this folder or above\n"
    given("--no-config", "check", "log.csv", "-v")
    assert capsys.readouterr().err == "configuration: none, as asked\n"


def test_terminal_codes_in_a_value(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    work.says('rule: "\\e[2Jevil"\nverbose: true\n')
    given("check", "log.csv")
    assert "\x1b" not in capsys.readouterr().err


def test_an_audit_by_a_file_alone(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDITOR_NO_CONFIG")
    below = folder / "below"
    below.mkdir()
    (folder / "auditor.yaml").write_text(
        "log: log.csv\nrules: rules.yaml\nset: {limit: 30h}\ncheck: {format: jsonl, output: found.csv}\n"
    )
    monkeypatch.chdir(below)
    done = run("check", "-q")
    assert done.code == 1
    assert [line.split('"subject":"')[1][:2] for line in done.out.splitlines()] == ["R2"]
    assert '"file":"../log.csv"' in done.out
    assert (folder / "found.csv").exists()
    assert list(below.iterdir()) == []


def test_the_documentation_shows_the_sample_and_real_mistakes(work: Workplace, run: Run) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    sample, broken = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert sample == (ROOT / "sample_data" / "nightly" / "auditor.yaml").read_text()
    work.says(broken)
    assert f"```text\n{run('check', 'log.csv').err}```" in page


def test_completion_knows_the_rules_of_the_file(work: Workplace) -> None:
    (work.here / "rules.yaml").write_text(RULES)
    work.says("rules: rules.yaml\n")
    assert _offered("auditor check --rule ", "3") == ["referral-in-time"]
    work.says("rules: [\n")
    assert "referral-in-time" in _offered("auditor check --rule ", "3"), "those of the default pack"


def _offered(words: str, at: str) -> list[str]:
    variables = {**os.environ, "_AUDITOR_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": at}
    done = subprocess.run(AUDITOR, env=variables, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()
