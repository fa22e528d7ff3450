"""What an audit was made of, as facts for readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.results.provenance import complete, provenance

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def made_of(audit: Audit) -> list[tuple[str, list[str]]]:
    """Names and values.  Raises UnusableError when a log file has changed since it was read."""
    found = provenance(audit)
    return [(name, values) for name, values in _facts(found) if values]


def _facts(found: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "judged as of", [found["as_of"]]
    yield "log", [_file(file) if file else "a table in memory" for file in found["log"]["files"]]
    yield "mapping", [_file(found["mapping"])] if found["mapping"] else []
    yield "rule files", [_file(file) for file in found["rules"]["files"]]
    yield "settings", [f"{name} = {value}" for name, value in found["settings"].items()]
    yield "options", [f"{name.replace('_', '-')}: {_option(value)}" for name, value in found["options"].items()
                      if value not in (None, [], "")]  # fmt: skip
    yield "auditor", [found["auditor"]]
    libraries = {"Python": found["python"], **found["libraries"], "time zones": found["time_zones"]}
    yield "versions", [", ".join(f"{name} {version}" for name, version in libraries.items() if version)]
    if not complete(found):
        yield "not known", ["a table in memory or rules made in Python took part, so that this is not all"]


def _file(file: Mapping[str, Any]) -> str:
    size = f", {file['size']:,} bytes" if "size" in file else ", shipped with auditor" if file.get("shipped") else ""
    return f"{file['file']}{size}, SHA-256 {file['sha256']}"


def _option(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
