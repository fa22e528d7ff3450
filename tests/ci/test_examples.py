"""docs/ci.md: its files are valid, its commands run, its inputs are those of the action."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.checkout import make, rules
from tests.ci.steps import ACTION, ROOT, bash

PAGE = (ROOT / "docs" / "ci.md").read_text()
FILES = dict(re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GITLAB: dict[str, Any] = yaml.safe_load(FILES[".gitlab-ci.yml"])
LINES = [line for block in SHELL for line in block.splitlines()] + GITLAB["audit"]["script"]


@pytest.mark.parametrize(
    ("name", "schema"),
    [(".github/workflows/audit.yml", "vendor.github-workflows"), (".gitlab-ci.yml", "vendor.gitlab-ci")],
)
def test_valid(name: str, schema: str, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    path.write_text(FILES[name])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_file_shown_is_known_to_these_tests() -> None:
    assert set(FILES) == {".github/workflows/audit.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"}
    assert PAGE.count("```yaml") == len(FILES)


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    workflow = yaml.safe_load(FILES[".github/workflows/audit.yml"])
    [ours] = [one for one in workflow["jobs"]["audit"]["steps"] if one["uses"].startswith("OWNER/auditor@")]
    assert set(ours["with"]) <= set(ACTION["inputs"])
    assert workflow["permissions"] == {}
    others = [one["uses"] for one in workflow["jobs"]["audit"]["steps"] if one is not ours]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", uses) for uses in others)


def test_the_page_names_every_input() -> None:
    table = PAGE.split("| input | |")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", table)) >= set(ACTION["inputs"])


def test_commands_run_and_the_gitlab_job_leaves_the_files_that_it_keeps(tmp_path: Path) -> None:
    make(tmp_path)
    changed = tmp_path / "rules" / "ours.yaml"
    changed.write_text(rules("48h"))
    own = "-c user.name=n -c user.email=n@example.org"
    before = bash(f"git init -qb main && git add rules && git {own} commit -qm before && "
                  "git update-ref refs/remotes/origin/main main", tmp_path)  # fmt: skip
    assert before.returncode == 0, before.stderr
    changed.write_text(rules())
    for line in dict.fromkeys(LINES):
        done = bash(line, tmp_path)
        finds = "auditor check" in line or ("auditor diff" in line and "--exit-zero" not in line)
        assert done.returncode == finds, f"{line}\n{done.stderr}"
    kept = GITLAB["audit"]["artifacts"]
    for name in (*kept["paths"], kept["reports"]["junit"]):
        assert (tmp_path / name).stat().st_size > 0
    report = (tmp_path / kept["reports"]["junit"]).read_text()
    assert '<testsuites name="auditor" tests="2" failures="1" errors="0" time="0">' in report
    assert "waived until 2030-01-01 by the board: agreed" in report
