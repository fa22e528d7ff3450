"""What git is asked: read only, past the network, and with nothing that a user writes as one of its options."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.base.diagnostics import UnusableError

_COMMIT = re.compile(r"^[0-9a-f]{40}([0-9a-f]{24})?$")
_OWN = {"GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
# In a hook these name the repository of the commit, wherever the rules are.
_OTHERS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE")
_LINK, _FILE = "120000", ("100644", "100755")


@dataclass(frozen=True)
class Entry:
    """A file or a symbolic link of a commit."""

    blob: str
    link: bool


@dataclass(frozen=True)
class Repository:
    """The repository that a folder belongs to."""

    root: Path

    @classmethod
    def of(cls, folder: Path) -> Repository:
        """Raises UnusableError where there is no git, or no repository."""
        found = _git(folder, "rev-parse", "--show-toplevel")
        if found.returncode:
            said = _said(found)
            message = f"{folder} is in no git repository" if "not a git repository" in said else f"git says: {said}"
            raise UnusableError("no-repository", message, help="give --against a file, a folder or a shipped pack")
        return cls(Path(os.fsdecode(found.stdout.removesuffix(b"\n"))).resolve())

    def commit(self, revision: str) -> str | None:
        """The commit that a revision means; None where it means none.  Raises UnusableError where it means several."""
        if not revision or revision.startswith("-") or not revision.isprintable():
            return None
        found = _git(self.root, "rev-parse", "--verify", f"{revision}^{{commit}}")
        if b"is ambiguous" in found.stderr:
            help = f"write refs/heads/{revision} for the branch, refs/tags/{revision} for the tag, or more of the hash"
            raise UnusableError("ambiguous-revision", f"`{revision}` means several revisions", help=help)
        commit = found.stdout.decode("ascii", "replace").strip()
        return commit if not found.returncode and _COMMIT.match(commit) else None

    def names(self) -> list[str]:
        """The branches and tags."""
        found = _git(self.root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
        return found.stdout.decode(errors="replace").split()

    def entries(self, commit: str) -> Mapping[str, Entry]:
        """The files and links of a commit by path below the root."""
        entries = {}
        for line in self._must("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            head, _, path = line.partition(b"\t")
            mode, _, blob = head.decode().partition(" blob ")
            if mode == _LINK or mode in _FILE:
                entries[os.fsdecode(path)] = Entry(blob, mode == _LINK)
        return entries

    def content(self, entry: Entry) -> bytes:
        """What a file or link holds, as it was committed: no filter of the repository is run."""
        return self._must("cat-file", "blob", entry.blob)

    def _must(self, *arguments: str) -> bytes:
        found = _git(self.root, *arguments)
        if found.returncode:
            help = "a shallow or partial clone may lack it: fetch the history first"
            raise UnusableError("git-failed", f"git {arguments[0]} says: {_said(found)}", help=help)
        return found.stdout


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        help = "install git, or give --against a file, a folder or a shipped pack"
        raise UnusableError("no-git", "a revision needs git, which is not installed here", help=help)
    environment = {name: value for name, value in os.environ.items() if name not in _OTHERS} | _OWN
    command = [program, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603 - no shell


def _said(found: subprocess.CompletedProcess[bytes]) -> str:
    """Git's own words, in one line."""
    return " ".join(found.stderr.decode(errors="replace").split()) or f"exit code {found.returncode}"
