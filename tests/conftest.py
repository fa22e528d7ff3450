"""What all tests share."""

from __future__ import annotations

import gc
import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` rewrites expected outputs instead of comparing with them; read the diff before you commit it."""
    parser.addoption("--update", action="store_true", help="rewrite expected outputs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, not skip: without AUDITOR_REAL_LOGS these tests have nothing to say."""
    if os.environ.get("AUDITOR_REAL_LOGS"):
        return
    real = [item for item in items if item.get_closest_marker("real_logs")]
    if real:
        config.hook.pytest_deselected(items=real)
        items[:] = [item for item in items if item not in real]


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
