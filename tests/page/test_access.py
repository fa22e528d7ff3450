"""axe-core finds nothing serious: light, dark and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LAYOUTS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_serious_violation(browser: Browser, made: Any, layout: str) -> None:
    with browser.new_context(bypass_csp=True, **LAYOUTS[layout]) as context:  # else the policy stops axe itself
        page = context.new_page()
        page.goto(made("everything").as_uri())
        page.get_by_role("checkbox", name="continuing").check()
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in grave] == []
