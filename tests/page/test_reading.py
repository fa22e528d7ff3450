"""The page as people read it: filter, sort, search, timelines, themes, paper, phones, no script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import Visit

pytestmark = pytest.mark.browser
FIRST = "#list tbody:nth-of-type(1)"
WIDE = """
[...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest(".scroll, .hidden, .contents ul, thead"))
  .map((one) => one.outerHTML.slice(0, 80))
"""


def subjects(page: Page) -> list[str]:
    return page.locator("#list td.subject").all_inner_texts()


def tab_to(page: Page, locator: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.locator(locator).evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{locator} is not reached by Tab")


def test_all_findings_worst_first_a_page_at_a_time(visit: Visit) -> None:
    with visit("everything") as page:
        expect(page.get_by_role("status")).to_have_text("60 findings")
        assert subjects(page) == [f"R{n}" for n in range(1, 51)]
        page.get_by_role("button", name="Next").click()
        assert subjects(page) == ["R51", "R52", "R53", "R54", "R55", "R56", "(unknown)", "R58", "R59", "R60"]
        assert page.get_by_role("button", name="Next").is_disabled()
        expect(page.locator("#page")).to_have_text("51 to 60 of 60")
        page.get_by_role("button", name="Previous").click()
        assert len(subjects(page)) == 50


def test_filters(visit: Visit) -> None:
    with visit("everything") as page:
        told = page.get_by_role("status")
        page.get_by_role("checkbox", name="undetermined 2").check()
        assert subjects(page) == ["R56", "(unknown)"]
        expect(told).to_have_text("2 of 60 findings match")
        page.get_by_role("checkbox", name="pending 1").check()
        assert subjects(page) == ["R56", "(unknown)", "R58"]
        page.get_by_role("checkbox", name="medium").check()
        assert subjects(page) == ["R58"]
        page.get_by_role("button", name="Clear all filters").click()
        expect(told).to_have_text("60 findings")
        assert page.get_by_role("checkbox", checked=True).count() == 0
        page.get_by_label("Rule", exact=True).select_option("tried-out (1)")
        assert subjects(page) == ["R60"]
        page.get_by_role("button", name="Clear all filters").click()
        page.get_by_role("checkbox", name="continuing 2").check()
        assert subjects(page) == ["R1", "R2"]
        page.get_by_role("checkbox", name="waived 1").check()
        assert subjects(page) == ["R1", "R2", "R3"]


def test_search_in_ids_rules_and_messages(visit: Visit) -> None:
    with visit("everything") as page:
        search = page.get_by_role("searchbox")
        search.fill("r17")
        assert subjects(page) == ["R17"]
        search.fill("TRIED-out")
        assert subjects(page) == ["R60"]
        search.fill("2 h 04 min late")
        assert subjects(page) == ["R1"]
        search.fill("referral r1")
        assert subjects(page) == ["R1", *(f"R{n}" for n in range(10, 20))]
        search.fill("nothing of the kind")
        assert subjects(page) == []
        expect(page.get_by_role("status")).to_have_text("0 of 60 findings match")
        search.fill("")
        assert len(subjects(page)) == 50


def test_sort(visit: Visit) -> None:
    with visit("everything") as page:
        late = page.get_by_role("columnheader", name="late by")
        late.get_by_role("button").click()
        expect(late).to_have_attribute("aria-sort", "descending")
        assert subjects(page)[:3] == ["R2", "R3", "R4"]
        late.get_by_role("button").click()
        expect(late).to_have_attribute("aria-sort", "ascending")
        assert subjects(page)[:3] == ["R1", "R55", "R54"]
        page.get_by_role("button", name="subject").click()
        assert subjects(page)[:3] == ["R1", "R10", "R11"]
        assert page.locator("th[aria-sort]").count() == 1
        page.get_by_role("button", name="verdict").click()
        page.get_by_role("button", name="verdict").click()
        assert subjects(page)[:4] == ["R59", "R58", "R56", "(unknown)"]


def test_timeline_by_mouse(visit: Visit) -> None:
    with visit("everything") as page:
        page.locator(f"{FIRST} summary").click()
        story = page.locator(f"{FIRST} .story")
        lines = story.locator("li").all_inner_texts()
        said = " | ".join(" ".join(line.split()) for line in lines)
        assert said == (
            "2020-01-20 09:00:00 activation: the duty arises report.received reports.csv, row 2"
            " | 24 h later 2020-01-21 09:00:00 due"
            " | 2 h 04 min later 2020-01-21 11:04:00 match referral.submitted reports.csv, row 7"
            " | 35 d 12 h later 2020-02-26 00:00:00 moment of judgement"
        )
        expect(story).to_contain_text("is not in itself a breach of the law")
        expect(story).to_contain_text("referral.submitted must follow within 24 h")
        assert story.locator("svg.scale .fill-late").count() == 1
        page.locator(f"{FIRST} summary").click()
        expect(story).to_be_hidden()


def test_timeline_by_keyboard_alone(visit: Visit) -> None:
    with visit("everything") as page:
        tab_to(page, "#search")
        page.keyboard.type("R3")
        tab_to(page, "#reset")
        tab_to(page, f"{FIRST} summary")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator(f"{FIRST} .story")).to_contain_text("Waived until 2027-03-31 by the board: under appeal")
        page.keyboard.press("Space")
        expect(page.locator(f"{FIRST} .story")).to_be_hidden()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")  # the last column
        expect(page.locator("th.late")).to_have_attribute("aria-sort", "descending")


def test_a_finding_has_an_address(visit: Visit) -> None:
    number = f"{58:032x}"
    with visit("everything", fragment=f"#finding-{number}") as page:
        story = page.locator(f"#finding-{number} .story")
        expect(story).to_be_in_viewport()
        expect(story).to_contain_text("due")


def test_findings_of_a_rule(visit: Visit) -> None:
    with visit("everything") as page:
        rule = page.locator(".rules tbody tr").filter(has_text="answered")
        rule.locator("summary").click()
        rule.get_by_role("button", name="Show its findings").click()
        assert subjects(page) == ["R58", "R59"]
        assert page.evaluate("document.activeElement.id") == "findings"


def test_themes(visit: Visit) -> None:
    def paper(page: Page) -> int:
        found = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", found)[:3]))

    with visit("story", color_scheme="dark") as page:
        assert paper(page) < 150
    with visit("story", color_scheme="light") as page:
        assert paper(page) > 700
        button = page.get_by_role("button", name="Theme")
        button.click()
        expect(button).to_have_text("Theme: dark")
        assert paper(page) < 150
        fill = page.locator(".chart .fill-quiet").first.evaluate("element => getComputedStyle(element).fill")
        assert sum(map(int, re.findall(r"\d+", fill)[:3])) > 450, "the drawings follow the theme"
        button.click()
        assert paper(page) > 700
        button.click()
        expect(button).to_have_text("Theme: system")


@pytest.mark.parametrize(("name", "width"), [("everything", 320), ("everything", 768), ("story", 320)])
def test_no_sideways_scrolling_on_a_phone(visit: Visit, name: str, width: int) -> None:
    with visit(name, viewport={"width": width, "height": 640}) as page:
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true; }")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(WIDE) == []


def test_paper(visit: Visit, tmp_path: Path) -> None:
    with visit("everything") as page:
        page.get_by_role("checkbox", name="violated").check()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        expect(page.locator("#printed")).to_have_text(
            "Printed: all 56 findings that match the filters, of 60 on the page."
        )
        assert len(subjects(page)) == 56
        for control in (".filters", ".pages", "#theme", ".contents"):
            expect(page.locator(control)).to_be_hidden()
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert len(subjects(page)) == 50
        assert page.pdf(format="A4", path=tmp_path / "page.pdf").startswith(b"%PDF-")
        assert len(subjects(page)) == 50


def test_without_a_script_the_same_first_findings_can_be_read(visit: Visit) -> None:
    """What the template writes of them is what the script writes, timelines included, but for blanks."""

    def told(page: Page) -> list[str]:
        page.locator("details.case").evaluate_all("all => all.forEach(one => { one.open = true; })")
        page.wait_for_timeout(100)
        return ["".join(text.split()) for text in page.locator("#list tbody").all_text_contents()]

    with visit("everything") as page:
        scripted = told(page)
    with visit("everything", java_script_enabled=False) as page:
        expect(page.locator(".filters")).to_be_hidden()
        expect(page.locator("noscript p")).to_contain_text("shows the first 50 findings only")
        page.locator(f"{FIRST} summary").click()
        expect(page.locator(f"{FIRST} .story")).to_be_visible()
        assert told(page) == scripted
    assert len(scripted) == 50
    assert "Waiveduntil2027-03-31bytheboard" in scripted[2]
