"""Defaults from the environment: `AUDITOR_FAIL_ON=high`; several values with commas between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place
from auditor.base.suggest import nearest
from auditor.base.yaml_nodes import Node
from auditor.cli.config_options import PREFIX, Option
from auditor.cli.config_values import Value, taken

_SWITCH = {"true": True, "1": True, "false": False, "0": False}


def value(option: Option, environment: Mapping[str, str], found: list[Diagnostic]) -> Value | None:
    """The value of an option in the environment, None where there is none; mistakes go to `found`."""
    text = environment.get(option.variable)
    if text is None:
        return None

    def report(code: str, message: str, place: Place, help: str = "", width: int = 1) -> None:
        found.append(Diagnostic(code, message, place, help, "", width))

    return taken(option, _node(option, text), Path(), report)


def _node(option: Option, text: str) -> Node:
    place = Place(option.variable)
    if option.flag and text:
        return Node(_SWITCH.get(text.strip().lower(), text), place)
    if option.many and "," in text:
        return Node([Node(part.strip(), place) for part in text.split(",")], place)
    return Node(text, place)


def unknown(environment: Mapping[str, str], options: Iterable[Option]) -> list[Diagnostic]:
    """A warning for each variable that looks like ours and is none."""
    known = {option.variable.removeprefix(PREFIX) for option in options}
    found = []
    for name in sorted(environment):
        word = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and word not in known:
            meant = nearest(word, known)
            help = f"did you mean `{PREFIX}{meant}`?" if meant else ""
            message = "this variable means nothing to auditor"
            found.append(Diagnostic("config-variable", message, Place(name), help, level="warning"))
    return found
