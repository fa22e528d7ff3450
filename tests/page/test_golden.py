"""The page of a small audit, compared with an expected file; `pytest --update` rewrites it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from pathlib import Path

import pytest

from auditor.outputs import write
from auditor.results.audit import Audit
from tests.outputs.story import grouped, story

GOLDEN = Path(__file__).parent / "golden"
# What stands in files of the package already, or differs from machine to machine.
MASKS = (
    (r"<style>.*?</style>", "<style>STYLE</style>"),
    (r"<script>.*?</script>", "<script>SCRIPT</script>"),
    (r"sha256-[\w+/=]+", "sha256-DIGEST"),
    (r'<svg viewBox="[^"]*" class="chart".*?</svg>', "<svg>CHART</svg>"),
    (r"(<dt>versions</dt><dd>).*?</dd>", r"\1VERSIONS</dd>"),
    (r'(<span class="quiet">|<dt>auditor</dt><dd>)\d[^<]*<', r"\1VERSION<"),
)


def written(of: Audit) -> str:
    stream = io.BytesIO()
    write(of, "html", stream)
    return stream.getvalue().decode()


@pytest.fixture(scope="module")
def text() -> str:
    return written(story())


@pytest.mark.parametrize("audit", [story, grouped], ids=lambda of: of.__name__)
def test_as_expected(audit: object, request: pytest.FixtureRequest) -> None:
    found = written(audit())  # type: ignore[operator]
    for pattern, shown in MASKS:
        found = re.sub(pattern, shown, found, flags=re.DOTALL)
    path = GOLDEN / f"{audit.__name__}.html"  # type: ignore[attr-defined]
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    rules = dict(part.strip().split(" ", 1) for part in policy[1].replace("&#39;", "'").split(";"))
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        [body] = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert rules.pop(name) == f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
    assert rules == {
        "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'",
        "require-trusted-types-for": "'script'", "trusted-types": "'none'",
    }  # fmt: skip
    assert not re.search(r"(src|href)=\"(?!#)", text), "nothing is loaded from anywhere"


def test_the_drawings_leave_colours_to_the_page(text: str) -> None:
    drawings = re.findall(r'<svg viewBox="[^"]*" class="chart".*?</svg>', text, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert not re.search(r"style|font-family|#0[0-9a-f]{5}|metadata|xmlns", drawing)
        assert re.search(r"<title[^>]*>How late", drawing)
        assert re.search(r"<desc[^>]*>[^<]+</desc>", drawing)
        assert not re.search(r' (fill|stroke)="(?!none)', drawing)


def test_the_data_are_the_findings(text: str) -> None:
    [body] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    data = json.loads(body)
    frame = story().findings()
    assert [row[3] for row in data["findings"]] == list(frame["subject"])
    assert [data["names"][row[1]] for row in data["findings"]] == list(frame["verdict"])
    assert [row[8] for row in data["findings"]] == list(frame["message"])
    assert [row[9] for row in data["findings"]] == list(frame["fingerprint"])
