"""A value of a file or of the environment, as typer takes the value of an option; each mistake in it is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.exceptions import TyperException

from auditor.base.diagnostics import Diagnostic, Place, UnusableError
from auditor.base.durations import parse_duration
from auditor.base.yaml_nodes import Node, Report
from auditor.cli import words
from auditor.cli.config_options import Option
from auditor.cli.config_paths import OUTPUT, PLACES, located

Value = bool | str | list[str]
_SHAPES: dict[type, str] = {
    bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a mapping",
}  # fmt: skip
SETTINGS = "NAME=VALUE"
SHARE = "SHARE"


def meaning(option: Option) -> object:
    """What tells options of one name apart that mean different things."""
    takes = option.takes
    return option.flag, option.number, takes == OUTPUT, PLACES.get(takes), _CHECKS.get(takes)


def taken(option: Option, node: Node, folder: Path, report: Report) -> Value | None:
    """The value, its paths read from `folder`; None after a mistake."""
    if option.flag and isinstance(node.value, bool):
        return node.value
    values = [_text(option, one, folder, report) for one in _parts(option, node)]
    texts = [value for value in values if value is not None]
    if not values:
        report("config-empty", f"`{option.name}` is empty", node.place, "give it a value, or remove it")
    if not values or len(texts) < len(values):
        return None
    return texts if option.many else texts[0]


def _parts(option: Option, node: Node) -> list[Node]:
    """The values one by one, as far as the option takes several; settings as `name=value`."""
    if option.takes == SETTINGS and isinstance(node.value, dict):
        return [_setting(name, below) for name, below in node.value.items()]
    return node.value if option.many and isinstance(node.value, list) else [node]


def _setting(name: str, node: Node) -> Node:
    """Anything but one value stays as it is, which is a mistake."""
    if node.value is None or isinstance(node.value, (list, dict)):
        return node
    value = str(node.value).lower() if isinstance(node.value, bool) else node.value
    return Node(f"{name}={value}", node.place, node.width)


def _text(option: Option, node: Node, folder: Path, report: Report) -> str | None:
    numeric = type(node.value) in (int, float) and (option.number or option.takes == SHARE)
    text = str(node.value) if numeric else node.value
    if text is None or (isinstance(text, str) and not text.strip()):
        report("config-empty", f"`{option.name}` is empty", node.place, "give it a value, or remove it", node.width)
    elif option.flag or not isinstance(text, str):
        message = f"`{option.name}` takes {_wanted(option)}; {_SHAPES[type(text)]} stands here"
        report("config-type", message, node.place, _remedy(option, text), node.width)
    elif "\0" in text:
        report("config-type", f"`{option.name}` holds a null character", node.place, "remove it", node.width)
    elif (mistake := _mistake(option, text)) is not None:
        report(mistake.code, f"{option.name}: {mistake.message}", node.place, mistake.help, node.width)
    else:
        return located(option.takes, text, folder, option.formats)
    return None


def _wanted(option: Option) -> str:
    if option.flag:
        return "true or false"
    if option.takes == SETTINGS:
        return "a mapping of names to single values"
    return "a text or a list of texts" if option.many else "one text"


def _remedy(option: Option, value: object) -> str:
    if option.flag:
        return "write true or false, without quotes"
    return f'write "{value}" for the text' if isinstance(value, (int, float)) else ""


def _mistake(option: Option, text: str) -> Diagnostic | None:
    try:
        if option.words:
            for word in words.words([text]) if option.many else [text]:
                words.one_of(word, option.words)
        elif option.takes in _CHECKS:
            _CHECKS[option.takes](text)
        elif option.number:
            option.param.get_runtime_param().coerce(text, option.param, None)
    except UnusableError as error:
        return error.diagnostic
    except TyperException as error:
        return Diagnostic("config-value", f"`{text}`: {error.message}", Place(""))
    except ValueError as error:
        return Diagnostic("config-value", f"`{text}`: {error}", Place(""))
    return None


def _moment(text: str) -> None:
    from auditor.results.options import instant

    if text != "now":
        instant(text)


_CHECKS: dict[str, Callable[[str], object]] = {
    SHARE: words.share,
    "TIME": _moment,
    "DURATION": parse_duration,
    SETTINGS: lambda text: words.settings([text]),
}
