"""Which files a specification means: a file, a folder, or the name of a shipped pack."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from auditor.base.diagnostics import AuditorError, UnusableError
from auditor.base.strict_yaml import parse
from auditor.base.suggest import did_you_mean
from auditor.log.contents import slashes
from auditor.rules.model import PackFile, PackInfo
from auditor.rules.trees import DISK, Tree

SUFFIXES = (".yaml", ".yml")


def packs_folder() -> Path | None:
    """The folder of shipped packs: inside the installed package or, in a checkout, beside it."""
    package = Path(str(files("auditor")))
    return next((folder for folder in (package / "_packs", package.parent / "rules") if folder.is_dir()), None)


def rule_files(spec: str | Path, *, beside: Path | None = None, tree: Tree = DISK) -> list[Path]:
    """The files that a specification means, in order; a path is read from the folder `beside`, if given.

    Raises UnusableError when it means nothing.
    """
    path = Path(spec) if beside is None else beside / spec
    shipped = shipped_files(spec, tree)
    if shipped:
        return shipped
    if tree.is_dir(path):
        found = _in_folder(path, tree)
        if not found:
            message = f"there is no .yaml file in the folder {tree.name(path)}"
            raise UnusableError("no-rules", message, help="name a file or another folder")
        return found
    if tree.exists(path):
        return [path]
    names = [pack.name for pack in shipped_packs()]
    if beside is not None:
        names += [name for name in tree.names(beside) if Path(name).suffix in SUFFIXES]
    help = did_you_mean(str(spec), names) or "give a file, a folder, or the name of a shipped pack"
    raise UnusableError("rules-missing", f"there is no file, folder or shipped pack `{spec}`", help=help)


def shipped_files(spec: str | Path, tree: Tree = DISK) -> list[Path]:
    """The files of the shipped pack that has this name; none where there is no such pack."""
    root = packs_folder()
    if root is None or isinstance(spec, Path) or Path(spec).suffix or {"/", "\\"} & {*spec} or spec in ("", ".", ".."):
        return []
    if tree.is_dir(root / spec):
        return _in_folder(root / spec, tree)
    return [path for path in (root / f"{spec}{suffix}" for suffix in SUFFIXES) if tree.is_file(path)][:1]


def _in_folder(folder: Path, tree: Tree = DISK) -> list[Path]:
    return [path for path in tree.below(folder) if path.suffix in SUFFIXES]


def shipped_packs() -> list[PackInfo]:
    """The packs that come with auditor, by name; reads only the head of each file."""
    root = packs_folder()
    heads: dict[str, dict[Path, dict[str, str]]] = {}
    for path in _in_folder(root) if root is not None else ():
        head = _head(path)
        if head is not None:
            heads.setdefault(head["pack"], {})[path] = head
    return [
        pack_info(name, _first(parts, "version"), _first(parts, "title"), _first(parts, "disclaimer"), list(parts), ())
        for name, parts in sorted(heads.items())
    ]


def _first(parts: Mapping[Path, Mapping[str, str]], key: str) -> str:
    return next((part[key] for part in parts.values() if part.get(key)), "")


def pack_info(
    name: str,
    version: str,
    title: str,
    disclaimer: str,
    paths: Sequence[Path],
    extends: tuple[str, ...],
    tree: Tree = DISK,
) -> PackInfo:
    """What is told of a pack of these files; see PackInfo."""
    digests = {path: hashlib.sha256(tree.content(path)).hexdigest() for path in paths}
    told = tuple(_told(path, digest, tree) for path, digest in digests.items())
    if len(paths) == 1:
        file = tree.name(paths[0])
        return PackInfo(name, version, title, file, digests[paths[0]], disclaimer, extends, files=told)
    folder = Path(os.path.commonpath([tree.key(path).parent for path in paths]))
    lines = sorted(f"{digests[path]}  {tree.key(path).relative_to(folder).as_posix()}\n" for path in paths)
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return PackInfo(name, version, title, tree.name(folder), digest, disclaimer, extends, files=told)


def _told(path: Path, digest: str, tree: Tree) -> PackFile:
    root, name = packs_folder(), tree.name(path)
    if root is not None and Path(name).is_absolute() and path.is_relative_to(root):
        return PackFile(path.relative_to(root).as_posix(), digest, shipped=True)
    return PackFile(slashes(name), digest)


def _head(path: Path) -> dict[str, str] | None:
    """What a file says about itself before its rules."""
    try:
        head = DISK.text(path).partition("\nrules:")[0]
        data = parse(head, file=str(path)).root.plain()
    except AuditorError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("pack"), str):
        return None
    return {key: str(data[key]) for key in ("pack", "version", "title", "disclaimer") if key in data}
