"""Workflow commands: no more than a step shows, the worst first, and what is left out is told."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.log.log import Health
from auditor.outputs import write
from auditor.results.audit import Audit
from tests.outputs.marked import marked, plain
from tests.outputs.story import hostile, story
from tests.outputs.test_hostile import ATTACKS
from tests.results.fake import audit, finding, log, rule

GOLDEN = Path(__file__).parent / "golden" / "github.txt"
_COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^:,]*,?)+)::(.*)")


def lines(of: Audit) -> list[str]:
    stream = io.BytesIO()
    write(of, "github", stream)
    found = stream.getvalue().decode()
    assert found.endswith("\n")
    return found[:-1].split("\n")


def commands(of: Audit) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message of each command, unescaped as the runner does it."""
    found = []
    for line in lines(of):
        matched = _COMMAND.fullmatch(line)
        assert matched, line
        kind, properties, message = matched.groups()
        pairs = (pair.split("=", 1) for pair in properties.split(","))
        found.append((kind, {name: _property(value) for name, value in pairs}, _data(message)))
    return found


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _property(text: str) -> str:
    return _data(text.replace("%3A", ":").replace("%2C", ","))


@pytest.mark.parametrize("made", [story, marked])
def test_as_expected(made: Any, request: pytest.FixtureRequest) -> None:
    path = GOLDEN.with_stem(f"{GOLDEN.stem}_{made.__name__}")
    found = "\n".join([*lines(made()), ""])
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()


def test_kinds_follow_severity() -> None:
    found = {(kind, properties["title"]) for kind, properties, _ in commands(plain())}
    assert {
        ("error", "critical: grave"), ("error", "high: levelled"), ("warning", "medium: middling"),
        ("notice", "info: slight"), ("notice", "draft: drafted"), ("notice", "undetermined: grave"),
        ("warning", "could not be judged"),
    } <= found  # fmt: skip


def test_waived_and_continuing_findings_are_told_apart() -> None:
    found = commands(marked())
    titles = [properties["title"] for _, properties, _ in found]
    assert titles.index("critical: grave (new)") < titles.index("critical: grave (continuing)")
    assert "waived: grave" in titles
    assert not any("R3:" in message for kind, _, message in found if kind == "error")
    assert "compared with baseline old.json: 4 new, 1 continuing, 1 resolved" in found[-1][2]


def test_no_more_than_a_step_shows_and_the_number_of_the_others() -> None:
    rules = tuple(rule(f"{severity}-{n}", severity=severity) for severity in ("low", "medium", "high", "critical")
                  for n in range(15))  # fmt: skip
    rows = [finding(rule_id=one.id, number=n) for n, one in enumerate(rules)]
    doubts = [finding("undetermined", rule_id=one.id, reason="missing_value", number=100 + n)
              for n, one in enumerate(rules[:12])]  # fmt: skip
    found = commands(audit(*rows, *doubts, rules=rules))
    kinds = [kind for kind, _, _ in found]
    assert {kind: kinds.count(kind) for kind in kinds} == {"error": 10, "warning": 10, "notice": 10}
    assert [p["title"] for _, p, _ in found[:10]] == [f"critical: critical-{n}" for n in range(10)]
    assert "; 31 violations and 12 other remarks not shown here" in found[-1][2]


def test_one_rule_does_not_hide_the_others() -> None:
    rules = tuple(rule(f"r{n}") for n in range(6))
    rows = [finding(rule_id=f"r{n % 6}", subject=f"R{n}", number=n) for n in range(600)]
    titles = [properties["title"] for _, properties, _ in commands(audit(*rows, rules=rules))]
    assert titles[:10] == [f"critical: r{n}" for n in (0, 1, 2, 3, 4, 5, 0, 1, 2, 3)]


def test_everything_fits() -> None:
    [error, notice] = commands(audit(finding(), show=("violated",)))
    assert error[0] == "error"
    assert notice[2] == "1 of 1 activations violated, 0 undetermined, 0 pending"


def test_what_is_not_to_be_shown_is_not_shown() -> None:
    found = commands(
        audit(finding(), finding("undetermined", reason="missing_value", number=2), show=("undetermined",))
    )
    assert [kind for kind, _, _ in found] == ["notice", "notice"]


def test_the_line_of_a_row_and_the_file_of_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b:c%.csv").write_text("x\n1\n")
    [first, *_] = commands(audit(finding(), log=log(health=Health(("a,b:c%.csv",), 1, 1, out_of_order=0))))
    assert first[1] == {"file": "a,b:c%.csv", "line": "2", "title": "critical: referral-in-time"}
    assert first[2].endswith("(a,b:c%.csv, row 2; 1 of 1 violated)")
    [chat] = [properties for _, properties, _ in commands(plain()) if properties["title"] == "high: levelled"]
    assert (chat["file"], chat["line"]) == ("r.yaml", "1")


def test_without_a_line_no_file_is_named_since_the_first_line_would_be_blamed() -> None:
    [first, *_] = commands(audit(finding(), log=log(health=Health(("log.parquet",), 1, 1, out_of_order=0))))
    assert set(first[1]) == {"title"}
    assert first[2].endswith("(log.parquet, row 2; 1 of 1 violated)")


def test_values_start_no_command_and_end_none() -> None:
    attacks = [*ATTACKS, "%0A::error::x", "%0D%0A", "::add-mask::x", "::set-output name=a::b", "a,b=c", "100%25"]
    errors = []
    for start in range(0, len(attacks), 10):  # as many as a step shows
        *found, last = commands(hostile(*attacks[start : start + 10]))
        assert last[1]["title"] == "auditor"
        errors += found
    assert len(errors) == len(attacks)
    for kind, _, said in errors:
        assert kind == "error"
        assert "::error::" not in said
        assert "##[" not in said
        assert not set(said) & {"\n", "\r", "\x00", "\x1b", "\u202e"}
    assert "report_id %0A: :error::x: " in errors[attacks.index("%0A::error::x")][2]


def test_long_values_are_cut() -> None:
    assert max(map(len, lines(hostile("x" * 1_000_000)))) < 1000
