"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from auditor.base.diagnostics import Place, UnusableError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file `path` at the end; after a failure the old file is still there.

    Devices and pipes are written to as they are.
    """
    if special(path):
        with _told(path), path.open("wb") as stream:
            yield stream
        return
    with beside(path) as temporary, temporary.open("wb") as stream:
        yield stream


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file whose content becomes the file `path` at the end; after a failure the old file is still there."""
    with _told(path):
        place = path.resolve()  # a symbolic link stays one
        handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}.", dir=place.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)


def special(path: Path) -> bool:
    """A device or a pipe."""
    return path.exists() and not path.is_file()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnusableError(
            "output-failed", f"cannot write this output: {error.strerror}", place=Place(str(path))
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
