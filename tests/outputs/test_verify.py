"""A verified manifest, told in every format; names of files and rules do nothing there."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from auditor.outputs import Look
from auditor.outputs.verify import FORMATS, write
from auditor.results.verify import Verification
from tests.outputs.test_hostile import ATTACKS, CONTROLS, INVISIBLE
from tests.results.manifests import example, file, pack, rule_file, verified

GOLDEN = Path(__file__).parent / "golden"
CHANGES = [
    ("provenance.log.files", [file("log.csv", "b", size=1200), file("log-2.csv", "c")]),
    ("provenance.mapping", file("mapping.yaml")),
    ("provenance.rules.packs", [pack("test", "b", "1.1.0")]),
    ("provenance.rules.files", [rule_file("test.yaml", "b")]),
    ("provenance.libraries.duckdb", "2.0.1"),
    ("result.rows", 13),
    ("result.rules.1.violated", 3),
    ("result.rules.1.findings_sha256", "f" * 64),
]  # fmt: skip


def text(found: Verification, format: str, width: int = 100) -> str:
    stream = io.BytesIO()
    write(found, format, stream, Look(width=width))
    return stream.getvalue().decode()


@pytest.mark.parametrize(("format", "suffix"), [("table", "txt"), ("json", "json")])
def test_as_expected(format: str, suffix: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"verify.{suffix}"
    found = text(verified(example(), example(*CHANGES)), format)
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()
    assert found == text(verified(example(), example(*CHANGES)), format)


def test_the_last_line_says_what_it_comes_to() -> None:
    def last(*changes: tuple[str, object]) -> str:
        return text(verified(example(), example(*changes)), "table").splitlines()[-1]

    assert last() == "All the same: log, mapping, rules, versions and result."
    assert last(("provenance.python", "4")) == "The result is the same, in spite of what differs."
    assert last(("provenance.python", "4"), ("result.rules.0.met", 9)) == "The result differs, in 1 of 5 rules."
    assert "this machine computes otherwise" in last(("result.rules.0.met", 9))


def test_json_tells_it_in_two_words() -> None:
    for changes, same, result in (((), True, True), ((("provenance.python", "4"),), False, True)):
        told = json.loads(text(verified(example(), example(*changes)), "json"))
        assert (told["same"], told["same_result"]) == (same, result)
        assert len(told["differences"]) == len(changes)


def test_many_differences_are_cut_in_the_table_and_whole_in_json() -> None:
    many = [file(f"log-{number}.csv", "b") for number in range(100)]
    found = verified(example(), example(("provenance.log.files", many)))
    assert "… and 61 more; --format json has all of them" in " ".join(text(found, "table").split())
    assert len(json.loads(text(found, "json"))["differences"]) == 101


def test_names_do_nothing() -> None:
    attacks = [attack for attack in ATTACKS if "\x00" not in attack] + ["x" * 250]
    files = [file(name, f"{number:x}"[-1]) for number, name in enumerate(attacks)]
    rules = {"provenance.rules.packs": [pack(name, "b") for name in ATTACKS], "provenance.libraries": {ATTACKS[9]: "1"}}
    old = example(("provenance.log", {"given": attacks[:5], "files": files}), ("result.rules.0.id", ATTACKS[13]))
    found = verified(old, example(("provenance.log.files", []), *rules.items()), name="\x1b[2J::error::.json")
    for format in FORMATS:
        told = text(found, format, width=4000)
        assert not set(told) & ({*CONTROLS, *INVISIBLE} - {"\n"})
        assert not any(line.lstrip().startswith(("::", "##[")) for line in told.splitlines())
    assert "[red]markup[/red] is missing" in text(found, "table", width=4000)
    whats = [one["what"] for one in json.loads(text(found, "json"))["differences"]]
    assert set(attacks) <= set(whats)
    assert len(text(verified(example(("result.rules.0.id", "x" * 1_000_000)), example()), "table")) < 3000
