"""What an audit was made of: enough for somebody else to repeat it, and to see what is not the same."""

from __future__ import annotations

import hashlib
import json
import platform
import zoneinfo
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.log.contents import Content
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit

# Libraries that take part in reading, judging or measuring.
LIBRARIES = (
    "duckdb", "holidays", "ibis-framework", "numpy", "pyarrow", "pydantic", "pyyaml", "scipy", "sqlglot", "tzdata",
)  # fmt: skip


def provenance(audit: Audit) -> dict[str, Any]:
    """Versions, inputs with size (bytes) and SHA-256, options, and the moment of judgement; keys as in
    `docs/formats.md`.  No clock is read: the same audit of the same files gives the same.

    Log files are read once more, to make their digests.  Raises UnusableError when one of them has changed since.
    """
    from auditor import __version__

    origin, ruleset = audit.log.origin, audit.ruleset
    return {
        "auditor": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "time_zones": time_zones(),
        "as_of": iso_text(audit.judgement.as_of),
        "log": {"given": list(origin.given), "files": [_content(one) for one in origin.contents]},
        "mapping": origin.mapping and origin.mapping.as_dict(),
        "rules": {
            "given": None if ruleset.given is None else list(ruleset.given),
            "files": [{"pack": pack.name, **file.as_dict()} for pack in ruleset.packs for file in pack.files],
            "packs": [pack.as_dict() for pack in ruleset.packs],
        },
        "settings": dict(sorted(ruleset.settings.items())),
        "options": {
            "only": list(ruleset.only),
            "by": list(audit.inputs.by),
            "show": list(audit.show),
            "as_of": audit.inputs.as_of,
            "max_rejects": origin.max_rejects,
            "fail_on": audit.fail_on,
        },
    }


def complete(found: Mapping[str, Any]) -> bool:
    """Whether a provenance tells all that a result depends on: no table in memory, no rules made in Python."""
    return bool(found["log"]["files"]) and None not in found["log"]["files"] and found["rules"]["given"] is not None


def key(found: Mapping[str, Any]) -> str | None:
    """A SHA-256 of all that verdicts depend on, the same for the same audit wherever its files lie and however it is
    shown; None where not all of it is known.
    """
    if not complete(found):
        return None
    contents = {
        **{name: found[name] for name in ("auditor", "python", "libraries", "time_zones", "as_of", "settings")},
        "log": sorted(file["sha256"] for file in found["log"]["files"]),
        "mapping": found["mapping"] and found["mapping"]["sha256"],
        "rules": sorted((pack["name"], pack["sha256"]) for pack in found["rules"]["packs"]),
        "only": found["options"]["only"],
    }
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _content(content: Content | None) -> dict[str, Any] | None:
    return None if content is None else content.as_dict()


@cache
def time_zones() -> str | None:
    """The edition of the time zone data that Python reads, such as `2025b`; None where it cannot be told.

    Python asks the system first, and the library `tzdata` only where the system has none.
    """
    folders = [Path(folder) for folder in zoneinfo.TZPATH if (Path(folder) / "UTC").exists()]
    if folders:
        edition = folders[0] / "tzdata.zi"
        first = edition.read_text(encoding="utf-8").partition("\n")[0] if edition.is_file() else ""
        return first.removeprefix("# version ") if first.startswith("# version ") else None
    return str(import_module("tzdata").IANA_VERSION)
