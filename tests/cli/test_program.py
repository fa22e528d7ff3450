"""The program among other programs: pipes, terminals, signals, completion."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from auditor.cli import complete, main, terminal
from tests.cli.conftest import Done

AUDITOR = [sys.executable, "-c", "from auditor.cli.main import run; run()"]


@pytest.mark.parametrize("words", ["check log.csv -r quiet.yaml", "--help"])
def test_a_closed_pipe_is_no_error(words: str, folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*AUDITOR, *words.split()],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == terminal.PIPE_CLOSED
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("closed", "words", "code"), [("2>&-", "--format csv", 0), (">&-", "--format csv", 0), ("<&-", "-", 2)]
)
def test_a_stream_that_is_closed_leads_nowhere(closed: str, words: str, code: int, folder: Path) -> None:
    log = "" if words == "-" else "log.csv"
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    done = subprocess.run(
        [*shell, *AUDITOR, "check", *f"{log} {words} -r quiet.yaml --show met".split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if closed == "2>&-":
        assert [line.split(",")[0] for line in done.stdout.splitlines()] == ["rule_id", "told"]


@pytest.mark.parametrize("words", ["--help", "rules list", "check log.csv -r quiet.yaml"])
def test_a_disk_that_is_full_is_told(words: str, folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*AUDITOR, *words.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == "error[output-failed]: cannot write to standard output: No space left on device\n"
    assert done.returncode == 2


def test_a_disk_that_fills_up_is_told_also_without_buffers(folder: Path) -> None:
    """A raw stream may take but a part of what is written, and tells so nowhere else."""
    rows = (f"report.received,2024-03-01T08:00:00Z,R-{n}" for n in range(4_000))
    (folder / "long.csv").write_text("\n".join(["event,time,report_id", *rows]))
    command = [*AUDITOR, "check", "long.csv", "-r", "rules.yaml", "--show", "all", "--format", "jsonl"]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 200; trap "" XFSZ; exec "$@" > cut.jsonl', "sh", *command],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "error[output-failed]" in done.stderr
    assert done.returncode == 2


def test_an_error_that_nobody_can_be_told_has_its_code_all_the_same(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*AUDITOR, "check", "nowhere.csv"], stdout=full, stderr=full, check=False)
    assert done.returncode == 2


def test_a_name_that_no_file_can_have(folder: Path, run: Callable[..., Done]) -> None:
    done = run("check", "log.csv", "-m", "a" * 300)
    assert done.code == 2
    assert "error[name-too-long]" in done.err


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What `auditor check` writes to a terminal."""
    leader, follower = pty.openpty()
    command = [*AUDITOR, "check", "log.csv", "-r", "quiet.yaml", "--show", "met"]
    variables = {**os.environ, "TERM": "xterm", **environment}
    process = subprocess.Popen(command, stdout=follower, stderr=follower, cwd=folder, env=variables)
    os.close(follower)
    text = b""
    try:
        while chunk := os.read(leader, 4096):
            text += chunk
    except OSError:  # a terminal whose last writer is gone
        pass
    os.close(leader)
    assert process.wait(60) == 0
    return text.decode()


def test_colours_on_a_terminal_unless_no_color(folder: Path) -> None:
    assert "\x1b[" in on_a_terminal(folder)
    assert "\x1b" not in on_a_terminal(folder, NO_COLOR="1")


def test_a_bug_always_shows_its_traceback(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Done]) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("auditor.rules.json_schema", broken)
    done = run("rules", "schema")
    assert done.code == main.BUG
    assert "Traceback" in done.err
    assert "ZeroDivisionError" in done.err


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (KeyboardInterrupt(), main.INTERRUPTED),
        (RuntimeError("Query interrupted"), main.INTERRUPTED),
        (duckdb.OutOfMemoryException("full"), 2),
    ],
)
def test_what_ends_a_run_from_outside(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Done]
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("auditor.rules.json_schema", ended)
    done = run("rules", "schema")
    assert done.code == code
    assert "Traceback" not in done.err


def test_version(run: Callable[..., Done]) -> None:
    from auditor import __version__

    assert run("--version").out == f"auditor {__version__}\n"


def test_completion_offers_packs_files_and_rules(folder: Path) -> None:
    assert complete.packs("child") == ["child-safety"]
    assert complete.packs("qui") == ["quiet.yaml"]

    class Context:
        params = {"rules": ["rules.yaml"]}  # noqa: RUF012

    assert complete.rule_ids(Context(), "ref") == ["referral-in-time"]
    Context.params = {"rules": ["nowhere.yaml"]}
    assert complete.rule_ids(Context(), "") == []


def test_completion_works_in_the_shell(folder: Path) -> None:
    variables = {
        **os.environ,
        "_AUDITOR_COMPLETE": "complete_bash",
        "COMP_WORDS": "auditor check -r chi",
        "COMP_CWORD": "3",
    }
    done = subprocess.run([*AUDITOR], env=variables, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_python_api(folder: Path) -> None:
    import pandas as pd

    import auditor

    frame = pd.read_csv("log.csv", dtype=str)
    audit = auditor.check(frame, rules="rules.yaml")
    assert audit.exit_code == 1
    assert list(audit.findings()["subject"]) == ["R1", "R2"]
    with pytest.raises(AttributeError):
        auditor.nothing  # noqa: B018
