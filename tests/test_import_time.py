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


def test_duckdb_is_loaded_without_the_other_engines_of_ibis() -> None:
    """They would be a tenth of what a small audit costs; whoever asks for them later has them all the same."""
    code = """
import sys
from auditor.log.backend import COMPILERS, connected
assert connected().name == "duckdb"
loaded = {name for name in sys.modules if name.startswith(COMPILERS)}
assert f"{COMPILERS}.duckdb" in loaded and f"{COMPILERS}.bigquery" not in loaded, loaded
import ibis, ibis.backends.sql.compilers as compilers
assert compilers.DuckDBCompiler is type(connected().compiler)
assert "LIMIT" in ibis.to_sql(ibis.table({"a": "int64"}, name="t").limit(1), dialect="postgres")
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
