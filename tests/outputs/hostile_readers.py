"""Outputs read back as their readers do it: one function for each format, whichever command writes it.

Each asserts that nothing of a value's making is in the output but text, and returns how many entries it holds: rows,
cases, events; None for formats that show some of them only.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet as pq
from icalendar import Calendar
from markdown_it import MarkdownIt

from auditor.outputs.hostile import FORMULA
from tests.outputs.test_hostile import CONTROLS, INVISIBLE

_COMMAND = re.compile(r"::[a-z-]+( [^:]*)?::|##\[")
_OURS = re.compile(r"::(error|warning|notice) ([a-z]+=[^:,]*(,|(?=::)))+::")
_MENTION = re.compile(r"@\w|#\d|\bGH-\d")
_IN_HTML = {
    "a", "b", "body", "br", "button", "caption", "clippath", "code", "dd", "defs", "desc", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "form", "g", "h1", "h2", "h3", "head", "header", "html", "input", "label",
    "legend", "li", "main", "meta", "nav", "noscript", "ol", "option", "p", "path", "rect", "script", "section",
    "select", "span", "strong", "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "time",
    "title", "tr", "ul", "use",
}  # fmt: skip
_IN_MARKDOWN = {
    "a", "blockquote", "code", "details", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "strong", "summary", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_IN_CALENDAR = {
    "BEGIN", "END", "VERSION", "PRODID", "X-WR-CALNAME", "SUMMARY", "DTSTART", "DTSTAMP", "UID", "CATEGORIES",
    "DESCRIPTION", "PRIORITY", "TRANSP",
}  # fmt: skip


def plain(raw: bytes, *, also: str = "") -> str:
    """The text, which holds nothing that a terminal or a CI log obeys."""
    text = raw.decode()
    assert not set(text) & ({*CONTROLS, *INVISIBLE} - {"\n", *also})
    assert not [line for line in text.splitlines() if _COMMAND.match(line.lstrip())]
    return text


def _table(raw: bytes) -> None:
    assert not _COMMAND.search(plain(raw))


def _csv(raw: bytes) -> int:
    text = plain(raw)
    limit = csv.field_size_limit(1 << 24)
    rows = list(csv.reader(io.StringIO(text), strict=True))
    csv.field_size_limit(limit)
    assert len(rows) == text.count("\n")
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(tuple(FORMULA))]
    return len(rows) - 1


def _json(raw: bytes) -> int:
    found = json.loads(plain(raw))
    [entries] = (found[name] for name in ("findings", "changes", "due", "differences") if name in found)
    return len(entries)


def _jsonl(raw: bytes) -> int:
    lines = plain(raw).removesuffix("\n").split("\n")
    assert all(isinstance(json.loads(line), dict) for line in lines)
    return len(lines)


def _parquet(raw: bytes) -> int:
    return int(pq.read_table(io.BytesIO(raw)).num_rows)


def _manifest(raw: bytes) -> None:
    assert raw.isascii()
    assert set(json.loads(plain(raw))) == {"manifest", "provenance", "result"}


def _sarif(raw: bytes) -> int:
    [run] = json.loads(plain(raw))["runs"]
    for said in _messages(run):
        assert not re.search(r"\]\(|(?<!\{)\{\d+\}(?!\})", said), "links and placeholders"
        assert not _COMMAND.search(said)
    return len(run["results"])


def _messages(value: Any) -> Iterator[str]:
    """What a reader of SARIF may show with markup."""
    if isinstance(value, dict):
        said = value.get("message")
        if isinstance(said, dict):
            yield said["text"]
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _messages(one)


def _junit(raw: bytes) -> int:
    root = ElementTree.fromstring(plain(raw).encode())  # noqa: S314 - our own file
    names = {element.tag for element in root.iter()}
    assert names <= {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped", "system-out"
    }  # fmt: skip
    assert set(root.attrib) <= {"name", "tests", "failures", "errors", "time"}
    return len(list(root.iter("testcase")))


def _github(raw: bytes) -> None:
    text = raw.decode()
    assert not set(text) & ({*CONTROLS, *INVISIBLE} - {"\n"})
    for line in text.removesuffix("\n").split("\n"):
        ours = _OURS.match(line)
        assert ours, line[:200]
        assert not _COMMAND.search(line[ours.end() :]), line[:200]
        assert not re.search("%(?!25|3A|2C)", line), "the runner would read an escape"


class _Elements(HTMLParser):
    """The elements of a document, their attributes, and its texts outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "code" not in self._inside:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]}")


def _markdown(raw: bytes) -> None:
    text = plain(raw)
    found = _Elements(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    assert set(found.names) <= _IN_MARKDOWN
    assert {name for name, _ in found.attributes} <= {"href", "style", "start"}
    assert all(value.startswith("https://example.org/") for name, value in found.attributes if name == "href")
    assert all(value.startswith("text-align:") for name, value in found.attributes if name == "style")
    assert not [told for told in found.texts if _MENTION.search(told)]


def _html(raw: bytes) -> None:
    text = plain(raw)
    found = _Elements(text)
    assert set(found.names) <= _IN_HTML, set(found.names) - _IN_HTML
    assert found.names.count("script") == text.lower().count("<script") == 2
    assert found.names.count("style") == 1
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in {"style", "src", "srcset"}]
    links = {value for name, value in found.attributes if name.endswith("href") and not value.startswith("#")}
    assert all(link.startswith("https://example.org/") for link in links)


def _xlsx(raw: bytes) -> int:
    workbook = openpyxl.load_workbook(io.BytesIO(raw))
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert not set(str(cell.value)) & ({*CONTROLS, *INVISIBLE} - {"\n"})
                assert not str(cell.value).startswith(tuple(FORMULA)) or cell.quotePrefix
    severities = [sheet for sheet in workbook if sheet.title in ("critical", "high", "medium", "low", "info")]
    return sum(sheet.max_row - 1 for sheet in severities)


def _ics(raw: bytes) -> int:
    plain(raw, also="\r")
    lines = raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    names = {re.split("[:;]", line.decode())[0] for line in lines if line and not line.startswith(b" ")}
    assert names <= _IN_CALENDAR, names - _IN_CALENDAR
    events = Calendar.from_ical(raw.decode()).walk("VEVENT")
    assert sum(line.startswith(b"BEGIN:") for line in lines) == len(events) + 1
    return len(events)


READERS: Mapping[str, Callable[[bytes], int | None]] = {
    "table": _table, "csv": _csv, "jsonl": _jsonl, "json": _json, "parquet": _parquet, "manifest": _manifest,
    "sarif": _sarif, "junit": _junit, "github": _github, "markdown": _markdown, "html": _html, "xlsx": _xlsx,
    "ics": _ics,
}  # fmt: skip
