"""An audit again, from its manifest: is it still what came out?"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from auditor.base.diagnostics import Place, UnusableError
from auditor.results.check import check
from auditor.results.differences import Difference, differences
from auditor.results.manifest import manifest
from auditor.results.manifest_file import File, LogFiles, Manifest, read_manifest

_MOVED = "paths in a manifest are read from the working directory; if it has moved, name it"


@dataclass(frozen=True)
class Verification:
    """A manifest, and that of the same audit made again."""

    file: str
    before: Manifest
    after: Manifest

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What differs, causes before effects."""
        return differences(self.before, self.after)

    @property
    def same_result(self) -> bool:
        """Whether the same came out, whatever it was made of."""
        return not any(one.cause == "result" for one in self.differences)

    @property
    def exit_code(self) -> int:
        """1 where anything differs."""
        return 1 if self.differences else 0


def verify(
    path: str | Path,
    logs: Sequence[str] = (),
    mapping: str | None = None,
    rules: Sequence[str] = (),
    *,
    memory: str | None = None,
) -> Verification:
    """The audit of a manifest made again, as of the same moment of judgement and with the same settings.

    `logs`, `mapping` and `rules` say where these are now; else they are where the manifest says, from the working
    directory.  Raises UnusableError for a manifest that cannot be read or does not say where its inputs are; otherwise
    as `check`.
    """
    before = read_manifest(path)
    made = before.provenance
    audit = check(
        list(logs) or _logs(made.log),
        list(rules) or _rules(made.rules.given),
        mapping or _mapping(made.mapping),
        as_of=made.as_of,
        only=made.options.only,
        settings=made.settings,
        max_rejects=made.options.max_rejects,
        memory=memory,
    )
    return Verification(str(path), before, Manifest.model_validate(manifest(audit)))


def _logs(known: LogFiles) -> list[str]:
    help = "name it: auditor verify MANIFEST LOG"
    found = [name for name in known.given if name is not None and name != "-"]
    if not found or len(found) < len(known.given):
        what = "from standard input" if "-" in known.given else "from a table in memory"
        raise UnusableError("manifest-log", f"the log of this manifest came {what}, which is gone", help=help)
    for name in found:
        if Path(name).exists() or not glob.has_magic(name):
            _regular(name, "log", "auditor verify MANIFEST LOG")
    return found


def _mapping(known: File | None) -> str | None:
    if known is None:
        return None
    if known.file is None:
        message = "the mapping of this manifest was made in Python"
        raise UnusableError("manifest-mapping", message, help="write it to a file, and name it with -m")
    _regular(known.file, "mapping", "-m FILE")
    return known.file


def _rules(given: list[str] | None) -> list[str]:
    if not given:
        message = "the rules of this manifest were made in Python"
        raise UnusableError("manifest-rules", message, help="write them to a file, and name it with -r")
    for name in given:
        if Path(name).exists() and not Path(name).is_dir():
            _regular(name, "rule file", "-r RULES")
    return given


def _regular(name: str, what: str, how: str) -> None:
    """A manifest may name anything; a device or a pipe is not opened."""
    if not Path(name).is_file():
        missing = not Path(name).exists()
        message = f"the {what} of this manifest is not there" if missing else f"the {what} of this manifest is no file"
        raise UnusableError("manifest-moved", message, place=Place(name), help=f"{_MOVED}: {how}")
