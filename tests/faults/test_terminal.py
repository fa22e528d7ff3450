"""Faults of other tools, last part: colour codes where nobody can read them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.conftest import LOG, PACK, Bench

AUDITOR = [sys.executable, "-c", "from auditor.cli.main import run; run()"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "log.csv", "-r", "rules.yaml", "-v"),
        ("check", "log.csv", "-r", "nowhere"),
        ("check", "--help"),
        ("--help",),
        ("rules", "list"),
        ("rules", "show", "referred", "-r", "rules.yaml"),
        ("rules", "lint", "rules.yaml"),
        ("explain", "log.csv", "R1", "-r", "rules.yaml"),
        ("chek",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "environment",
    [{}, {"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1"}],
    ids=["piped", "NO_COLOR"],
)
def test_colour_codes_into_a_pipe_in_spite_of_no_color(
    bench: Bench, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    bench.write("log.csv", LOG)
    bench.write("rules.yaml", PACK)
    colours = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "GITHUB_ACTIONS")
    variables = {name: value for name, value in os.environ.items() if name not in colours}
    done = subprocess.run(
        [*AUDITOR, *arguments], env={**variables, "TERM": "xterm-256color", **environment},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.stdout + done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
