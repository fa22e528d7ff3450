"""Defaults of the user's own: the command line beats the environment, which beats `auditor.yaml`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.base.diagnostics import Diagnostic, Place, UnusableError, collect
from auditor.cli import config_environment as environment
from auditor.cli.config_file import NAME, nearest
from auditor.cli.config_options import Option, options
from auditor.cli.config_values import Value

if TYPE_CHECKING:
    from auditor.cli.config_page import Page


@dataclass(frozen=True)
class Default:
    """The value of an option, and where it stands: `auditor.yaml:3` or `AUDITOR_FAIL_ON`."""

    option: Option
    value: Value
    origin: str


@dataclass(frozen=True)
class Defaults:
    """What the options of a run have that are not typed."""

    source: str  # which auditor.yaml was used, or why none
    values: dict[str, Default]  # by the parameter's own name
    warnings: tuple[Diagnostic, ...]

    def told(self) -> str:
        """The source, and each default with its place."""
        lines = [f"  {one.origin}: {one.option.typed(one.value)}" for one in self.values.values()]
        return "\n".join([f"configuration: {self.source}", *lines])

    def named(self) -> str:
        """Which options have which default, in a line; '' where none has."""
        return ", ".join(f"{one.option.name} ({one.origin})" for one in self.values.values())


def defaults(program: Any, command: str, chosen: dict[str, Any], typed: Iterable[str]) -> Defaults:
    """The defaults for a command; `chosen` are the options of the program, `typed` the parameters that need none.

    Raises DiagnosticsError with every mistake in the file and in the variables that count.
    """
    commands = options(program)
    found: list[Diagnostic] = []
    page, source = _page(program, commands, chosen, found)
    values = {}
    for option in commands[command].values():
        if option.param.name in typed:
            continue
        if option.variable in os.environ:
            value, origin = environment.value(option, os.environ, found), Place(option.variable)
        else:
            value, origin = page.value(option) if page is not None else (None, Place(""))
        if value is not None:
            values[option.param.name] = Default(option, value, str(Place(origin.file, origin.line)))
    collect([*found, *(page.found if page is not None else ())])
    own = [Option("", param) for param in program.params]
    every = [option for listed in commands.values() for option in listed.values()]
    return Defaults(source, values, tuple(environment.unknown(os.environ, [*own, *every])))


def _page(
    program: Any, commands: dict[str, dict[str, Option]], chosen: dict[str, Any], found: list[Diagnostic]
) -> tuple[Page | None, str]:
    """The file that counts, and what to say of it."""
    named, none = chosen.get("config"), chosen.get("no_config")
    if not named and not none:
        own = {param.name: Option("", param) for param in program.params}
        named, none = (environment.value(own[name], os.environ, found) for name in ("config", "no_config"))
        collect(found)
    if named and none:
        raise UnusableError("usage", "a configuration is both named and switched off", help="leave one of the two out")
    path = Path(str(named)) if named else None if none else nearest()
    if path is None:
        return None, "none, as asked" if none else f"none; there is no {NAME} in this folder or above"
    from auditor.cli.config_page import read

    return read(path, commands), str(path)
