"""Whatever stands in a log, rules or waivers: the page shows it, and does nothing of what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from auditor.log.log import Health
from auditor.log.schema import FIELDS
from auditor.outputs import write
from auditor.outputs.hostile import safe
from auditor.results.audit import Audit
from auditor.results.waivers import Waiver, Waivers
from auditor.rules.model import Basis, ServiceLevel
from tests.page.conftest import Visit
from tests.results.fake import audit, finding, group, log, rule

LONG = "x" * 1_000_000
ATTACKS = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<!--<script>", "-->", "]]>",
    "=cmd|' /C calc'!A0",
    "\x1b[2J\x1b]0;title\x07", "::error::broken", "nul\x00nul", "\u202egnp.exe", '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)", "{{ 7 * 7 }}{% include 'x' %}", "javascript:alert(1)", "$\\frac{1}{2}$", "&lt;b&gt;",
    '{"a": "\\u003c/script\\u003e"}', "\ud800", "R-1\n\tR-2", "東京 عربى", LONG,
)  # fmt: skip


def hostile() -> Audit:
    """Attacks wherever a value comes from outside."""
    evil = ATTACKS[10]
    rules = (
        rule(f"r{evil}", title=evil, why=evil, refs=(evil, "javascript:alert(1)"), verified=evil,
             basis=Basis("law", "operator", evil)),
        rule("other", title=ATTACKS[1], severity="low", service_level=ServiceLevel(0.95, ("platform",))),
        rule("silent", title=evil), rule("unable", title=evil),
    )  # fmt: skip
    rows = [
        finding(subject=text.replace("\ud800", "?"), rule_id=rules[0].id, number=n) for n, text in enumerate(ATTACKS)
    ]
    rows += [
        finding("undetermined", evil, reason="missing_value", rule_id="other", number=100),
        finding(subject=evil, rule_id="other", number=101, event=evil, late_seconds=5),
    ]
    health = Health((f"{evil}.csv",), 3, 3, {evil: 1}, {evil: 2}, notes=(evil,), out_of_order=0)
    known = log(health=health, fields={name: FIELDS[name] for name in ("report_id", "platform")})
    by = {
        "rule_id": "other",
        "group": {evil: evil},
        "violated": 1,
        "undetermined": 1,
        "pending": 0,
        "met": 0,
        "exempt": 0,
    }
    made = audit(*rows, rules=rules, log=known, groups=(by,), unjudged={"unable": evil},
                 group_verdicts=(group("other", "violated", {"platform": evil}, reason=evil, n=1, met=0),))  # fmt: skip
    packs = tuple(replace(pack, title=evil, disclaimer=evil, version=evil) for pack in made.ruleset.packs)
    made = replace(made, ruleset=replace(made.ruleset, packs=packs))
    waiver = Waiver("other", evil, None, evil, evil, date(2030, 1, 1), line=1)
    marked = made.marked(None, Waivers(evil, (waiver,)))
    run = {"run": evil, "as_of": evil, "violated": {"low": 1}, "undetermined": 0}
    return replace(marked, trend=(run, run))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("hostile") / "page.html"
    with path.open("wb") as stream:
        write(hostile(), "html", stream)
    return path


def test_nothing_in_the_text_of_the_page(page_file: Path) -> None:
    text = page_file.read_text()
    assert len(text) < 500_000, "long ids are cut"
    assert len(re.findall(r"<script", text, re.IGNORECASE)) == 2
    assert len(re.findall(r"</script", text, re.IGNORECASE)) == 2
    assert "<!--" not in text
    assert not re.search(r"<(img|iframe|object|embed|link|base)\b", text, re.IGNORECASE)
    assert " style=" not in text
    assert "::error::" not in text
    assert not set(text) & {*map(chr, (*range(10), *range(11, 32), *range(0x7F, 0xA0))), "\u202e", "\u2028", "\ufeff"}


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_nothing_happens(visit: Visit, page_file: Path, script: bool) -> None:
    with visit(page_file, java_script_enabled=script) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        page.wait_for_timeout(200)
        for name in (
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "b b",
            "[onerror]",
            "[onmouseover]",
            "[style]",
        ):
            assert page.locator(name).count() == 0, name
        assert page.locator("script").count() == 2
        assert page.title().startswith('Audit of "><img src=x onerror=alert(1)>.csv')
        hrefs = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert [href for href in hrefs if not href.startswith("#")] == []
        shown = page.locator("#list td.subject").all_text_contents()
        wanted = [safe(text.replace("\ud800", "?"), 300) for text in ATTACKS]
        assert sorted(shown) == sorted([*wanted, ATTACKS[10], ATTACKS[10]])


@pytest.mark.browser
def test_hostile_values_are_found_and_filtered(visit: Visit, page_file: Path) -> None:
    with visit(page_file) as page:
        page.get_by_role("searchbox").fill("</script><script>alert")
        assert page.locator("#list td.subject").all_inner_texts() == [ATTACKS[1], ATTACKS[10], ATTACKS[10]]
        page.get_by_role("searchbox").fill("東京")
        expect(page.get_by_role("status")).to_have_text("1 of 23 findings match")
