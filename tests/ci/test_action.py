"""The composite action: valid, its steps do what they say, and no input is ever more than a value."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.steps import ACTION, ROOT, Ran, bash, run, step

HOSTILE = [
    "; touch pwned", "$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '", "| touch pwned",
    "&& touch pwned", "> pwned", "${IFS}touch${IFS}pwned", "--exit-zero", "-h", "*", "~", "a\\", "%s%n", "a b",
    "${{ github.token }}", "::error::x", "EOF",
]  # fmt: skip
SINGLE = ("mapping", "baseline", "waivers", "fail-on", "format")
SEVERAL = ("log", "rules", "set", "output")


@pytest.fixture
def recorder(tmp_path: Path) -> Path:
    """A folder with an `auditor` that writes its arguments down, one in a line, and ends with $CODE."""
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "auditor"
    program.write_text('#!/bin/bash\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"\nexit "${CODE:-0}"\n')
    program.chmod(0o755)
    return programs


def arguments(folder: Path) -> list[str]:
    return (folder / "runner" / "arguments").read_text()[:-1].split("\n")


def test_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_scripts_hold_no_expression_and_actions_are_pinned() -> None:
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", "")
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one.get("uses", "a@" + "0" * 40))
    pinned = re.findall(r"uses: \S+@[0-9a-f]{40} # v[\d.]+$", (ROOT / "action.yml").read_text(), re.MULTILINE)
    assert len(pinned) == 1


def test_every_input_is_used_and_described() -> None:
    text = (ROOT / "action.yml").read_text()
    for name, one in ACTION["inputs"].items():
        assert f"${{{{ inputs.{name} }}}}" in text, name
        assert one["description"].endswith((".", ")")) or ";" in one["description"]


def test_the_command_line(recorder: Path, tmp_path: Path) -> None:
    inputs = {
        "log": "a.csv\nb c/*.csv", "mapping": "m.yaml", "rules": "rules/\nchild-safety\n", "set": "limit=12h",
        "baseline": "old.json", "waivers": "w.yaml", "fail-on": "high", "output": "auditor.sarif\njunit=x.xml",
    }  # fmt: skip
    done = run("Audit", tmp_path, inputs, recorder)
    assert done.code == 0
    assert arguments(tmp_path) == [
        "check", "--mapping=m.yaml", "--rules=rules/", "--rules=child-safety", "--set=limit=12h",
        "--baseline=old.json", "--waivers=w.yaml", "--fail-on=high", "--format=github", "--output=auditor.sarif",
        "--output=junit=x.xml", f"--output=markdown={tmp_path}/runner/auditor-summary.md", "--", "a.csv", "b c/*.csv",
    ]  # fmt: skip


def test_what_is_left_out_is_left_to_the_configuration(recorder: Path, tmp_path: Path) -> None:
    run("Audit", tmp_path, {"log": "a.csv", "summary": "false"}, recorder)
    assert arguments(tmp_path) == ["check", "--format=github", "--", "a.csv"]


@pytest.mark.parametrize("code", ["0", "1", "2", "3"])
def test_the_exit_code_is_that_of_the_audit(code: str, recorder: Path, tmp_path: Path) -> None:
    done = run("Audit", tmp_path, {"log": "a.csv"}, recorder, CODE=code)
    assert done.code == int(code)
    assert done.outputs == f"exit-code={code}\n"


def test_a_comparison_of_rules_is_told_and_fails_nothing(recorder: Path, tmp_path: Path) -> None:
    (tmp_path / "runner").mkdir()
    (tmp_path / "runner" / "auditor-diff.md").write_text("# What changes\n")
    inputs = {"log": "a.csv", "mapping": "m.yaml", "rules": "rules/", "set": "limit=1h", "against": "origin/main"}
    done = run("Compare rules", tmp_path, inputs, recorder)
    assert done.code == 0
    assert done.summary == "# What changes\n"
    assert arguments(tmp_path) == [
        "diff", "--mapping=m.yaml", "--rules=rules/", "--set=limit=1h", "--against=origin/main", "--format=github",
        f"--output=markdown={tmp_path}/runner/auditor-diff.md", "--exit-zero", "--", "a.csv",
    ]  # fmt: skip
    assert run("Compare rules", tmp_path, inputs, recorder, CODE="2").code == 2


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_inputs_are_values_of_the_comparison(value: str, recorder: Path, tmp_path: Path) -> None:
    (tmp_path / "runner").mkdir()
    (tmp_path / "runner" / "auditor-diff.md").touch()
    names = ("mapping", "rules", "set", "against")
    done = run("Compare rules", tmp_path, dict.fromkeys((*names, "log"), value), recorder)
    assert (done.code, done.err) == (0, "")
    assert not (tmp_path / "pwned").exists()
    found = arguments(tmp_path)
    assert found[:5] == ["diff", *(f"--{name}={value}" for name in names)]
    assert found[-2:] == ["--", value]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_inputs_are_values(value: str, recorder: Path, tmp_path: Path) -> None:
    names = {*SINGLE, *SEVERAL}
    done = run("Audit", tmp_path, dict.fromkeys(names, value) | {"summary": value}, recorder)
    assert done.code == 0, done.err
    assert not (tmp_path / "pwned").exists()
    assert done.err == ""
    expected = [f"--{name}={value}" for name in ("mapping", "rules", "set", "baseline", "waivers", "fail-on", "format")]
    assert arguments(tmp_path) == ["check", *expected, f"--output={value}", "--", value]
    assert done.outputs == "exit-code=0\n"


def test_the_install_step_installs_the_checkout_of_the_action(tmp_path: Path) -> None:
    """`python` is a stand-in: it makes a folder as `venv` does, and writes down what it is asked to install."""
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "python"
    fake.write_text(
        '#!/bin/bash\nif [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; else echo "$@"; fi\n'
    )
    fake.chmod(0o755)
    path = tmp_path / "path"
    variables = {"SOURCE": "/the action/$(touch pwned)", "RUNNER_TEMP": str(tmp_path / "t"), "GITHUB_PATH": str(path)}
    done = bash(step("Install auditor")["run"], tmp_path, programs, **variables)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "-m pip install --quiet --disable-pip-version-check /the action/$(touch pwned)\n"
    assert path.read_text() == f"{tmp_path}/t/auditor/bin\n"
    assert not (tmp_path / "pwned").exists()


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The action on a sample log, for real."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "sample_data", folder / "sample_data", ignore=shutil.ignore_patterns("month*", "*.py"))
    inputs = {
        "log": "sample_data/*.csv", "mapping": "sample_data/doe_v_twitter.mapping.yaml", "rules": "child-safety",
        "output": "auditor.sarif\nauditor.xml",
    }  # fmt: skip
    return folder, run("Audit", folder, inputs)


def test_a_change_of_rules_on_a_sample_log(audited: tuple[Path, Ran]) -> None:
    folder, _ = audited
    pack = (
        "pack: ours\nversion: 1.0.0\ntitle: Ours\nrules:\n  - {id: told, title: Told, severity: high, "
        "when: report.received, followed_by: {event: notice.sent, within: %s}}\n"
    )
    for name, limit in (("old", "600 days"), ("new", "1 day")):
        (folder / f"{name}.yaml").write_text(pack % limit)
    inputs = {
        "log": "sample_data/doe_v_twitter.csv", "mapping": "sample_data/doe_v_twitter.mapping.yaml",
        "rules": "new.yaml", "against": "old.yaml",
    }  # fmt: skip
    done = run("Compare rules", folder, inputs)
    assert done.code == 0, done.err
    assert "told" in done.out
    assert "told" in done.summary


def test_on_a_sample_log(audited: tuple[Path, Ran]) -> None:
    folder, done = audited
    assert done.code == 1
    assert done.out.startswith("::error file=sample_data/doe_v_twitter.csv,line=14,title=critical%3A minor-not-no")
    assert done.outputs == "exit-code=1\n"
    assert done.summary.startswith("# Audit of")
    assert "report-victim" in (folder / "auditor.sarif").read_text()
    assert "report-victim" in (folder / "auditor.xml").read_text()
