"""Whatever is wrong in auditor.yaml or in the environment: told with its place, all of it in one run, exit code 2."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.cli.config_page import MAX_BYTES
from tests.cli.configuring import Workplace, given, work
from tests.cli.conftest import Done

__all__ = ["work"]

Run = Callable[..., Done]
# the file, then what is said: place, code, and a word of it or of its help
MISTAKES: dict[str, tuple[str, str]] = {
    "dash": ("fail-on: high\nby: month", "1:1: error[config-unknown] … did you mean `fail_on`?"),
    "short name": ("m: x.yaml\nby: month", "1:1: error[config-unknown] … did you mean `mapping`?"),
    "misspelt option": ("by: month\nformt: csv", "2:1: error[config-unknown] … did you mean `format`?"),
    "misspelt command": ("chek: {by: month}\nby: month", "1:1: error[config-unknown] … did you mean `check`?"),
    "option of the program": ("config: x.yaml\nby: month", "1:1: error[config-unknown]"),
    "misspelt in a section": ("check: {formt: csv}", "1:9: error[config-option] … did you mean `format`?"),
    "option of another": ("explain:\n  show: met", "2:3: error[config-option] … it is one of `check`"),
    "argument of a case": ("explain: {subject: R1}", "1:11: error[config-option]"),
    "nested command": ("rules: {test: {format: json}}", "1:8: error[config-type] … `rules test:`"),
    "section without options": ("check: [by]\nby: month", "1:8: error[config-type] … takes no value"),
    "list for one": ("mapping: [a, b]", "1:10: error[config-type] … takes one text; a list"),
    "mapping for one": ("mapping: {a: b}", "1:10: error[config-type] … takes one text; a mapping"),
    "mapping for a list": ("rules: {a: b}\nby: month", "1:8: error[config-type]"),
    "list in a list": ("by: [month, [day]]", "1:13: error[config-type] … a list stands here"),
    "number for a text": ("memory: 4", '1:9: error[config-type] … write "4" for the text'),
    "truth for a text": ("rule: true", '1:7: error[config-type] … write "True" for the text'),
    "text for a flag": ('exit_zero: "true"', "1:12: error[config-type] … without quotes"),
    "number for a flag": ("exit_zero: 1", "1:12: error[config-type] … true or false; a number"),
    "null character": ('mapping: "a\\0b"', "1:10: error[config-type] … null character"),
    "yes": ("exit_zero: yes", "1:12: error[yaml-boolean] … true or false"),
    "nothing": ("mapping:\nby: month", "1:9: error[config-empty]"),
    "empty text": ("mapping: ' '", "1:10: error[config-empty]"),
    "empty list": ("by: []", "1:5: error[config-empty]"),
    "empty in a list": ("by: [month, '']", "1:13: error[config-empty]"),
    "settings in a list of lists": ("set: {limit: [1]}", "1:14: error[config-type] … single values"),
    "setting without a value": ("set: {limit: }", "1:14: error[config-empty]"),
    "setting without a name": ("set: limit", "1:6: error[bad-setting] … NAME=VALUE"),
    "duplicate": ("by: month\nby: day", "2:1: error[yaml-duplicate-key]"),
    "tag": ("by: !!python/name:os.system x", "1:5: error[yaml-tag]"),
    "alias": ("by: &a month", "1:5: error[yaml-alias]"),
    "syntax": ("check: {by: month", "error[yaml-syntax]"),
    "severity": ("fail_on: urgent", "1:10: error[unknown-word] … critical"),
    "word": ("show: violatd", "1:7: error[unknown-word] … did you mean `violated`?"),
    "word in a list": ("show: [met, 'pending,exemt']", "1:13: error[unknown-word] … did you mean `exempt`?"),
    "format of a section": ("rules lint: {format: csv}", "1:22: error[unknown-word] … text, json"),
    "format of nobody": ("format: jsno", "1:9: error[unknown-word] … did you mean `json`?"),
    "share": ("max_rejects: 101%", "1:14: error[bad-share]"),
    "share as a number": ("max_rejects: 1.5", "1:14: error[bad-share]"),
    "moment": ("as_of: 2025-05-17", "1:8: error[bad-instant] … offset"),
    "number out of range": ("history: {limit: 0}", "1:18: error[config-value] … greater than or equal to 1"),
    "no number": ("history: {limit: many}", "1:18: error[config-value] … valid integer"),
    "duration": ("due: {next: 24}", '1:13: error[config-type] … write "24" for the text'),
    "duration without a unit": ("due: {next: '24'}", "1:13: error[config-value] … a whole number and a unit"),
    "two meanings": ("output: findings.csv", "1:9: error[config-shared] … `rules docs:`"),
    "another program": ("services: {web: 1}\nversion: '3'", "1:1: error[config-shape] … --no-config"),
    "list": ("- by: month", "1:1: error[config-shape]"),
    "text": ("by month", "1:1: error[config-shape]"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_in_a_file(name: str, work: Workplace, run: Run) -> None:
    text, said = MISTAKES[name]
    work.says(text + "\n")
    done = run("check", "log.csv")
    assert (done.code, done.out) == (2, "")
    place, _, word = said.partition(" … ")
    assert f"auditor.yaml:{place}" in done.err or (place.startswith("error") and place in done.err)
    assert word in done.err
    assert done.err.count("error[") == 1
    assert "^" in done.err or name == "syntax"


def test_all_mistakes_in_one_run_and_for_any_command(
    work: Workplace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.says("fail-on: high\nmemory: 4\ncheck:\n  formt: csv\n  show: violatd\n")
    monkeypatch.setenv("AUDITOR_FORMAT", "jsno")
    done = run("rules", "lint")
    assert done.code == 2
    assert [line.split(": error")[0] for line in done.err.splitlines() if "error[" in line] == [
        "AUDITOR_FORMAT", "auditor.yaml:1:1", "auditor.yaml:2:9", "auditor.yaml:4:3", "auditor.yaml:5:9",
    ]  # fmt: skip


def test_a_value_for_all_that_this_command_cannot_take(work: Workplace, run: Run) -> None:
    work.says("format: csv\nlog: [a.csv, b.csv]\n")
    done = run("rules", "lint")
    assert (done.code, done.err.count("error[")) == (2, 1)
    assert "auditor.yaml:1:9: error[unknown-word]" in done.err
    assert "give `rules lint:` a value of its own" in done.err
    assert "auditor.yaml:2:6: error[config-type]" in run("explain", "R1").err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AUDITOR_FAIL_ON", "urgent", "error[unknown-word]"),
        ("AUDITOR_SHOW", "met,violatd", "did you mean `violated`?"),
        ("AUDITOR_RULES", "", "error[config-empty]"),
        ("AUDITOR_RULES", "a.yaml,,b.yaml", "error[config-empty]"),
        ("AUDITOR_SET", "limit", "error[bad-setting]"),
        ("AUDITOR_EXIT_ZERO", "maybe", "takes true or false"),
        ("AUDITOR_EXIT_ZERO", "", "error[config-empty]"),
        ("AUDITOR_CONFIG", "", "error[config-empty]"),
        ("AUDITOR_NO_CONFIG", "perhaps", "takes true or false"),
    ],
)
def test_mistakes_in_the_environment(
    name: str, value: str, said: str, work: Workplace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    done = run("check", "log.csv")
    assert (done.code, done.out) == (2, "")
    assert f"{name}: error[" in done.err
    assert said in done.err


def test_an_unknown_variable_is_a_warning(work: Workplace, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_FAILON", "high")
    monkeypatch.setenv("AUDITOR_SHOW", "met")  # of another command
    done = run("rules", "lint", "child-safety")
    assert done.code == 0
    assert done.err == (
        "AUDITOR_FAILON: warning[config-variable]: this variable means nothing to auditor\n"
        "    help: did you mean `AUDITOR_FAIL_ON`?\n"
    )


def _folder(file: Path) -> None:
    file.mkdir()


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _dangling(file: Path) -> None:
    file.symlink_to("nowhere.yaml")


def _huge(file: Path) -> None:
    file.write_bytes(b"by: month\n" * (10 * 2**20 // 10))


def _binary(file: Path) -> None:
    file.write_bytes(bytes(range(256)))


def _closed(file: Path) -> None:
    file.write_text("by: month\n")
    file.chmod(0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_folder, "error[file-is-folder]"),
        (_pipe, "error[file-unreadable]"),
        (_dangling, "error[file-missing]"),
        (_huge, f"larger than {MAX_BYTES // 1024} KiB"),
        (_binary, "error[not-utf8]"),
        *([] if os.geteuid() == 0 else [(_closed, "error[file-unreadable]")]),  # root reads everything
    ],
)  # fmt: skip
def test_what_is_no_small_text_file(make: Callable[[Path], None], said: str, work: Workplace, run: Run) -> None:
    make(work.file)
    done = run("rules", "list")
    assert (done.code, done.out) == (2, "")
    assert "auditor.yaml" in done.err
    assert said in done.err


def test_a_file_of_somebody_else_where_everybody_may_write(
    work: Workplace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.says("by: month\n")
    work.here.chmod(0o777)
    assert given("check", "log.csv")["by"] == ["month"], "it is one's own"
    if os.geteuid() == 0:
        os.chown(work.file, 65534, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 65534)
    assert "error[config-untrusted]" in run("rules", "list").err
    assert given("--config", "auditor.yaml", "check", "log.csv")["by"] == ["month"]
    work.here.chmod(0o755)
    assert given("check", "log.csv")["by"] == ["month"]


@pytest.mark.parametrize(
    "words", [("--config", ""), ("--config", "a", "--config", "b"), ("--config", "a", "--no-config")]
)
def test_mistakes_about_the_choice_of_a_file(words: tuple[str, ...], work: Workplace, run: Run) -> None:
    done = run(*words, "rules", "list")
    assert (done.code, done.out) == (2, "")
    assert "error[usage]" in done.err


def test_a_missing_file_that_is_named(work: Workplace, run: Run) -> None:
    work.says("by: month\n")
    done = run("--config", "auditr.yaml", "rules", "list")
    assert done.code == 2
    assert "did you mean `auditor.yaml`?" in done.err


def test_options_of_the_program_stand_before_the_command(work: Workplace, run: Run) -> None:
    assert "--config stands before the command" in run("check", "log.csv", "--config", "x").err


def test_an_error_says_which_defaults_took_part(work: Workplace, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    work.says("mapping: nowhere.yaml\nmemory: much\n")
    monkeypatch.setenv("AUDITOR_RULES", "nowhere")
    done = run("check", "log.csv", "--memory", "1GB")
    assert done.code == 2
    assert "note: not typed, but set: rules (AUDITOR_RULES), mapping (auditor.yaml:1)\n" in done.err
    monkeypatch.delenv("AUDITOR_RULES")
    assert "note:" not in run("--no-config", "check", "log.csv").err


def test_nothing_is_expanded(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "swordfish")
    work.says("mapping: $SECRET/${HOME}/~/%SECRET%.yaml\nrule: '{SECRET} $(id) `id`'\n")
    found = given("check", "log.csv")
    assert found["mapping"] == "$SECRET/${HOME}/~/%SECRET%.yaml"
    assert found["rule"] == ["{SECRET} $(id) `id`"]


def test_help_is_the_same_everywhere(work: Workplace, run: Run) -> None:
    plain = run("check", "--help").out
    work.says("by: [\n")
    assert run("check", "log.csv").code == 2
    assert run("check", "--help").out == plain
    work.says("fail_on: high\n")
    assert run("check", "--help").out == plain
