"""One direction: a lower layer never imports a higher one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = ("base", "log", "rules", "engine", "results", "outputs", "cli")
PACKAGE = Path(__file__).parent.parent / "auditor"
FILES = sorted(PACKAGE.glob("*/**/*.py"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of every module of ours that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path}:{node.lineno}: relative import"
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    layer = path.relative_to(PACKAGE).parts[0]
    assert layer in LAYERS
    for line, module in imported(path):
        parts = module.split(".")
        if parts[0] == "auditor" and len(parts) > 1 and parts[1] in LAYERS:
            assert LAYERS.index(parts[1]) <= LAYERS.index(layer), f"{path}:{line} imports {module}"


def test_the_walk_sees_imports() -> None:
    found = {module for path in FILES for _, module in imported(path)}
    assert {"auditor.engine.judge", "auditor.base.diagnostics"} <= found
