"""Each mistake is told once, with its code, at its place, with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.base.diagnostics import DiagnosticsError
from auditor.rules import load_rules
from tests.rules.mistakes import ALL, HEAD, Mistake


@pytest.mark.parametrize("mistake", ALL, ids=lambda m: f"{m.code}-{m.text[-60:]!a}")
def test_a_mistake_is_told_once_at_its_place(mistake: Mistake, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(mistake.yaml, encoding="utf-8")
    with pytest.raises(DiagnosticsError) as caught:
        load_rules([path])
    found = caught.value.diagnostics
    told = "\n".join(str(d) for d in found)
    assert [d.code for d in found] == [mistake.code], told
    assert (found[0].place.line, found[0].place.column) == mistake.place, told
    assert mistake.help in found[0].help, told
    assert found[0].source == mistake.yaml.split("\n")[found[0].place.line - 1]


def test_all_mistakes_of_a_run_are_told_at_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        HEAD + "  - id: a\n    severity: hihg\n    why: no\n    "
        "when: {event: report.recieved, where: categry == 'x' or viws > 3}\n"
        "    folowed_by: {event: report.closed, within: 24hh}\n"
        "  - {id: b, when: report.received, "
        "followed_by: {event: report.closd, within: 24hh, where: {decision: violatoin}}}\n",
        encoding="utf-8",
    )
    two.write_text("pack: q\nversion: 1\nrules:\n  - {id: b, when: report.closd, assert: 3}\n", encoding="utf-8")
    with pytest.raises(DiagnosticsError) as caught:
        load_rules([one, two, tmp_path / "three.yaml"])
    found = [(Path(d.place.file).name, d.place.line, d.code) for d in caught.value.diagnostics]
    assert found == [
        ("", 0, "rules-missing"),
        ("one.yaml", 7, "bad-value"),
        ("one.yaml", 8, "yaml-boolean"),
        ("one.yaml", 9, "unknown-event"),
        ("one.yaml", 9, "unknown-field"),
        ("one.yaml", 9, "unknown-field"),
        ("one.yaml", 10, "unknown-key"),
        ("one.yaml", 11, "unknown-event"),
        ("one.yaml", 11, "bad-duration"),
        ("one.yaml", 11, "unknown-value"),
        ("two.yaml", 2, "wrong-type"),
        ("two.yaml", 4, "duplicate-rule"),
        ("two.yaml", 4, "unknown-event"),
        ("two.yaml", 4, "wrong-type"),
    ]


def test_a_diagnostic_in_full(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(HEAD + "  - {id: a, when: report.received, assert: category in lists.sexul}\n", encoding="utf-8")
    with pytest.raises(DiagnosticsError) as caught:
        load_rules([path])
    assert str(caught.value) == (
        f"{path}:6:56: error[unknown-list]: there is no list `sexul` in this pack\n"
        "    6 |   - {id: a, when: report.received, assert: category in lists.sexul}\n"
        "                                                               ^^^^^^^^^^^\n"
        "    help: did you mean `sexual`?"
    )
    assert caught.value.diagnostics[0].as_dict() == {
        "file": str(path), "line": 6, "column": 56, "code": "unknown-list", "level": "error", "width": 11,
        "message": "there is no list `sexul` in this pack", "help": "did you mean `sexual`?",
        "source": "  - {id: a, when: report.received, assert: category in lists.sexul}",
    }  # fmt: skip


def test_a_comma_inside_braces_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        HEAD + "  - {id: a, when: report.received, assert: contains(actor, params.who)}\n", encoding="utf-8"
    )
    with pytest.raises(DiagnosticsError) as caught:
        load_rules([path])
    first = next(d for d in caught.value.diagnostics if d.code == "expr-syntax")
    assert first.help.startswith("put the condition in quotes")
