"""The language reference is true: its examples load, and every key, function and code is in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import auditor
from auditor.base.durations import UNITS, Duration
from auditor.rules import load_rules, sentence
from auditor.rules.conditions import compile_condition
from auditor.rules.conditions.functions import SIGNATURES
from auditor.rules.expressions import Literal_
from auditor.rules.names import Known, NamedList, Pack, Parameter
from auditor.rules.shapes import (
    DAYS,
    OBLIGATIONS,
    PER,
    ClockShape,
    CountShape,
    ExpectedShape,
    FollowedShape,
    MeasureShape,
    PackShape,
    PauseShape,
    RuleShape,
    RuleTestShape,
    ServiceLevelShape,
)
from tests.rules.mistakes import ALL
from tests.rules.test_linter import DOUBTS

ROOT = Path(auditor.__file__).parent
PAGE = (ROOT.parent / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
_TABLE = PAGE.split("| condition | meaning |")[1].split("\n\n")[0]
CONDITIONS = re.findall(r"^\| `(.+?)` \|", _TABLE, re.MULTILINE)
# Codes that other tests of these folders make: files, settings, selection, packs of several files, unused names.
ELSEWHERE = {
    "file-is-folder", "file-missing", "file-too-large", "file-unreadable", "not-utf8", "bad-setting",
    "pack-conflict", "pack-twice", "unused-parameter", "unused-list", "unused-clock", "unused-field",
    "shadowed-rule", "idle-clock",
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=[text.split("\n")[0] for text in EXAMPLES])
def test_an_example_loads(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(example, encoding="utf-8")
    assert load_rules([path]).rules


def test_the_sentence_is_that_of_the_first_example(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(EXAMPLES[0], encoding="utf-8")
    quoted = " ".join(line[2:] for line in PAGE.split("\n") if line.startswith("> "))
    assert quoted == sentence(load_rules([path]).rules[0])


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_compiles(condition: str) -> None:
    pack = Pack("p", "1", "UTC", Known.of())
    pack.parameters["referral_limit"] = Parameter("referral_limit", "duration", Duration(seconds=86400), "24h")
    pack.lists["child_sexual"] = NamedList("child_sexual", (Literal_("csam", "text"),), lambda *_: None)
    assert compile_condition(condition, pack, trigger=True)[1] == []


def test_every_word_of_the_language_is_explained() -> None:
    shapes = (
        PackShape, RuleShape, RuleTestShape, ExpectedShape, ClockShape, PauseShape, MeasureShape, ServiceLevelShape,
        CountShape, FollowedShape,
    )  # fmt: skip
    keys = {field.alias or name for shape in shapes for name, field in shape.model_fields.items()}
    words = {*keys, *OBLIGATIONS, *PER, *UNITS, "event", "where", "nth", "kind", "deadline", "note", *DAYS}
    assert sorted(word for word in words if f"`{word}`" not in PAGE) == []
    assert sorted(name for name in SIGNATURES if f"`{name}(" not in PAGE) == []


def test_every_code_is_explained_and_tested() -> None:
    made = set(_codes())
    tables = PAGE.split("## Diagnostics")[1]
    heads = [line.split(" | ")[0] for line in tables.split("\n") if line.startswith("| `")]
    explained = {code for head in heads for code in re.findall(r"`([a-z0-9-]+)`", head)}
    assert explained == made
    assert made - ELSEWHERE == {mistake.code for mistake in ALL} | {code for code, _ in DOUBTS}


_MAKERS = {"report", "Mistake", "Fault", "Diagnostic", "UnusableError", "complain", "diagnostic"}
_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)+$")


def _codes() -> Iterator[str]:
    """The codes in the sources: first arguments of what makes diagnostics, and what lint yields."""
    for path in (*(ROOT / "rules").rglob("*.py"), *(ROOT / "base").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Call) and _called(node) in _MAKERS:
                parts = node.args[:1]
            elif isinstance(node, ast.Tuple) and path.name in (
                "linter.py",
                "doubts.py",
                "shadows.py",
                "yaml_scalars.py",
            ):
                parts = node.elts[:2]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and _CODE.match(part.value):
                    yield part.value


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
