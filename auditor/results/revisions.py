"""The rule files of a git revision, read without touching the working directory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from auditor.base.diagnostics import Place, UnusableError, text_of
from auditor.base.strict_yaml import MAX_BYTES
from auditor.base.suggest import did_you_mean
from auditor.results.git import Entry, Repository
from auditor.rules.files import packs_folder, rule_files, shipped_files
from auditor.rules.trees import WHAT, Tree, hidden

MOST_LINKS = 10  # symbolic links that lead to one file


@dataclass(frozen=True)
class Revision(Tree):
    """A repository as it was at a commit, over the disk: what lies outside of it is as it is now.

    Shipped packs are outside of a repository that does not hold them itself, wherever they are installed.
    """

    given: str  # as the user calls it: `main`, `HEAD~1`
    commit: str
    repository: Repository
    entries: Mapping[str, Entry]

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(str(folder) for path in self.entries for folder in PurePosixPath(path).parents)

    def is_dir(self, path: Path) -> bool:
        """Whether the commit has such a folder."""
        inside = self._inside(path)
        return super().is_dir(path) if inside is None else inside in self._folders

    def is_file(self, path: Path) -> bool:
        """Whether the commit has such a file."""
        inside = self._inside(path)
        return super().is_file(path) if inside is None else inside in self.entries

    def exists(self, path: Path) -> bool:
        """Whether the commit has anything of this name."""
        return self.is_dir(path) or self.is_file(path)

    def below(self, folder: Path) -> list[Path]:
        """All files in a folder of the commit and its folders, sorted, but for hidden ones."""
        inside = self._inside(folder)
        if inside is None:
            return super().below(folder)
        found = (path.relative_to(inside) for path in map(PurePosixPath, self.entries) if path.is_relative_to(inside))
        return sorted(folder / path for path in found if not hidden(Path(path)) and self.is_file(folder / path))

    def names(self, folder: Path) -> list[str]:
        """The names of the files in a folder of the commit itself, sorted."""
        inside = self._inside(folder)
        if inside is None:
            return super().names(folder)
        paths = map(PurePosixPath, self.entries)
        return sorted(path.name for path in paths if str(path.parent) == inside)

    def text(self, path: Path) -> str:
        """The text of a rule file of the commit."""
        inside = self._inside(path)
        if inside is None:
            return super().text(path)
        place = Place(self.name(path))
        if inside not in self.entries:
            raise UnusableError("file-missing", f"there is no such {WHAT}", place=place)
        return text_of(self.content(path), place, limit=MAX_BYTES, what=WHAT)

    def content(self, path: Path) -> bytes:
        """The bytes of a file of the commit."""
        inside = self._inside(path)
        return super().content(path) if inside is None else self.repository.content(self.entries[inside])

    def key(self, path: Path) -> Path:
        """The path with links followed as the commit has them."""
        inside = self._inside(path)
        return super().key(path) if inside is None else self.repository.root / inside

    def name(self, path: Path) -> str:
        """`REV:path`, the path from the root of the repository, as git itself names it."""
        inside = self._inside(path)
        return super().name(path) if inside is None else f"{self.given}:{inside}"

    def _inside(self, path: Path) -> str | None:
        """The path below the root, links followed; None where the path is outside."""
        path = Path(os.path.normpath(path.absolute()))
        root, packs = self.repository.root, packs_folder()
        if not path.is_relative_to(root) or (packs and path.is_relative_to(packs) and not self.holds_packs):
            return None
        return self._followed(path.relative_to(root).as_posix())

    @cached_property
    def holds_packs(self) -> bool:
        """Whether the shipped packs are part of the repository, as they are in that of auditor."""
        root, packs = self.repository.root, packs_folder()
        return bool(packs and packs.is_relative_to(root) and packs.relative_to(root).as_posix() in self._folders)

    def _followed(self, given: str) -> str:
        path = given
        for _ in range(MOST_LINKS):
            parts = PurePosixPath(path)
            steps = (str(step) for step in (*reversed(parts.parents), parts))
            link = next((step for step in steps if step in self.entries and self.entries[step].link), None)
            if link is None:
                return path
            goal = os.fsdecode(self.repository.content(self.entries[link]))
            path = os.path.normpath(PurePosixPath(link).parent / goal / parts.relative_to(link))
            if path.startswith(("/", "../")):
                break
        message = "a symbolic link leads out of the repository, or in a circle"
        raise UnusableError("link-outside", message, place=Place(f"{self.given}:{given}"))


def revision(text: str, specs: Sequence[str]) -> Revision:
    """The revision `text` of the repository that holds the rules `specs`.

    Raises UnusableError without git, outside of a repository, for rules of several ones, and for an unknown revision.
    """
    try:
        repositories = list(dict.fromkeys(Repository.of(folder) for folder in _folders(specs)))
    except UnusableError:
        if not all(shipped_files(spec) for spec in specs):
            raise
        message = f"{', '.join(specs)} came with auditor, and no revision of yours has another version of it"
        raise UnusableError("no-revision", message, help="name the rules that changed with -r") from None
    if len(repositories) > 1:
        message = f"the rules lie in {len(repositories)} git repositories, so `{text}` means several revisions"
        raise UnusableError("several-repositories", message, help="compare them one after the other")
    repository = repositories[0]
    commit = repository.commit(text)
    if commit is None:
        nearest = did_you_mean(text, repository.names())
        help = "; ".join(filter(None, (nearest, "where CI fetches little, fetch it first (`fetch-depth: 0`)")))
        raise UnusableError("unknown-revision", f"git knows no revision `{text}`", help=help)
    return Revision(text, commit, repository, repository.entries(commit))


def _folders(specs: Sequence[str]) -> list[Path]:
    """Where the rules lie: shipped packs only where nothing else is named."""
    paths = [path for spec in specs if not shipped_files(spec) for path in rule_files(spec)[:1]]
    paths = paths or [path for spec in specs for path in shipped_files(spec)[:1]]
    return list(dict.fromkeys(path.parent.resolve() for path in paths))


def then(specs: Sequence[str], tree: Revision) -> tuple[list[str | Path], list[str]]:
    """The specifications as they are read from a revision, and those that did not exist then."""
    found: list[str | Path] = []
    missing: list[str] = []
    for spec in specs:
        path = spec if shipped_files(spec) else Path(spec).parent.resolve() / Path(spec).name
        try:
            rule_files(path, tree=tree)
            found.append(path)
        except UnusableError as error:
            if error.diagnostic.code not in ("rules-missing", "no-rules"):
                raise
            missing.append(spec)
    return found, missing
