"""Whatever a user gets wrong: exit code 2, one place, what to do; never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import main
from tests.cli.conftest import Done

Run = Callable[..., Done]
CHECK = ("check", "log.csv", "-r", "rules.yaml")
MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown command": (("chek",), "Did you mean 'check'?"),
    "unknown option": (("check", "log.csv", "--ruls", "x"), "did you mean `--rules`?"),
    "no log": (("check",), "Missing argument"),
    "missing log": (("check", "lgo.csv", "-r", "rules.yaml"), "log.csv"),
    "empty log": (("check", "empty.csv", "-r", "rules.yaml"), "empty"),
    "header only": (("check", "header.csv", "-r", "rules.yaml"), "no event"),
    "folder as log": (("check", ".", "-r", "rules.yaml"), "folder"),
    "glob without match": (("check", "x*.csv", "-r", "rules.yaml"), "no file matches"),
    "missing rules": (("check", "log.csv", "-r", "child-safty"), "did you mean `child-safety`?"),
    "broken rules": (("check", "log.csv", "-r", "broken.yaml"), "broken.yaml:9:"),
    "log as rules": (("check", "log.csv", "-r", "log.csv"), "log.csv"),
    "missing mapping": ((*CHECK, "-m", "nowhere.yaml"), "nowhere.yaml"),
    "log without mapping": (("check", "export.csv", "-r", "rules.yaml"), "mapping"),
    "missing word": ((*CHECK, "--show", "violated,,met"), "a word is missing in `violated,,met`"),
    "only a comma": ((*CHECK, "--by", ","), "a word is missing in `,`"),
    "verdict before a missing log": (("check", "lgo.csv", "--show", "violatd"), "did you mean `violated`?"),
    "mapping twice": ((*CHECK, "-m", "a.yaml", "--mapping", "b.yaml"), "--mapping is given twice"),
    "rules as a log": (("check", "log.csv", "rules.yaml"), "rules are given with -r, a mapping with -m"),
    "output that ends like a folder": ((*CHECK, "--output", "a.csv/"), "folder of this output does not exist"),
    "list without quotes": (("explain", "log.csv", "[a,", "b]", "-r", "rules.yaml"), "in single quotes"),
    "subject that begins with a dash": (("explain", "log.csv", "-17", "-r", "rules.yaml"), "stands after `--`"),
    "unknown verdict": ((*CHECK, "--show", "violatd"), "did you mean `violated`?"),
    "unknown severity": ((*CHECK, "--fail-on", "urgent"), "critical"),
    "unknown format": ((*CHECK, "--format", "jsno"), "did you mean `json`?"),
    "unknown rule": ((*CHECK, "--rule", "referal-in-time"), "did you mean `referral-in-time`?"),
    "pattern of no rule": ((*CHECK, "--rule", "zz*"), "known: `referral-in-time`"),
    "unknown parameter": ((*CHECK, "--set", "limt=1h"), "did you mean `limit`?"),
    "bad parameter": ((*CHECK, "--set", "limit=soon"), "limit"),
    "bad setting": ((*CHECK, "--set", "limit"), "NAME=VALUE"),
    "unknown group": ((*CHECK, "--by", "categry"), "did you mean `category`?"),
    "moment without zone": ((*CHECK, "--as-of", "2020-01-21"), "offset"),
    "moment before the log": ((*CHECK, "--as-of", "1999-01-01T00:00:00Z"), "1999-01-01T00:00:00Z"),
    "bad share": ((*CHECK, "--max-rejects", "lots"), "share"),
    "bad memory": ((*CHECK, "--memory", "much"), "memory"),
    "two outputs, one file": ((*CHECK, "--output", "a.csv", "--output", "json=./a.csv"), "another output"),
    "output over the log": ((*CHECK, "--output", "log.csv"), "an input"),
    "output over the rules": ((*CHECK, "--output", "csv=rules.yaml"), "an input"),
    "rejects over the log": ((*CHECK, "--rejects", "log.csv"), "an input"),
    "folder as output": ((*CHECK, "--output", "csv=."), "folder"),
    "no folder for output": ((*CHECK, "--output", "no/a.csv"), "folder"),
    "unknown subject": (("explain", "log.csv", "R9", "-r", "quiet.yaml"), "did you mean `R1`?"),
    "subject in small letters": (("explain", "log.csv", "v1", "-r", "quiet.yaml"), "did you mean `V1`?"),
    "no subject": (("explain", "log.csv"), "SUBJECT"),
    "rules without command": (("rules", "lst"), "Did you mean 'list'?"),
    "unknown rule to show": (("rules", "show", "referal-in-time", "-r", "rules.yaml"), "did you mean"),
    "unknown lint format": (("rules", "lint", "rules.yaml", "--format", "xml"), "text, json"),
    "terminal codes": (("check", "\x1b[2Jevil.csv", "-r", "rules.yaml"), "evil.csv"),
}


@pytest.fixture
def mistakes(folder: Path) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "header.csv").write_text("event,time,report_id\n")
    (folder / "export.csv").write_text("ticket,opened,closed\n1,2020-01-01,2020-01-02\n")
    broken = (folder / "rules.yaml").read_text().replace("when:", "whn:")
    (folder / "broken.yaml").write_text(broken)


def _words() -> Iterator[tuple[str, ...]]:
    """Every command with each of its options, and then each of its arguments, empty."""
    from typer.main import get_command

    commands: list[tuple[tuple[str, ...], Any]] = [((), get_command(main.app))]
    for path, command in commands:
        for name, below in getattr(command, "commands", {}).items():
            commands.append(((*path, name), below))
        arguments = [param for param in command.params if param.param_type_name == "argument"]
        if not hasattr(command, "commands"):
            for option in command.params:
                if option.param_type_name == "option" and not option.is_flag:
                    yield (*path, *("x" for _ in arguments), option.opts[-1], " ", option.opts[-1])
            for empty in arguments:
                yield (*path, *("" if one is empty else "x" for one in arguments), empty.metavar)


@pytest.mark.parametrize("words", list(_words()), ids=" ".join)
def test_no_empty_word_passes_in_silence(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    *arguments, named = words
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"error[usage]: {named} is empty" in done.err
    assert "help: " in done.err


def test_the_walk_sees_options_and_arguments() -> None:
    assert {("check", "x", "--show", " ", "--show"), ("explain", "x", "", "SUBJECT")} <= set(_words())


@pytest.mark.usefixtures("mistakes")
@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str, run: Run) -> None:
    arguments, said = MISTAKES[name]
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "error[" in done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert "\x1b" not in done.err
    assert not Path("a.csv").exists()
