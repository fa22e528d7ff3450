"""A browser for all tests of the page, and pages that are made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from auditor.outputs import write
from tests.conftest import CHROMIUM
from tests.outputs.story import story
from tests.page import audits

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SOURCES: dict[str, Callable[[], Any]] = {"story": story, "everything": audits.everything, "many": audits.many}
_WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a page, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("pages")

    def file(name: str) -> Path:
        path: Path = folder / f"{name}.html"
        if not path.exists():
            with path.open("wb") as stream:
                write(SOURCES[name](), "html", stream)
        return path

    return file


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Browser, made: Callable[[str], Path]) -> Visit:
    """Opens a page and, in the end, asserts that it was silent: no message, error, dialog, request, violation."""

    @contextmanager
    def opened(page: str | Path, fragment: str = "", **options: Any) -> Iterator[Page]:
        path = page if isinstance(page, Path) else made(page)
        heard: list[str] = []
        with browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}) as context:
            found = context.new_page()
            found.add_init_script(_WATCH)
            found.on("console", lambda message: heard.append(f"console: {message.text}"))
            found.on("pageerror", lambda error: heard.append(f"error: {error}"))
            found.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
            found.on("request", lambda request: heard.append(f"request: {request.url[:200]}"))
            found.goto(f"{path.as_uri()}{fragment}")
            assert heard.pop(0).startswith(f"request: {path.as_uri()}")
            yield found
            assert heard == []

    return opened
