"""YAML is read strictly, with places, and nothing breaks the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import AuditorError, DiagnosticsError, UnusableError
from auditor.base.strict_yaml import MAX_BYTES, Document, load, parse


def codes(text: str) -> list[str]:
    with pytest.raises(DiagnosticsError) as caught:
        parse(text, file="x.yaml")
    return [d.code for d in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: 1", {"a": 1}),
        ("a: -1.5", {"a": -1.5}),
        ("a: 0", {"a": 0}),
        ("a: true", {"a": True}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ('a: "no"', {"a": "no"}),
        ("a: 2024-05-07", {"a": "2024-05-07"}),
        ("a: 24h", {"a": "24h"}),
        ("a: 1.0.0", {"a": "1.0.0"}),
        ("a: <<", {"a": "<<"}),
        ("1: a", {"1": "a"}),
        ("a: [b, {c: d}]", {"a": ["b", {"c": "d"}]}),
        ("a: >\n  b\n  c\n", {"a": "b c\n"}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_what_is_meant_is_read(text: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path).root.plain() == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: no", "yaml-boolean"),
        ("on: a", "yaml-boolean"),
        ("a: 12:30:45", "yaml-clock"),
        ("a: 010", "yaml-number-base"),
        ("a: 0x1F", "yaml-number-base"),
        ("a: 1_000", "yaml-number"),
        ("a: .nan", "yaml-number"),
        ("a: -.INF", "yaml-number"),
        ("a: 1e999", "yaml-number"),
        ("a: 99999999999999999999", "yaml-number"),
        ("a: 1\na: 2", "yaml-duplicate-key"),
        ("<<: {a: 1}", "yaml-merge"),
        ("? [a]\n: b", "yaml-key"),
        ("? {a: b}\n: c", "yaml-key"),
        ('"": b', "yaml-key"),
        ("a: &x b", "yaml-alias"),
        ("a: !!int 3", "yaml-tag"),
        ("a: !x b", "yaml-tag"),
        ("a: 1\n---\nb: 2", "yaml-documents"),
        ("\ta: 1", "yaml-syntax"),
        ("a: [", "yaml-syntax"),
        ("a: 'b", "yaml-syntax"),
        ("a: \0", "yaml-character"),
        ("a: \x7f", "yaml-character"),
        ("[" * 41, "yaml-depth"),
        ("- " * 100_000, "yaml-depth"),
        ("{" * 100_000, "yaml-depth"),
        ("? " * 50_000, "yaml-depth"),
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)
def test_what_could_be_misread_is_an_error(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_a_bomb_of_aliases_stops_at_the_first() -> None:
    bomb = "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [{', '.join(['*a'] * 9)}]" for n in range(50))
    assert set(codes(bomb)) == {"yaml-alias"}


def test_all_mistakes_are_told_with_their_places() -> None:
    with pytest.raises(DiagnosticsError) as caught:
        parse("a: no\nb: 010\na: 1\n", file="x.yaml")
    assert [str(d.place) for d in caught.value.diagnostics] == ["x.yaml:1:4", "x.yaml:2:4", "x.yaml:3:1"]


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a" * (MAX_BYTES + 1))
    with pytest.raises(UnusableError) as caught:
        load(path)
    assert caught.value.diagnostics[0].code == "file-too-large"


def test_what_is_not_text_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(UnusableError) as caught:
        load(path)
    assert (caught.value.diagnostics[0].code, caught.value.diagnostics[0].place.line) == ("not-utf8", 2)
    with pytest.raises(UnusableError):
        load(tmp_path)
    with pytest.raises(UnusableError):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "source",
    [
        "k: abc def ghi",
        "k: abc\n  def\n\n  ghi",
        "k: 'abc def ghi'",
        "k: 'abc\n  def ghi'",
        'k: "abc def ghi"',
        'k: "abc\\\n   \\ def\\tghi"',
        "k: |\n  abc\n  def ghi\n",
        "k: >-\n   abc\n   def\n   ghi\n",
        "k: >  # why\n  abc\n  def ghi\n",
    ],
)
def test_a_part_of_a_value_is_found_in_the_file(source: str) -> None:
    document = parse(source, file="x.yaml")
    node = document.root.at(("k",))
    text = str(node.value)
    for word in ("abc", "def", "ghi"):
        place = document.inside(node, text.index(word))
        assert document.line(place.line)[place.column - 1 :].startswith(word)
    end = document.inside(node, len(text))
    assert document.line(end.line)[: end.column - 1].endswith("ghi")


def test_escapes_count_as_one_character() -> None:
    document = parse("k: [\"a\\\"b\\u00e9c x\", 'it''s x']", file="x.yaml")
    for index, column in ((0, 18), (1, 29)):
        node = document.root.at(("k", index))
        assert document.inside(node, str(node.value).index("x")).column == column


_WORDS = "a --- ... é 😀 # [ ] { } *x <<: no 010 !!str"
_PIECES = (
    *_WORDS.split(),
    *(
        "'",
        '"',
        "\\",
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
        "b: ",
        "- ",
        "? ",
        ", ",
        "\n",
        "\n  ",
        "\t",
        "|\n",
        ">\n",
        "&x ",
    ),
    "%YAML 1.1\n",
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)))
@example("a: 'x\u2028  y'")
@example("\ud800")
@example("%TAG ! tag:x,2000:\n---\na: !b c")
def test_any_text_is_a_document_or_a_mistake(text: str) -> None:
    try:
        document = parse(text, file="x.yaml")
    except AuditorError:
        return
    assert isinstance(document, Document)
    for node in _nodes(document.root):
        assert 1 <= node.place.line <= len(document.lines) + 1
        if isinstance(node.value, str):
            assert document.inside(node, 0).line <= len(document.lines)


def _nodes(node):  # type: ignore[no-untyped-def]
    yield node
    inner = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    for child in inner:
        yield from _nodes(child)
