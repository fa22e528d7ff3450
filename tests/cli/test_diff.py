"""`auditor diff`: rules before and after, exit codes, files, mistakes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done

Run = Callable[..., Done]


@pytest.fixture
def shorter(folder: Path) -> Path:
    """`shorter.yaml`, the rules with half the time."""
    path = folder / "shorter.yaml"
    path.write_text((folder / "rules.yaml").read_text().replace("24h", "12h"))
    return path


def test_changes_are_listed_and_give_exit_code_1(shorter: Path, run: Run) -> None:
    done = run(
        "diff", "log.csv", "-r", shorter.name, "--against", "rules.yaml", "--output", "diff.json", "--output", "d.md"
    )
    assert (done.code, done.err) == (1, "")
    assert "rules.yaml → shorter.yaml" in done.out
    assert "2 findings change: 2 have another due time; of 2 activations before and 2 now" in done.out
    assert [case["change"] for case in json.loads(Path("diff.json").read_text())["changes"]] == ["due", "due"]
    assert Path("d.md").read_text().startswith("## Rules: `rules.yaml` → `shorter.yaml`\n")


def test_nothing_changes(folder: Path, run: Run) -> None:
    assert folder.is_dir()
    done = run("diff", "log.csv", "-r", "rules.yaml", "--against", "rules.yaml")
    assert done.code == 0
    assert "No verdict changes: every rule means what it meant" in done.out


def test_the_result_of_machine_formats_is_told_beside(shorter: Path, run: Run) -> None:
    words = ("diff", "log.csv", "-r", shorter.name, "--against", "rules.yaml", "--format", "github")
    done = run(*words, "--exit-zero")
    assert (done.code, done.err.strip()) == (
        0,
        "2 findings change: 2 have another due time; of 2 activations before and 2 now",
    )
    assert done.out.startswith("::warning file=shorter.yaml,line=6,title=edited%3A referral-in-time::")
    quiet = run(*words, "-q")
    assert (quiet.code, quiet.out, quiet.err) == (1, done.out, "")


def test_a_revision(shorter: Path, run: Run) -> None:
    for words in (("init", "-q", "-b", "main"), ("add", "rules.yaml"),
                  ("-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-q", "-m", "c")):  # fmt: skip
        subprocess.run(["git", *words], check=True)
    Path("rules.yaml").write_text(shorter.read_text())
    done = run("diff", "log.csv", "-r", "rules.yaml", "--against", "main", "-q", "--format", "json")
    assert done.code == 1
    before = json.loads(done.out)["before"]
    assert before["rules"] == "rules.yaml at main"
    table = run("diff", "log.csv", "-r", "rules.yaml", "--against", "main", "--exit-zero")
    assert table.out.startswith(f"rules.yaml at main ({before['commit'][:12]}) → rules.yaml on log.csv")
    wrong = run("diff", "log.csv", "-r", "rules.yaml", "--against", "main", "--set", "limit=soon")
    assert wrong.code == 2
    assert "\nmain:rules.yaml:4:" in f"\n{wrong.err}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "there is nothing to compare with"),
        (("--against", ""), "--against is empty"),
        (("--against", "nowhere.yaml"), "there is no file, folder or shipped pack `nowhere.yaml`, and no git revision"),
        (("--against", "rules.yaml", "--format", "csv"), "`csv` is not one of table, json, markdown, github"),
        (("--against", "rules.yaml", "--output", "d.csv"), "the format of `d.csv` cannot be told from its name"),
        (("--against", "rules.yaml", "--output", "json=quiet.yaml"), "this output would overwrite an input"),
        (("--against", "quiet.yaml", "--output", "json=quiet.yaml"), "this output would overwrite an input"),
        (("--against", ".", "--output", "json=rules.yaml"), "this output would overwrite an input"),
        (("--against", "rules.yaml", "--show", "broken"), "there is no verdict `broken`"),
        (("--against", "rules.yaml", "--fail-on", "grave"), "there is no severity `grave`"),
        (("--against", "rules.yaml", "--rule", "none"), "there is no rule `none`"),
        (("--against", "rules.yaml", "--set", "none=1"), "there is no parameter `none`"),
        (("--against", "log.csv"), "log.csv:1:"),
    ],
)
def test_mistakes_end_with_2(folder: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run("diff", "log.csv", "-r", "quiet.yaml", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
