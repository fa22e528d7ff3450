"""Markdown is text, whatever a value says: rendered, it holds no element, link or cell of a value's making."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from auditor.outputs import write
from auditor.outputs.hostile import safe
from auditor.outputs.markdown.text import cited, code, prose
from tests.page.audits import everything
from tests.page.test_hostile import ATTACKS, hostile
from tests.results.fake import audit, finding, rule

FURTHER = (
    "a|b", "a\\|b", "a\\", "`", "``", "a`b", "`a", "a` | <img src=x>", "[x](javascript:alert(1))", "![x](http://x)",
    "@everyone", "a@b", "@org/team", "#1", "GH-12", "**bold**", "_it_", "~~gone~~", "$x$", ":smile:", "<b>", "&amp;",
    "https://example.org", "www.example.org", "  spaced  ", "", "- item", "# head", "1. one", "> quote", "---",
)  # fmt: skip
VALUES = [text for text in (*ATTACKS[:-1], *FURTHER) if "\ud800" not in text]


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(text)


def cells(html: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", html, re.DOTALL)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_in_code_is_one_cell_with_that_text(value: str) -> None:
    html = rendered(f"| a | b |\n|---|---|\n| {code(value)} | end |\n")
    first, last = cells(html)
    assert last == "end"
    found = re.fullmatch(r"<code>(.*)</code>", first, re.DOTALL)
    assert found
    assert "<" not in found[1]
    assert unescape(found[1]) == safe(value)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("escape", [prose, cited])
def test_prose_is_text_in_one_cell(value: str, escape: object) -> None:
    html = rendered(f"| a | b |\n|---|---|\n| x {escape(value)} | end |\n")  # type: ignore[operator]
    first, last = cells(html)
    assert last == "end"
    links = re.findall(r'<a href="([^"]*)">', first) if escape is cited else []
    assert all(link.startswith(("https://", "http://")) for link in links)
    bare = re.sub(r"</?code>|<a href=\"https?://[^\"]*\">|</a>", "", first)
    assert "<" not in bare
    assert unescape(bare).split() == ["x", *safe(" ".join(value.split())).split()]


@pytest.mark.parametrize("text", ["hello @everyone", "see #12", "GH-7 and @org/team", "mail a@b.org"])
def test_nobody_and_no_issue_is_mentioned(text: str) -> None:
    outside = re.sub(r"`[^`]*`", "", prose(text))
    assert not re.search(r"@|#\d|GH-\d", outside)


def test_addresses_of_sources_stay_links() -> None:
    assert cited("18 U.S.C. § 2258A, https://law.example/uscode/18_2258A; more") == (
        "18 U.S.C. § 2258A, <https://law.example/uscode/18_2258A>; more"
    )
    assert 'href="https://law.example/a_b"' in rendered(cited("see https://law.example/a_b"))
    assert "href" not in rendered(cited("javascript:alert(1) data:text/html,x"))


def test_a_hostile_audit_is_harmless() -> None:
    stream = io.BytesIO()
    write(hostile(), "markdown", stream)
    text = stream.getvalue().decode()
    html = rendered(text)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {
        "h1", "h2", "h3", "p", "strong", "em", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li",
        "blockquote",
    }  # fmt: skip
    assert "::error::" not in text
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        assert row.count("<t") > 1


def test_five_findings_of_a_rule_and_the_number_of_the_others() -> None:
    rules = (rule(), rule("second"))
    rows = [finding(subject=f"R{n}", number=n) for n in range(1, 1236)] + [finding(rule_id="second", number=5000)]
    stream = io.BytesIO()
    write(audit(*rows, rules=rules), "markdown", stream)
    text = stream.getvalue().decode()
    assert text.count("- **violated**: ") == 6
    assert text.count("… and 1,230 more of this rule; `--output findings.csv` has all of them.") == 1


def test_it_fits_into_a_comment_and_says_what_does_not() -> None:
    rules = tuple(rule(f"rule-{n}", title=f"T{n} " * 200) for n in range(100))
    stream = io.BytesIO()
    write(audit(*(finding(rule_id=one.id, number=n) for n, one in enumerate(rules)), rules=rules), "markdown", stream)
    text = stream.getvalue().decode()
    assert 55_000 < len(text) <= 61_000
    told = re.search(r"… and (\d+) more rules with findings have no room here; `--output audit.html` has all", text)
    assert told
    assert text.count("- **violated**: ") == 100 - int(told[1])
    assert "| `rule-99` | critical | 1 |" in text


def test_statuses_waivers_and_what_is_resolved() -> None:
    stream = io.BytesIO()
    write(everything(), "markdown", stream)
    text = stream.getvalue().decode()
    assert "- **violated**, new: `R4`: " in text
    assert "Findings compared with baseline old.json: 54 new, 2 continuing, 1 resolved." in text
    assert "- `referral-in-time` `R99`: it was violated" in text
    assert "| waived | 1 | 55 violated |" in text
    assert "| groups violated | 1 | 2 groups |" in text
