"""Which `auditor.yaml` counts."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from auditor.base.diagnostics import Place, UnusableError

NAME = "auditor.yaml"


def nearest() -> Path | None:
    """The auditor.yaml of the working directory or of the next folder above that has one, as a path from there.

    Nothing above the user's home counts where the working directory lies in it.  Raises UnusableError for one that is
    no file, or that somebody else has put where everybody may write.
    """
    try:
        here = Path.cwd()
    except OSError:  # the folder is gone
        return None
    home = _home()
    for steps, folder in enumerate((here, *here.parents)):
        if os.path.lexists(folder / NAME):
            found = Path(*[".."] * steps, NAME)
            _trusted(found)
            return found
        if folder == home:
            break
    return None


def _home() -> Path | None:
    with suppress(RuntimeError, OSError):
        return Path.home().resolve()
    return None


def _trusted(path: Path) -> None:
    with suppress(OSError):  # told when it is read
        file, folder = path.stat(), path.absolute().parent.stat()
        if not stat.S_ISREG(file.st_mode) and not stat.S_ISDIR(file.st_mode):
            raise UnusableError("file-unreadable", "this configuration is no regular file", place=Place(str(path)))
        if folder.st_mode & stat.S_IWOTH and hasattr(os, "geteuid") and file.st_uid not in (0, os.geteuid()):
            raise UnusableError(
                "config-untrusted", "somebody else has put this configuration where everybody may write",
                place=Place(str(path)), help="name it with --config if you trust it; --no-config runs without it",
            )  # fmt: skip
