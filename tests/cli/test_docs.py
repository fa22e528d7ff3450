"""The documentation shows what the tool prints today, and names every command and option."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _build() -> ModuleType:
    spec = spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


build = _build()
BLOCKS = [block for page in build.PAGES for block in build.blocks(page)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page.name}: {block.command}")
def test_blocks_are_current(block: Any) -> None:
    assert block.body == block.expected(), "run python docs/build.py"


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "cli.md", ROOT / "docs" / "formats.md"])
def test_every_command_shown_is_run(page: Path) -> None:
    shown = re.findall(r"^\$ (auditor .*)$", page.read_text(), re.MULTILINE)
    assert shown == [block.command for block in BLOCKS if block.page == page]


def test_every_command_has_its_help_in_the_reference() -> None:
    from auditor.cli import main, rules

    names = [command.name for command in main.app.registered_commands]
    names += [f"rules {command.name or command.callback.__name__}" for command in rules.app.registered_commands]  # type: ignore[union-attr]
    page = (ROOT / "docs" / "cli.md").read_text()
    assert {"check", "rules list"} <= set(names)
    for name in names:
        assert f"<!-- run: auditor {name} --help -->" in page


def test_links_lead_somewhere() -> None:
    for page in (*build.PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert "requirements-dev.lock" in commands[1]
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_the_lock_names_no_host_and_has_hashes() -> None:
    lock = (ROOT / "requirements-dev.lock").read_text()
    assert "://" not in lock
    assert "--hash=sha256:" in lock


@pytest.mark.parametrize("page", build.PAGES, ids=lambda page: page.name)
def test_no_page_holds_a_path_of_somebodys_machine(page: Path) -> None:
    assert str(ROOT) not in page.read_text()
    assert not re.search(r"(?<![\w.])/(home|tmp|root|Users)/", page.read_text())
