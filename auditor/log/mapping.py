"""Mapping files: read strictly, every mistake located, all of them in one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.base import strict_yaml
from auditor.base.diagnostics import Diagnostic, DiagnosticsError, Place
from auditor.base.strict_yaml import Document, Node
from auditor.base.suggest import did_you_mean
from auditor.log.contents import Content
from auditor.log.spec import (
    EventName,
    FieldSpec,
    JsonArray,
    Mapping,
    NamedPart,
    Opinion,
    Part,
    Snowflake,
    Source,
    TimeSpec,
    When,
)

Steps = tuple[str | int, ...]
ROOT = "log"
_MODELS: dict[str, type[Any]] = {
    "fields": FieldSpec, "event": EventName, "time": TimeSpec, "source": Source, "when": When,
    "json_array": JsonArray, "snowflake": Snowflake, "sources": NamedPart, "asserted": Opinion,
}  # fmt: skip


@dataclass(frozen=True)
class LoadedMapping:
    """A mapping and, where it came from a file, the text to point at."""

    model: Mapping
    document: Document | None = None
    content: Content | None = None  # of the file, or of the model as JSON; None: no mapping was given

    def diagnostic(self, code: str, message: str, steps: Steps, help: str = "") -> Diagnostic:
        """A diagnostic at the value that `steps` lead to."""
        if self.document is None:
            where = ".".join(str(step) for step in steps)
            return Diagnostic(code, message, Place(f"<mapping> {where}".strip()), help)
        node = self.document.root.at((ROOT, *steps))
        return self.document.diagnostic(code, message, node.place, help=help, width=node.width)

    def at_key(self, code: str, message: str, steps: Steps, help: str = "") -> Diagnostic:
        """A diagnostic at the key that `steps` end with."""
        if self.document is None:
            return self.diagnostic(code, message, steps, help)
        return _at_key(self.document, code, message, (ROOT, *steps), help)


def _at_key(document: Document, code: str, message: str, steps: Steps, help: str) -> Diagnostic:
    parent = document.root.at(steps[:-1])
    key = str(steps[-1])
    place = parent.key_places.get(key)
    if place is None:
        return document.diagnostic(code, message, parent.place, help=help, width=parent.width)
    return document.diagnostic(code, message, place, help=help, width=len(key))


def load_mapping(path: Path | str) -> LoadedMapping:
    """Read a mapping file.

    Raises UnusableError for a file that cannot be read, DiagnosticsError with every mistake found in it.
    """
    file = Path(path)
    content = Content.of_file(file, str(path)) if file.is_file() else None
    return replace(parse_mapping(strict_yaml.load(file, what="mapping")), content=content)


def parse_mapping(document: Document) -> LoadedMapping:
    """The mapping in a parsed document.  Raises DiagnosticsError with every mistake found."""
    from auditor.log.lint import mistakes

    root = document.root
    if not isinstance(root.value, dict) or ROOT not in root.value:
        found = ", ".join(f"`{key}`" for key in root.value) if isinstance(root.value, dict) else "nothing"
        raise DiagnosticsError(
            [
                document.diagnostic(
                    "mapping-root",
                    f"a mapping stands under the key `{ROOT}`; found {found}",
                    root.place,
                    help="begin the file with `log:`",
                )
            ]
        )
    problems = [
        _at_key(document, "unknown-key", f"unknown key `{key}`", (key,), did_you_mean(key, [ROOT]))
        for key in root.value
        if key != ROOT
    ]
    body = root.value[ROOT].plain()
    try:
        loaded = LoadedMapping(Mapping.model_validate({} if body is None else body), document)
    except ValidationError as error:
        problems += [_located(document, dict(item)) for item in error.errors(include_url=False)]
        raise DiagnosticsError(problems) from None
    problems += mistakes(loaded)
    if problems:
        raise DiagnosticsError(problems)
    return loaded


def _located(document: Document, item: dict[str, Any]) -> Diagnostic:
    steps = tuple(_real_steps(document.root, (ROOT, *item["loc"])))
    if item["type"] == "extra_forbidden":
        key = str(item["loc"][-1])
        known = _known_keys(steps[:-1])
        return _at_key(document, "unknown-key", f"unknown key `{key}`", steps, did_you_mean(key, known, limit=14))
    if item["type"] == "missing":
        key = str(item["loc"][-1])
        node = document.root.at(steps)
        return document.diagnostic("missing-key", f"the key `{key}` is missing here", node.place, width=node.width)
    node = document.root.at(steps)
    message = str(item["msg"]).removeprefix("Value error, ")
    return document.diagnostic(
        "bad-value", f"{_name(steps)}: {message[:1].lower()}{message[1:]}", node.place, width=node.width
    )


def _name(steps: Steps) -> str:
    return "`" + ".".join(str(step) for step in steps[1:]) + "`" if len(steps) > 1 else "`log`"


def _real_steps(root: Node, steps: Steps) -> Iterator[str | int]:
    """The steps that the file has: those that only the model has (`fields` of an entry, union tags) are left out."""
    here: Node | None = root
    for index, step in enumerate(steps):
        value = here.value if here else None
        if isinstance(value, dict) and str(step) in value:
            here = value[str(step)]
            yield str(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            here = value[step]
            yield step
        elif index == len(steps) - 1:
            yield step


def _known_keys(parents: Steps) -> list[str]:
    model: type[Any] = Mapping
    for step in parents[1:]:
        model = _MODELS.get(str(step), model)
    if model is Mapping and len(parents) > 2 and parents[1] == "sources":
        model = NamedPart
    if model is Mapping and len(parents) > 1:
        model = FieldSpec
    return [info.alias or name for name, info in model.model_fields.items()]


def of_model(model: Mapping) -> LoadedMapping:
    """A mapping made in Python, checked like a file."""
    from auditor.log.lint import mistakes

    content = Content.of_bytes(model.model_dump_json(by_alias=True, exclude_defaults=True).encode())
    loaded = LoadedMapping(model, content=content)
    found = mistakes(loaded)
    if found:
        raise DiagnosticsError(found)
    return loaded


def steps_of(part: Part, mapping: Mapping) -> Steps:
    """Where a part stands in the file."""
    for name, candidate in mapping.sources.items():
        if candidate.files == getattr(part, "files", None):
            return ("sources", name)
    return ()
