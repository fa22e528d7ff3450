"""What may have a default of the user's own: each option of a command, and the LOG, RULES or STORE that it is about.

An option where such a default would be wrong says `allow_from_autoenv=False`: `verify` takes from the manifest what the
command line does not give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PREFIX = "AUDITOR_"
ARGUMENTS = ("LOG", "RULES", "STORE")  # the case or the rule that a command is asked about is typed
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True)
class Option:
    """An option or argument of one command, as a file and the environment name it."""

    command: str
    param: Any
    formats: tuple[str, ...] = ()  # of its command

    @property
    def name(self) -> str:
        """The long name, with `_`: `fail_on`."""
        if self.param.param_type_name == "argument":
            return str(self.param.metavar).lower()
        return str(max(self.param.opts, key=len)).lstrip("-").replace("-", "_")

    @property
    def short(self) -> str:
        """The short name, or the long one where there is none."""
        return str(min(self.param.opts, key=len)).lstrip("-")

    @property
    def flag(self) -> bool:
        """Whether it takes no value."""
        return bool(getattr(self.param, "is_flag", False))

    @property
    def many(self) -> bool:
        """Whether it takes several values."""
        return bool(self.param.nargs == -1 or getattr(self.param, "multiple", False))

    @property
    def number(self) -> bool:
        """Whether its value is a number."""
        return self.param.type_descriptor.annotation in (int, float)

    @property
    def takes(self) -> str:
        """What its values are, as the help calls them: `FILE`, `NAME=VALUE`, …; '' for a flag."""
        return "" if self.flag else str(self.param.metavar or "")

    @property
    def words(self) -> tuple[str, ...]:
        """The only words that it knows; none where there are others."""
        return _words(self.param)

    @property
    def variable(self) -> str:
        """The name of its variable: `AUDITOR_FAIL_ON`."""
        return f"{PREFIX}{self.name.upper()}"

    def typed(self, value: bool | str | list[str]) -> str:
        """It and its value as on the command line, passwords left out."""
        said = max(self.param.opts, key=len) if self.param.param_type_name == "option" else self.takes
        if isinstance(value, bool):
            return said if value else f"no {said}"
        values = value if isinstance(value, list) else [value]
        return " ".join(f"{said} {_PASSWORD.sub('…@', one)}" for one in values)


def options(program: Any, above: str = "") -> dict[str, dict[str, Option]]:
    """The options of all commands below a program or group: `rules test` → `format` → Option."""
    found: dict[str, dict[str, Option]] = {}
    for name, command in program.commands.items():
        path = f"{above} {name}".strip()
        if hasattr(command, "commands"):
            found |= options(command, path)
            continue
        found[path] = {option.name: option for option in _own(path, command.params)}
    return found


def _own(command: str, params: list[Any]) -> Iterator[Option]:
    about = [param for param in params if param.param_type_name == "argument"][:1]
    formats = next((_words(param) for param in params if param.name == "format"), ())
    for param in params:
        if param.metavar in ARGUMENTS if param in about else getattr(param, "allow_from_autoenv", False):
            yield Option(command, param, formats)


def _words(param: Any) -> tuple[str, ...]:
    return tuple(getattr(param.type_descriptor.parameter_info.autocompletion, "words", ()))
