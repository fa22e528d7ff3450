"""Where rule files are read from."""

from __future__ import annotations

from pathlib import Path

from auditor.base.diagnostics import read_text
from auditor.base.strict_yaml import MAX_BYTES

WHAT = "rule file"


class Tree:
    """The files as they lie on the disk."""

    def is_dir(self, path: Path) -> bool:
        """Whether there is such a folder."""
        return path.is_dir()

    def is_file(self, path: Path) -> bool:
        """Whether there is such a file."""
        return path.is_file()

    def exists(self, path: Path) -> bool:
        """Whether there is anything of this name."""
        return path.exists()

    def below(self, folder: Path) -> list[Path]:
        """All files in a folder and its folders, sorted, but for hidden ones."""
        found = sorted(folder.rglob("*"))
        return [path for path in found if path.is_file() and not hidden(path.relative_to(folder))]

    def names(self, folder: Path) -> list[str]:
        """The names of what lies in a folder itself, sorted."""
        return sorted(path.name for path in folder.iterdir())

    def text(self, path: Path) -> str:
        """The text of a rule file.  Raises UnusableError where it cannot be read."""
        return read_text(path, limit=MAX_BYTES, what=WHAT)

    def content(self, path: Path) -> bytes:
        """The bytes of a file that was read before."""
        return path.read_bytes()

    def key(self, path: Path) -> Path:
        """The same for all ways to write the path of a file."""
        return path.resolve()

    def name(self, path: Path) -> str:
        """The file for people."""
        return str(path)


def hidden(path: Path) -> bool:
    """Whether a relative path leads through a name that begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


DISK = Tree()
