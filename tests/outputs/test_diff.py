"""A diff in every format: compared with an expected file, and with hostile values that do nothing in any."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import auditor
from auditor.outputs import Look
from auditor.outputs.diff import FORMATS, write
from auditor.outputs.diff.markdown import LARGEST
from auditor.results.diff import Diff, diff
from tests.outputs.test_hostile import ATTACKS, CONTROLS, INVISIBLE

GOLDEN = Path(__file__).parent / "golden"
LOG = """\
event,time,report_id,platform,category
report.received,2025-03-01T00:00:00Z,R{n},{platform},{category}
decision.made,2025-03-{day}T{hour}:30:00Z,R{n},,
"""
OLD = """\
pack: p
version: '1'
title: A pack
parameters: {limit: 24h}
rules:
  - {id: decided, title: Decided in time, severity: high, when: report.received,
     followed_by: {event: decision.made, within: params.limit}}
  - {id: of-children, severity: critical, when: {event: report.received, where: {category: csam}},
     followed_by: {event: decision.made, within: 6h}}
  - {id: share, when: report.received, followed_by: {event: decision.made, within: 24h},
     service_level: {share: 50%, by: [platform], minimum: 2}}
  - {id: told, severity: low, draft: true, when: report.received, followed_by: {event: notice.sent, within: 24h}}
  - {id: same, when: report.received, followed_by: {event: decision.made, within: 48h}}
"""
NEW = """\
pack: p
version: '2'
title: A pack
parameters: {limit: 12h}
rules:
  - {id: decided, title: Decided in time, severity: critical, refs: [a law], when: report.received,
     followed_by: {event: decision.made, within: params.limit}}
  - {id: of-children, severity: critical, when: {event: report.received, where: {category: [csam, grooming]}},
     followed_by: {event: decision.made, within: 12h}}
  - {id: share, when: report.received, followed_by: {event: decision.made, within: 24h},
     service_level: {share: 90%, by: [platform], minimum: 2}}
  - {id: same, title: Decided within two days, when: report.received,
     followed_by: {event: decision.made, within: 48h}}
  - {id: appeals, severity: info, draft: true, when: appeal.received, followed_by: {event: appeal.decided, within: 24h}}
"""
# What Markdown and forges obey, beside what a terminal, a spreadsheet or a CI log does.
MARKUP = [
    "](javascript:alert(1))", "[a](javascript:alert(1))", "![a](https://example.org/x.png)", "`code`", "``", "`", "a|b",
    "@somebody", "@org/team", "#123", "GH-123", "https://example.org/x", "www.example.org", "a@example.org", "**bold**",
    "</details><img src=x onerror=alert(1)>", "<!--", "# head", "> quote", "~~~", "&lt;b&gt;", "$x$", "\\", "```\ncode",
    "</code><b>x</b>",
]  # fmt: skip
COMMAND = re.compile("::[a-z-]+( [^:]*)?::")
VALUES = [*ATTACKS, *MARKUP]


def written(found: Diff, format: str) -> str:
    """A diff in one format."""
    stream = io.BytesIO()
    write(found, format, stream, Look(width=100))
    return stream.getvalue().decode().replace(f'"auditor": "{auditor.__version__}"', '"auditor": "VERSION"')


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Diff]]:
    """Compares two packs, given as texts, in a working directory of its own."""
    folder = tmp_path_factory.mktemp("diff")

    def compared(log: Any, old: str, new: str) -> Diff:
        (folder / "old.yaml").write_text(old)
        (folder / "new.yaml").write_text(new)
        return diff(log, ["new.yaml"], ["old.yaml"])

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield compared


@pytest.fixture(scope="module")
def story(compare: Callable[..., Diff]) -> Diff:
    """A diff that has something of everything."""
    head, *rows = LOG.splitlines()
    lines = [head]
    for n in range(1, 13):
        values = {"n": n, "platform": "ab"[n % 2], "category": ("csam", "grooming", "other")[n % 3]}
        lines += [row.format(**values, day=f"{1 + n * 3 // 24:02}", hour=f"{n * 3 % 24:02}") for row in rows]
    lines[-1:] = []
    Path("log.csv").write_text("\n".join(lines) + "\n")
    return compare("log.csv", OLD, NEW)


@pytest.mark.parametrize("format", FORMATS)
def test_as_expected(story: Diff, format: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / ("diff.github.txt" if format == "github" else f"diff{FORMATS[format][0]}")
    found = written(story, format)
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()
    assert found == written(story, format)


def test_json_is_one_object_with_a_case_on_each_line(story: Diff) -> None:
    text = written(story, "json")
    found = json.loads(text)
    assert len(found["changes"]) == sum(found["totals"]["changes"].values()) > 10
    assert sum(line.startswith('{"rule_id"') for line in text.split("\n")) == len(found["changes"])
    none = [case for case in found["changes"] if case["before"] is None]
    assert none
    assert all(case["change"] == "appears" and case["after"]["verdict"] for case in none)


def test_nothing_changes_in_every_format(compare: Callable[..., Diff]) -> None:
    log = pa.table({"event": ["report.received"], "time": ["2025-03-01T00:00:00Z"], "report_id": ["R1"]})
    found = compare(log, OLD, OLD)
    for format in FORMATS:
        assert "No verdict changes" in written(found, format) or format == "json"
    assert json.loads(written(found, "json"))["changes"] == []


LONG = "x" * 1_000_000
RULES = """\
pack: p
version: {version}
title: {title}
lists: {{bad: {bad}}}
rules:
  - {{id: decided, title: {title}, refs: {texts},
     when: {{event: report.received, where: recipient not in lists.bad}},
     followed_by: {{event: decision.made, within: {within}}}}}
  - {{id: shared, when: report.received, followed_by: {{event: decision.made, within: 24h}},
     service_level: {{share: 50%, by: [platform], minimum: {minimum}}}}}
"""


@pytest.fixture(scope="module")
def hostile(compare: Callable[..., Diff]) -> Diff:
    """Every hostile value as an id, as the name of a group, in titles, sources, versions and lists of rules."""
    ids = [*VALUES, LONG]
    events = ["report.received"] * len(ids) + ["decision.made"]
    times = ["2025-03-01T00:00:00Z"] * len(ids) + ["2025-03-09T00:00:00Z"]
    columns = {"report_id": [*ids, "last"], "platform": [*ids, "last"], "recipient": ["none"] * len(events)}
    log = pa.table({"event": events, "time": times, **columns})
    old, new = (
        RULES.format(version=json.dumps(VALUES[number - 1]), within=within, minimum=minimum,
                     title=json.dumps(VALUES[number]), texts=json.dumps(VALUES[number:]),
                     bad=json.dumps(VALUES[number:]))
        for number, (within, minimum) in enumerate((("24h", 9), ("12h", 1)))
    )  # fmt: skip
    return compare(log, old, new)


@pytest.fixture(scope="module")
def outputs(hostile: Diff) -> dict[str, str]:
    """Every format with all cases and all groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.outputs.diff.samples.PER_RULE", len(VALUES) + 1)
        for module in ("table", "markdown"):
            patch.setattr(f"auditor.outputs.diff.{module}.MOST_GROUPS", len(VALUES) + 1)
        return {format: written(hostile, format) for format in FORMATS}


def test_no_value_is_obeyed_by_a_terminal_or_a_ci_log(hostile: Diff, outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        assert not set(text) & ({*CONTROLS, *INVISIBLE} - {"\n"}), format
        ours = ("::warning file=new.yaml,line=", "::notice title=") if format == "github" else ()
        lines = [line.lstrip() for line in text.splitlines()]
        assert not [line for line in lines if COMMAND.match(line) and not line.startswith(ours)], format
        assert "##[error]" not in text or format == "json"
    assert len(outputs["github"].splitlines()) == len(hostile.rules) + len(hostile.notes) + 1


def test_json_keeps_every_value_and_the_others_cut_long_ones(outputs: dict[str, str]) -> None:
    found = json.loads(outputs["json"])
    assert {case["subject"] for case in found["changes"]} == {*VALUES, LONG}
    assert {group["group"]["platform"] for group in found["groups"]} == {*VALUES, LONG}
    assert len(outputs["github"]) < 10_000
    assert len(outputs["markdown"]) < 65_536
    assert LONG[:2000] not in outputs["table"].replace("\n", "").replace(" ", "")


def tokens(text: str) -> Iterator[Token]:
    """What a reader of Markdown finds, as GitHub extends it."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def test_markdown_is_our_own_markup_and_nothing_else(outputs: dict[str, str]) -> None:
    inside_code = False
    seen = set()
    for token in tokens(outputs["markdown"]):
        seen.add(token.type)
        if token.type == "html_block":
            ours = r"(<details><summary><code>[\w.-]+</code> [\w ,:]+</summary>|</details>)\n"
            assert re.fullmatch(ours, token.content), token.content
        elif token.type == "html_inline":
            assert token.content in ("<code>", "</code>")
            inside_code = token.content == "<code>"
        elif token.type == "text" and not inside_code:
            assert not re.search(r"@\w|#\d|GH-\d", token.content), token.content
    structure = {
        "heading",
        "paragraph",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bullet_list",
        "list_item",
        "strong",
    }
    pairs = {f"{name}_{end}" for name in structure for end in ("open", "close")}
    assert seen <= pairs | {"inline", "text", "text_special", "code_inline", "html_inline", "html_block", "softbreak"}
    rows = [line for line in outputs["markdown"].split("\n") if line.startswith("| `")]
    assert [row.count(" | ") for row in rows] == [9, 9]


def test_markdown_fits_in_a_comment_however_many_rules_change(compare: Callable[..., Diff]) -> None:
    packs = []
    for hours in (24, 12):
        names = json.dumps([f"{hours}-{number}" * 20 for number in range(30)])
        rules = "".join(
            f"  - {{id: rule-{n}, when: {{event: report.received, where: recipient in lists.l}}, "
            f"followed_by: {{event: notice.sent, within: {hours}h}}}}\n"
            for n in range(70)
        )
        packs.append(f"pack: p\nversion: '1'\nlists: {{l: {names}}}\nrules:\n{rules}")
    log = pa.table({"event": ["notice.sent"], "time": ["2025-03-01T00:00:00Z"], "report_id": ["R1"]})
    text = written(compare(log, *packs), "markdown")
    assert LARGEST * 0.9 < len(text) < 65_536
    assert "… and 20 more rules." in text
    assert re.search(r"… and \d+ more rules; `--output diff.json` has all of them\.\n$", text)
    assert text.count("<details>") == text.count("</details>")
