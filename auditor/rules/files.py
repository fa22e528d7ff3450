"""Which files a specification means: a file, a folder, or the name of a shipped pack."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from auditor.base.diagnostics import AuditorError, UnusableError, read_text
from auditor.base.strict_yaml import MAX_BYTES, parse
from auditor.base.suggest import did_you_mean
from auditor.log.contents import slashes
from auditor.rules.model import PackFile, PackInfo

SUFFIXES = (".yaml", ".yml")


def packs_folder() -> Path | None:
    """The folder of shipped packs: inside the installed package or, in a checkout, beside it."""
    package = Path(str(files("auditor")))
    return next((folder for folder in (package / "_packs", package.parent / "rules") if folder.is_dir()), None)


def rule_files(spec: str | Path, *, beside: Path | None = None) -> list[Path]:
    """The files that a specification means, in order; a path is read from the folder `beside`, if given.

    Raises UnusableError when it means nothing.
    """
    path = Path(spec) if beside is None else beside / spec
    if isinstance(spec, str) and not path.suffix and "/" not in spec and "\\" not in spec:
        shipped = _shipped(spec)
        if shipped:
            return shipped
    if path.is_dir():
        found = list(_in_folder(path))
        if not found:
            raise UnusableError(
                "no-rules", f"there is no .yaml file in the folder {path}", help="name a file or another folder"
            )
        return found
    if path.exists():
        return [path]
    names = [pack.name for pack in shipped_packs()]
    if beside is not None:
        names += [file.name for file in sorted(beside.iterdir()) if file.suffix in SUFFIXES]
    help = did_you_mean(str(spec), names) or "give a file, a folder, or the name of a shipped pack"
    raise UnusableError("rules-missing", f"there is no file, folder or shipped pack `{spec}`", help=help)


def _shipped(name: str) -> list[Path]:
    root = packs_folder()
    if root is None or name in ("", ".", ".."):
        return []
    if (root / name).is_dir():
        return list(_in_folder(root / name))
    return [path for path in (root / f"{name}{suffix}" for suffix in SUFFIXES) if path.is_file()][:1]


def _in_folder(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not hidden:
            yield path


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
    name: str, version: str, title: str, disclaimer: str, paths: Sequence[Path], extends: tuple[str, ...]
) -> PackInfo:
    """What is told of a pack of these files; see PackInfo."""
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    told = tuple(_told(path, digest) for path, digest in digests.items())
    if len(paths) == 1:
        return PackInfo(name, version, title, str(paths[0]), digests[paths[0]], disclaimer, extends, files=told)
    folder = Path(os.path.commonpath([path.parent.resolve() for path in paths]))
    lines = sorted(f"{digests[path]}  {path.resolve().relative_to(folder).as_posix()}\n" for path in paths)
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return PackInfo(name, version, title, str(folder), digest, disclaimer, extends, files=told)


def _told(path: Path, digest: str) -> PackFile:
    root = packs_folder()
    if root is not None and path.is_absolute() and path.is_relative_to(root):
        return PackFile(path.relative_to(root).as_posix(), digest, shipped=True)
    return PackFile(slashes(str(path)), digest)


def _head(path: Path) -> dict[str, str] | None:
    """What a file says about itself before its rules."""
    try:
        text = read_text(path, limit=MAX_BYTES, what="rule file")
        head = text.partition("\nrules:")[0]
        data = parse(head, file=str(path)).root.plain()
    except AuditorError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("pack"), str):
        return None
    return {key: str(data[key]) for key in ("pack", "version", "title", "disclaimer") if key in data}
