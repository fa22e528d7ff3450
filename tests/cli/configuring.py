"""The program with commands that only say what they were given, so that no audit is run to see a default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from auditor.cli import main
from auditor.cli.config_options import Option, options

PROGRAM: Any = get_command(main.app)
COMMANDS = options(PROGRAM)
EVERY = [option for listed in COMMANDS.values() for option in listed.values()]
Given = dict[str, Any]


def given(*arguments: str) -> Given:
    """What a command would be called with, by parameter; errors are raised as they are."""
    seen: Given = {}
    for command in _leaves(PROGRAM):
        command.callback = lambda **values: seen.update(values)
    PROGRAM.main([*arguments], prog_name="auditor", standalone_mode=False)
    return seen


def _leaves(group: Any) -> list[Any]:
    below = group.commands.values()
    return [leaf for one in below for leaf in (_leaves(one) if hasattr(one, "commands") else [one])]


def typed(command: str, *but: str) -> list[str]:
    """The words of a command, with all arguments that it needs but these."""
    here = PROGRAM
    for name in command.split():
        here = here.commands[name]
    return [*command.split(), *(f"typed-{one.name}" for one in here.params if one.required and one.name not in but)]


class Workplace:
    """A home with a working directory in it, and the configuration there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.here = home / "work"
        self.file = self.here / "auditor.yaml"
        self.here.mkdir()

    def says(self, text: str) -> None:
        """Write the configuration of the working directory."""
        self.file.write_text(text)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A working directory where configurations count."""
    monkeypatch.delenv("AUDITOR_NO_CONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    place = Workplace(tmp_path)
    monkeypatch.chdir(place.here)
    return place


def option(command: str, name: str) -> Option:
    """An option by the names that a file has for it."""
    return COMMANDS[command][name]
