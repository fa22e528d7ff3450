"""Every option of every command: its section in auditor.yaml beats the rest of the file, the environment beats both,
and the command line beats all; whatever other commands and options there are.
"""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.cli.config_options import Option
from auditor.cli.config_paths import OUTPUT, PLACES
from auditor.cli.config_values import meaning
from auditor.outputs import FORMATS
from tests.cli.configuring import COMMANDS, EVERY, PROGRAM, Workplace, given, option, typed, work

__all__ = ["work"]

SOURCES = ("file", "section", "environment", "line")  # each beats those before it
SAMPLES = {
    "SHARE": ("1%", "2%", "3%", "4%"),
    "TIME": tuple(f"2025-01-0{day}T00:00:00Z" for day in range(1, 5)),
    "DURATION": ("1h", "2h", "3 days", "4h"),
    "NAME=VALUE": ("a=1", "a=2", "a=3", "b=4"),
    "[FORMAT=]PATH": ("a.csv", "json=b.json", "c.csv", "d.csv"),
}
NO_PATHS = {
    "", "SHARE", "TIME", "NAME=VALUE", "SIZE", "ID", "PATTERN", "FIELD", "SEVERITY", "VERDICTS", "FORMAT", "NAME",
    "FINGERPRINT", "N", "DURATION",
}  # fmt: skip


def shown(one: Option) -> str:
    return f"{one.command}: {one.name}"


def samples(one: Option) -> tuple[Any, ...]:
    """A value for each source, next ones different as far as there are so many."""
    if one.flag:
        return (True, False, True, True)
    if one.words:
        return tuple(one.words[index % len(one.words)] for index in range(4))
    if one.number:
        return ("1", "2", "3", "4")
    return SAMPLES.get(one.takes, ("one", "two", "three", "four"))


def expected(one: Option, value: Any) -> Any:
    annotation = one.param.type_descriptor.annotation
    value = annotation(value) if annotation in (Path, int) else value
    return [value] if one.many else value


@pytest.mark.parametrize("one", EVERY, ids=shown)
def test_each_source_beats_those_before_it(one: Option, work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    values = dict(zip(SOURCES, samples(one), strict=True))
    words = typed(one.command, *([one.param.name] if one.param.param_type_name == "argument" else []))
    alone = len({meaning(other) for other in EVERY if other.name == one.name}) > 1
    possible = [source for source in SOURCES if not (alone and source == "file")]
    for chosen in chain.from_iterable(combinations(possible, size) for size in range(1, len(possible) + 1)):
        said: dict[str, Any] = {one.name: values["file"]} if "file" in chosen else {}
        if "section" in chosen:
            said[one.command] = {one.name: values["section"]}
        work.says(yaml.safe_dump(said) if said else "")
        monkeypatch.delenv(one.variable, raising=False)
        if "environment" in chosen:
            monkeypatch.setenv(one.variable, str(values["environment"]).lower() if one.flag else values["environment"])
        line = _line(one, values["line"]) if "line" in chosen else []
        found = given(*words[: len(one.command.split())], *line, *words[len(one.command.split()) :])
        assert found[one.param.name] == expected(one, values[chosen[-1]]), chosen


def _line(one: Option, value: Any) -> list[str]:
    if one.param.param_type_name == "argument":
        return [value]
    said = max(one.param.opts, key=len)
    return [said] if one.flag else [said, value]


def test_the_walk_sees_options_and_arguments() -> None:
    assert {"check: fail_on", "check: log", "explain: log", "rules test: rules", "rules docs: output"} <= {
        shown(one) for one in EVERY
    }
    assert {"explain: subject", "rules show: id", "check: help", "verify: manifest"}.isdisjoint(map(shown, EVERY))


def test_names_of_commands_and_options_are_distinct() -> None:
    """A key at the top of a file is one or the other."""
    assert COMMANDS.keys().isdisjoint(one.name for one in EVERY)


def test_what_an_option_takes_tells_whether_it_holds_a_path() -> None:
    """A new kind of value goes into PLACES, where it holds a path, or into NO_PATHS."""
    assert {one.takes for one in EVERY} <= {*PLACES, *NO_PATHS}


def test_the_program_has_variables_too() -> None:
    own = {Option("", param).variable for param in PROGRAM.params}
    assert {"AUDITOR_CONFIG", "AUDITOR_NO_CONFIG"} <= own


def test_an_option_for_files_knows_the_formats_of_its_command() -> None:
    """Else `json=audit.out` would be the name of a file."""
    for one in EVERY:
        assert one.formats or one.takes != OUTPUT, shown(one)
    assert set(option("check", "output").formats) == set(FORMATS)


def test_lists_replace_lists(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    work.says("rules: [a.yaml, b.yaml]\nset: {x: 12h, y: 3, z: true}\ncheck:\n  set: {w: 0.5}\n")
    assert given("check", "log.csv")["rules"] == ["a.yaml", "b.yaml"]
    assert given("check", "log.csv")["set"] == ["w=0.5"]
    assert given("explain", "log.csv", "R1")["set"] == ["x=12h", "y=3", "z=true"]
    assert given("check", "log.csv", "-r", "c.yaml")["rules"] == ["c.yaml"]
    monkeypatch.setenv("AUDITOR_RULES", "d.yaml, child-safety")
    monkeypatch.setenv("AUDITOR_SET", "a=1,b=2")
    assert given("check", "log.csv")["rules"] == ["d.yaml", "child-safety"]
    assert given("check", "log.csv")["set"] == ["a=1", "b=2"]


def test_a_log_by_default_leaves_the_words_to_the_other_arguments(work: Workplace) -> None:
    work.says("log: '-x.csv'\n")
    assert given("explain", "R1")["log"] == "./-x.csv", "a value is no option"
    assert given("explain", "R1")["subject"] == "R1"
    assert given("explain", "other.csv", "R1")["log"] == "other.csv"
    assert given("check")["log"] == ["-x.csv"]
    assert given("check", "a.csv", "b.csv")["log"] == ["a.csv", "b.csv"]


def test_verify_takes_from_the_manifest_what_is_not_typed(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of one's own would make the audit of the manifest another one."""
    work.says("log: log.csv\nrules: ours.yaml\nmapping: m.yaml\nmemory: 1GB\n")
    monkeypatch.setenv("AUDITOR_RULES", "ours.yaml")
    found = given("verify", "audit.json")
    assert (found["manifest"], found["memory"]) == ("audit.json", "1GB")
    assert not found["log"]
    assert not found["rules"]
    assert found["mapping"] is None


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False)]
)
def test_switches_in_the_environment(text: str, value: bool, work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_EXIT_ZERO", text)
    work.says(f"exit_zero: {str(not value).lower()}\n")
    assert given("check", "log.csv")["exit_zero"] is value


def test_a_value_that_does_not_fit_matters_only_where_it_counts(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.says("format: csv\n")
    assert given("check", "log.csv")["format"] == "csv"
    assert not given("rules", "list")["rules"]
    assert given("rules", "lint", "--format", "json")["format"] == "json"
    work.says("format: csv\nrules lint: {format: json}\n")
    assert given("rules", "lint")["format"] == "json"
    work.says("")
    monkeypatch.setenv("AUDITOR_FORMAT", "csv")
    assert given("rules", "lint", "--format", "json")["format"] == "json"
    assert option("rules lint", "format").words == ("text", "json")
