"""What a run has read, so that it can be said later, by SHA-256, what a result was made of."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from auditor.base.diagnostics import Place, UnusableError


@dataclass(frozen=True)
class Content:
    """A file as it was when it was read; or bytes that are gone since, whose digest was made at once."""

    name: str | None  # as given, with `/`; None: never was a file
    size: int  # bytes
    path: Path | None = None  # where it was read, wherever the working directory is now
    modified: int = 0  # nanoseconds, as the file system tells it
    digest: str = ""  # of bytes that are gone

    @classmethod
    def of_file(cls, path: Path, name: str) -> Content:
        """The file as it is now; it is not read.  Raises OSError."""
        found = path.stat()
        return cls(slashes(name), found.st_size, path.absolute(), found.st_mtime_ns)

    @classmethod
    def of_bytes(cls, raw: bytes, name: str | None = None) -> Content:
        """These bytes."""
        return cls(name, len(raw), digest=hashlib.sha256(raw).hexdigest())

    def sha256(self) -> str:
        """The digest, in hexadecimal digits; reads the file in pieces.

        Raises UnusableError when the file has gone, or has changed since it was read: its digest would be that of
        something else.
        """
        if self.path is None:
            return self.digest
        place = Place(str(self.name))
        try:
            with self.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                now = os.fstat(stream.fileno())
        except OSError as error:
            message = f"cannot read this file again to take its SHA-256: {error.strerror}"
            raise UnusableError("input-gone", message, place=place, help="keep inputs until the run ends") from None
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            help = "audit a copy that nobody writes to"
            raise UnusableError("input-changed", "this file has changed since it was read", place=place, help=help)
        return digest

    def as_dict(self) -> dict[str, str | int | None]:
        """Name, size and digest.  Raises UnusableError as `sha256` does."""
        return {"file": self.name, "size": self.size, "sha256": self.sha256()}


def slashes(name: str) -> str:
    """A path as given, with `/` on every system."""
    return name.replace(os.sep, "/")
