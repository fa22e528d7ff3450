"""Manifests as they are read: what a file claims to be one may hold anything."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from auditor.base.diagnostics import Place, UnusableError, read_text
from auditor.results.manifest import VERSION
from auditor.rules.model import Severity

MAX_BYTES = 16 * 1024 * 1024
_HELP = "a manifest is what `auditor check … --output manifest=audit.json` has written"
_AGAIN = "take an unchanged copy, or write it again"


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a moment needs an offset")
    return text


def _path(text: str) -> str:
    """A path that a system can be asked for; raises ValueError."""
    raw = os.fsencode(text)
    if not raw or b"\0" in raw or len(raw) > 4096 or max(map(len, raw.split(b"/"))) > 255:
        raise ValueError("this is no path")
    return text


def _apart(rows: list[Any]) -> list[Any]:
    """Rules or packs, each of which stands once; raises ValueError."""
    names = [row.id if isinstance(row, RuleResult) else row.name for row in rows]
    if twice := _twice(names):
        raise ValueError(f"{twice[0]} stands twice")
    return rows


def _twice(names: list[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0)]
Moment = Annotated[str, AfterValidator(_moment)]
Name = Annotated[str, AfterValidator(_path)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class File(_Shape):
    """A log file or a mapping; `file` is None for a mapping made in Python."""

    file: Name | None
    size: Number
    sha256: Sha256


class LogFiles(_Shape):
    """What a log was read from; None: a table in memory."""

    given: list[Name | None]
    files: list[File | None]


class RuleFile(_Shape):
    """A file of a pack."""

    pack: str
    file: Name
    shipped: bool
    sha256: Sha256


class Pack(_Shape):
    """A pack as results cite it."""

    name: str
    version: str
    sha256: Sha256
    extends: list[str]


class RuleFiles(_Shape):
    """What rules were read from; `given` is None for rules made in Python."""

    given: list[Name] | None
    files: list[RuleFile]
    packs: Annotated[list[Pack], AfterValidator(_apart)]


class Options(_Shape):
    """How an audit was asked for."""

    only: list[str]
    by: list[str]
    show: list[str]
    as_of: str | None
    max_rejects: Annotated[float, Field(ge=0, le=1)]
    fail_on: Severity


class Provenance(_Shape):
    """What an audit was made of."""

    auditor: str
    python: str
    libraries: dict[str, str]
    time_zones: str | None
    as_of: Moment
    log: LogFiles
    mapping: File | None
    rules: RuleFiles
    settings: dict[str, str]
    options: Options


class Groups(_Shape):
    """Verdicts on the groups of a rule."""

    violated: Number
    undetermined: Number
    met: Number
    sha256: Sha256


class RuleResult(_Shape):
    """What came out for a rule."""

    id: str
    severity: Severity
    activations: Number
    violated: Number
    undetermined: Number
    pending: Number
    exempt: Number
    met: Number
    not_judged: str | None
    findings_sha256: Sha256
    groups: Groups | None


class Result(_Shape):
    """What came out."""

    rows: Number
    events: Number
    rejected: Number
    rules: Annotated[list[RuleResult], AfterValidator(_apart)]


class Manifest(_Shape):
    """A manifest."""

    manifest: int
    provenance: Provenance
    result: Result


def read_manifest(path: str | Path) -> Manifest:
    """The manifest in a file.

    Raises UnusableError for a file that cannot be read, is cut or damaged, is no manifest, or one of a later form.
    """
    place = Place(str(path))
    found = _parsed(read_text(Path(path), limit=MAX_BYTES, what="manifest"), place)
    form = found.get("manifest") if isinstance(found, dict) else None
    if type(form) is not int or form < 1:
        result = isinstance(found, dict) and {"auditor", "rules", "findings"} <= set(found)
        what = "the JSON result of an audit, not its manifest" if result else "no manifest of an audit"
        raise UnusableError("manifest-foreign", f"this is {what}", place=place, help=_HELP)
    if form > VERSION:
        message = f"this manifest has form {form}, and this auditor reads forms up to {VERSION}"
        raise UnusableError("manifest-newer", message, place=place, help="update auditor")
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:200]
        message = f"this manifest is damaged: `{where}`: {first['msg']}"
        raise UnusableError("manifest-damaged", message, place=place, help=_AGAIN) from None


def _parsed(text: str, place: Place) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = Place(place.file, error.lineno, error.colno)
        whole = text.strip()
        if whole.startswith("{") and (not whole.endswith("}") or not text[error.pos :].strip()):
            raise UnusableError("manifest-damaged", "this manifest is cut off here", place=where, help=_AGAIN) from None
        raise UnusableError("manifest-foreign", f"this is no JSON: {error.msg}", place=where, help=_HELP) from None
    except (RecursionError, ValueError) as error:  # brackets without end; a number of thousands of digits
        message = f"this is no manifest of an audit: {error}"
        raise UnusableError("manifest-foreign", message, place=place, help=_HELP) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError where a key stands twice: a reader may see the one, and a program the other."""
    if twice := _twice([key for key, _ in pairs]):
        raise ValueError(f"the key `{twice[0][:40]}` stands twice")
    return dict(pairs)
