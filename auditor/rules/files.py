"""Which files a specification means: a file, a folder, or the name of a shipped pack."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from auditor.base.diagnostics import AuditorError, UnusableError, read_text
from auditor.base.strict_yaml import MAX_BYTES, parse
from auditor.base.suggest import did_you_mean
from auditor.rules.model import PackInfo

SUFFIXES = (".yaml", ".yml")


def packs_folder() -> Path | None:
    """The folder of shipped packs: inside the installed package or, in a checkout, beside it."""
    package = Path(str(files("auditor")))
    return next((folder for folder in (package / "_packs", package.parent / "rules") if folder.is_dir()), None)


def rule_files(spec: str | Path) -> list[Path]:
    """The files that a specification means, in order.  Raises UnusableError when it means nothing."""
    path = Path(spec)
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
    packs: dict[str, PackInfo] = {}
    for path in _in_folder(root) if root is not None else ():
        info = _head(path)
        if info is not None:
            packs.setdefault(info.name, info)
    return [packs[name] for name in sorted(packs)]


def _head(path: Path) -> PackInfo | None:
    """What a file says about itself before its rules."""
    try:
        text = read_text(path, limit=MAX_BYTES, what="rule file")
        head = text.partition("\nrules:")[0]
        data = parse(head, file=str(path)).root.plain()
    except AuditorError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("pack"), str):
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    version, title, disclaimer = (str(data.get(key, "")) for key in ("version", "title", "disclaimer"))
    return PackInfo(data["pack"], version, title, str(path), digest, disclaimer)
