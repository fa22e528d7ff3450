"""What all tests share: real logs are asked for only where they are."""

from __future__ import annotations

import os

import pytest

REAL_LOGS = "AUDITOR_REAL_LOGS"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` rewrites expected outputs instead of comparing with them; read the diff before you commit it."""
    parser.addoption("--update", action="store_true", help="rewrite expected outputs")


def pytest_configure() -> None:
    """No auditor.yaml and no variable of the machine counts in tests, also in those that start the program anew."""
    for name in [name for name in os.environ if name.startswith("AUDITOR_") and name != REAL_LOGS]:
        del os.environ[name]
    os.environ["AUDITOR_NO_CONFIG"] = "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, not skip: without AUDITOR_REAL_LOGS these tests have nothing to say."""
    if os.environ.get(REAL_LOGS):
        return
    real = [item for item in items if item.get_closest_marker("real_logs")]
    if real:
        config.hook.pytest_deselected(items=real)
        items[:] = [item for item in items if item not in real]


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same terminal everywhere, so that outputs can be compared."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture(autouse=True)
def _no_real_logs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program does not know the variable of the tests that need real logs, and would say so."""
    if not request.node.get_closest_marker("real_logs"):
        monkeypatch.delenv(REAL_LOGS, raising=False)
