"""What all tests share: real logs, a PostgreSQL server and a browser are asked for only where they are."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.store.server import binaries

REAL_LOGS = "AUDITOR_REAL_LOGS"
BROWSER = "AUDITOR_CHROMIUM"
CHROMIUM = Path(os.environ.get(BROWSER, "/usr/bin/chromium"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` rewrites expected outputs instead of comparing with them; read the diff before you commit it."""
    parser.addoption("--update", action="store_true", help="rewrite expected outputs")


def pytest_configure() -> None:
    """No auditor.yaml and no variable of the machine counts in tests, also in those that start the program anew."""
    for name in [name for name in os.environ if name.startswith("AUDITOR_") and name not in (REAL_LOGS, BROWSER)]:
        del os.environ[name]
    os.environ["AUDITOR_NO_CONFIG"] = "true"


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, not skip: without what they need these tests have nothing to say."""
    there = {"real_logs": os.environ.get(REAL_LOGS), "postgres": binaries(), "browser": CHROMIUM.is_file()}
    missing = [marker for marker, found in there.items() if not found]
    unable = [item for item in items if any(item.get_closest_marker(marker) for marker in missing)]
    if unable:
        config.hook.pytest_deselected(items=unable)
        items[:] = [item for item in items if item not in unable]
    for item in items:
        if not item.get_closest_marker("xdist_group") and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _shares(item: pytest.Item) -> bool:
    """Whether a test shares a fixture of ours with others of its file, which one process then makes for all."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
    return any(fixture.baseid and fixture.scope != "function" for some in fixtures for fixture in some)


def pytest_collection_finish() -> None:
    """Spare the collector the tests and libraries themselves: to go through them again and again took a third of the
    time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """At the end everything is let go, as always."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same terminal everywhere, so that outputs can be compared."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture(autouse=True)
def _no_variables_of_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program does not know the variables of tests that need something, and would say so."""
    monkeypatch.delenv(BROWSER, raising=False)
    if not request.node.get_closest_marker("real_logs"):
        monkeypatch.delenv(REAL_LOGS, raising=False)
