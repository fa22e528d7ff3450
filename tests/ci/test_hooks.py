"""The hooks of pre-commit: their entries run, and tell good rules from bad ones."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.checkout import make, rules
from tests.ci.steps import ROOT, bash
from tests.ci.test_examples import FILES

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}
KEYS = {"id", "name", "description", "entry", "args", "language", "types", "pass_filenames"}


def run(id: str, folder: Path, args: list[str] | None = None) -> int:
    """The exit code of a hook, run as pre-commit runs it where no file names are passed."""
    hook = HOOKS[id]
    return bash(shlex.join([*shlex.split(hook["entry"]), *(args or hook["args"])]), folder).returncode


def test_the_manifest_has_what_pre_commit_needs() -> None:
    assert set(HOOKS) == {"auditor-rules-lint", "auditor-rules-test"}
    for hook in HOOKS.values():
        assert set(hook) == KEYS
        assert hook["language"] == "python"  # installs this repository: `auditor` is its script
        assert hook["pass_filenames"] is False
    assert 'auditor = "auditor.cli.main:run"' in (ROOT / "pyproject.toml").read_text()


def test_the_example_uses_hooks_that_there_are() -> None:
    [repository] = yaml.safe_load(FILES[".pre-commit-config.yaml"])["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == list(HOOKS)
    assert all(re.match(hook["files"], "rules/ours.yaml") for hook in repository["hooks"])


@pytest.mark.parametrize("id", list(HOOKS))
def test_good_rules_pass(id: str, tmp_path: Path) -> None:
    make(tmp_path)
    assert run(id, tmp_path) == 0


@pytest.mark.parametrize(
    ("id", "text", "code"),
    [
        ("auditor-rules-lint", rules().replace("within:", "with_in:"), 2),
        ("auditor-rules-test", rules(expected="met"), 1),
        ("auditor-rules-test", rules().replace("within:", "with_in:"), 2),
    ],
)
def test_bad_rules_do_not(id: str, text: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    assert run(id, tmp_path, ["bad.yaml"]) == code
