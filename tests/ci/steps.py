"""The shell steps of the action, run by bash as a runner does it: inputs are variables, files take what is told."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
PROGRAMS = Path(sys.executable).parent  # where `auditor` is installed


@dataclass(frozen=True)
class Ran:
    """How a step ended."""

    code: int
    out: str
    err: str
    outputs: str
    summary: str


def step(name: str) -> dict[str, Any]:
    """A step of the action by its name."""
    [found] = [one for one in ACTION["runs"]["steps"] if one["name"] == name]
    return dict(found)


def bash(script: str, folder: Path, programs: Path = PROGRAMS, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as `shell: bash` of GitHub does, with programs of a folder first."""
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), **variables}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def run(name: str, folder: Path, inputs: dict[str, str], programs: Path = PROGRAMS, **variables: str) -> Ran:
    """Run a step in a folder; inputs that are not given have their defaults."""
    unknown = set(inputs) - set(ACTION["inputs"])
    assert not unknown, unknown
    temporary = folder / "runner"
    temporary.mkdir(exist_ok=True)
    told, summary = temporary / "output", temporary / "summary"
    values = {key: inputs.get(key, str(one.get("default", ""))) for key, one in ACTION["inputs"].items()}
    given = {
        variable: values[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, expression in step(name)["env"].items() if expression.startswith("${{ inputs.")
    }  # fmt: skip
    done = bash(
        step(name)["run"], folder, programs, **given, **variables,
        RUNNER_TEMP=str(temporary), GITHUB_OUTPUT=str(told), GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip
    texts = (path.read_text() if path.exists() else "" for path in (told, summary))
    return Ran(done.returncode, done.stdout, done.stderr, *texts)
