"""`auditor --help` answers at once: it loads none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pandas", "duckdb", "ibis", "pyarrow", "numpy", "sqlalchemy", "yaml")  # typer itself loads pydantic
PROGRAM = """
import sys
from auditor.cli.main import app
try:
    app(sys.argv[1:], standalone_mode=False)
finally:
    print("LOADED", *sorted(name for name in sys.modules if "." not in name))
"""


@pytest.mark.parametrize("arguments", ["--help", "check --help", "history --help", "rules --help", "--version"])
def test_help_loads_nothing_heavy(arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments.split()], capture_output=True, text=True, check=False
    )
    loaded = done.stdout.partition("LOADED")[2].split()
    assert "typer" in loaded, done.stderr
    assert not set(HEAVY) & set(loaded)


def test_the_package_itself_is_light() -> None:
    code = f"import sys, auditor; assert not set({HEAVY}) & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_table_for_people_needs_no_arrow() -> None:
    """They would be a tenth of what a small audit costs."""
    log = Path(__file__).parents[1] / "sample_data" / "doe_v_twitter.csv"
    arguments = ["check", str(log), "-m", str(log.with_suffix(".mapping.yaml")), "--exit-zero"]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    loaded = done.stdout.partition("LOADED")[2].split()
    assert "ibis" in loaded, done.stderr
    assert not {"pandas", "pyarrow", "numpy", "scipy"} & set(loaded)
