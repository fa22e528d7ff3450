"""The log of a command, and its rejected rows."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.base.diagnostics import UnusableError

if TYPE_CHECKING:
    from auditor.log.log import Log


def open_log(
    sources: list[str], mapping: str | None, *, max_rejects: float, memory: str | None, rejects: Path | None
) -> Log:
    """The log; its rejected rows are written to `rejects`, above all when they are too many to go on."""
    from auditor import results
    from auditor.outputs import rejected

    if rejects is None:
        return results.open_log(sources, mapping, max_rejects=max_rejects, memory=memory)
    try:
        log = results.open_log(sources, mapping, max_rejects=max_rejects, memory=memory)
    except UnusableError as error:
        if error.diagnostic.code == "too-many-rejects" and "-" not in sources:
            rejected.write(results.open_log(sources, mapping, max_rejects=1, memory=memory), rejects)
        raise
    rejected.write(log, rejects)
    return log


def paths(names: Sequence[str]) -> list[Path]:
    """The files that names and globs on the command line stand for, as far as they exist."""
    return [Path(path) for name in names for path in ([name] if Path(name).exists() else glob.glob(name))]  # noqa: PTH207


def rule_paths(specs: Sequence[str]) -> list[Path]:
    """The files of rules that files, folders and packs stand for, as far as they exist."""
    from auditor.rules.files import rule_files

    found: list[Path] = []
    for spec in specs:
        with suppress(UnusableError):  # the rules themselves are read later, and a git revision has no file
            found += rule_files(spec)
    return found
