"""Files before and now: the same content is the same file, wherever it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Protocol, TypeVar


class Digested(Protocol):
    """A file by name, and the digest of its content."""

    @property
    def file(self) -> str | None:
        """The path as given."""

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""


F = TypeVar("F", bound=Digested)


def matched(old: Sequence[F], new: Sequence[F]) -> Iterator[tuple[F | None, F | None]]:
    """What differs: files that changed, with what they are now; then those that are missing, and new ones.

    A file whose content is not there is the one of the same path or, next, of the same name; or the only one left.
    """
    before, after = list(old), list(new)
    _taken(before, after, lambda one: one.sha256)
    yield from _taken(before, after, lambda one: str(one.file))
    yield from _taken(before, after, lambda one: PurePosixPath(str(one.file)).name)
    if len(before) == len(after) == 1:
        yield before[0], after[0]
    else:
        yield from ((one, None) for one in before)
        yield from ((None, one) for one in after)


def _taken(before: list[F], after: list[F], key: Callable[[F], str]) -> list[tuple[F, F]]:
    """The pairs that share a key, taken out of both lists."""
    there: dict[str, list[F]] = {}
    for one in reversed(after):
        there.setdefault(key(one), []).append(one)
    pairs = [(one, others.pop()) for one in before if (others := there.get(key(one)))]
    gone = {id(one) for pair in pairs for one in pair}
    for files in (before, after):
        files[:] = [one for one in files if id(one) not in gone]
    return pairs
