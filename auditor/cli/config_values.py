"""A value of a file or of the environment, as typer takes the value of an option; each mistake in it is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from auditor.base.diagnostics import UnusableError
from auditor.base.yaml_nodes import Node, Report
from auditor.cli import words
from auditor.cli.config_options import Option
from auditor.cli.config_paths import PLACES, located

Value = bool | str | list[str]
_SHAPES = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a mapping"}
SETTINGS = "NAME=VALUE"
NUMBERS = ("SHARE",)


def meaning(option: Option) -> tuple[bool, str]:
    """What tells options of one name apart that mean different things."""
    return option.flag, option.takes if option.takes in {*PLACES, *_CHECKS} else ""


def taken(option: Option, node: Node, folder: Path, report: Report) -> Value | None:
    """The value, its paths read from `folder`; None after a mistake."""
    if node.value is None:
        report("config-empty", f"`{option.name}` has no value", node.place, "give it one, or remove this line")
        return None
    if option.flag:
        if isinstance(node.value, bool):
            return node.value
        _misfit(option, node, "true or false", report)
        return None
    if option.takes == SETTINGS and isinstance(node.value, dict):
        nodes = [_setting(name, below) for name, below in node.value.items()]
    elif option.many and isinstance(node.value, list):
        nodes = node.value
    else:
        nodes = [node]
    if not nodes:
        report("config-empty", f"`{option.name}` is an empty list", node.place, "give it a value, or remove this line")
        return None
    values = [_text(option, one, folder, report) for one in nodes]
    texts = [value for value in values if value is not None]
    if len(texts) < len(values):
        return None
    return texts if option.many else texts[0]


def _setting(name: str, node: Node) -> Node:
    """`{limit: 12h}` as `limit=12h`; anything but one value stays, and is no text."""
    if node.value is None or isinstance(node.value, (list, dict)):
        return node
    value = str(node.value).lower() if isinstance(node.value, bool) else node.value
    return Node(f"{name}={value}", node.place, node.width, style=node.style)


def _text(option: Option, node: Node, folder: Path, report: Report) -> str | None:
    numeric = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    if numeric and option.takes in NUMBERS:
        text = str(node.value)
    elif isinstance(node.value, str):
        text = node.value
    else:
        wanted = "a mapping of names to values" if option.takes == SETTINGS else "a text"
        _misfit(option, node, wanted if option.many else f"one value, {wanted}", report)
        return None
    if not text.strip():
        report("config-empty", f"`{option.name}` has an empty value", node.place, "give it one, or remove it")
        return None
    try:
        _check(option, text)
    except UnusableError as error:
        found = error.diagnostic
        report(found.code, f"{option.name}: {found.message}", node.place, found.help, node.width)
        return None
    return located(option.takes, text, folder)


def _misfit(option: Option, node: Node, wanted: str, report: Report) -> None:
    stands = _SHAPES.get(type(node.value), "nothing")
    several = " or a list of them" if option.many and option.takes != SETTINGS else ""
    message = f"`{option.name}` takes {wanted}{several}; {stands} stands here"
    quotes = f'write "{node.value}" in quotes for the text' if stands in ("a number", "true or false") else ""
    report("config-type", message, node.place, "" if option.flag else quotes, node.width)


def _check(option: Option, text: str) -> None:
    if option.words:
        for word in words.words([text]) if option.many else [text]:
            words.one_of(word, option.words)
    elif option.takes in _CHECKS:
        _CHECKS[option.takes](text)


def _moment(text: str) -> None:
    from auditor.results.options import instant

    if text != "now":
        instant(text)


_CHECKS: dict[str, Callable[[str], object]] = {
    "SHARE": words.share,
    "TIME": _moment,
    SETTINGS: lambda text: words.settings([text]),
}
