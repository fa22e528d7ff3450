"""`auditor rules`: list, show, lint, schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Done

Run = Callable[..., Done]


def test_list_names_packs_and_rules(folder: Path, run: Run) -> None:
    done = run("rules", "list")
    assert done.code == 0
    assert "child-safety 1.0.0" in done.out
    assert "referral-in-time" in done.out
    done = run("rules", "list", "rules.yaml", "quiet.yaml")
    assert "small 1.0.0" in done.out
    assert "quiet 1.0.0" in done.out


def test_show_says_a_rule_in_a_sentence(folder: Path, run: Run) -> None:
    done = run("rules", "show", "referral-in-time", "-r", "rules.yaml", "--set", "limit=12h")
    assert done.code == 0
    assert "must follow within 12 h" in done.out
    assert "written in: rules.yaml:6" in done.out


def test_lint(folder: Path, run: Run) -> None:
    done = run("rules", "lint", "rules.yaml")
    assert (done.code, done.out.splitlines()[-1]) == (0, "4 warnings")
    (folder / "broken.yaml").write_text((folder / "rules.yaml").read_text().replace("within:", "with_in:"))
    done = run("rules", "lint", "broken.yaml")
    assert done.code == 2
    assert "did you mean `within`?" in done.out
    assert "^^^^^^^" in done.out
    assert done.out.splitlines()[-1].startswith("1 error")
    done = run("rules", "lint", "broken.yaml", "--format", "json")
    assert done.code == 2
    mistakes = json.loads(done.out)
    assert any(item["line"] == 10 and item["level"] == "error" and "within" in item["help"] for item in mistakes)


def test_schema_is_json(run: Run) -> None:
    done = run("rules", "schema")
    assert done.code == 0
    assert "properties" in json.dumps(json.loads(done.out))


TESTED = """\
pack: tested
version: "1"
rules:
  - id: answered
    when: {event: report.received, where: category == "csam"}
    followed_by: {event: decision.made, within: 24h}
    tests:
      - {name: in time, events: [{report.received: 0h, category: csam}, {decision.made: 24h}], expect: met}
"""
WRONG = """\
      - name: an hour late
        events: [{report.received: 0h, category: csam}, {decision.made: 25h, automated: true}]
        expect: met
"""


def test_tests_that_pass(folder: Path, run: Run) -> None:
    (folder / "tested.yaml").write_text(TESTED)
    done = run("rules", "test", "tested.yaml", "rules.yaml")
    assert (done.code, done.out.splitlines()) == (
        0,
        ["tested 1: all 1 tests passed", "small 1.0.0: no tests; write some under `tests` in its rules"],
    )


def test_a_test_that_fails_tells_its_story(folder: Path, run: Run) -> None:
    (folder / "tested.yaml").write_text(TESTED + WRONG)
    done = run("rules", "test", "tested.yaml")
    assert done.code == 1
    assert [line.split() for line in done.out.splitlines() if line] == [
        ["failed", "answered:", "an", "hour", "late"],
        ["tested.yaml:9"],
        ["0", "h", "report.received", "category", "csam"],
        ["24", "h", "due", "for", "r1:", "violated,", "1", "h", "late"],
        ["25", "h", "decision.made", "automated", "yes"],
        ["25", "h", "judged"],
        ["expected", "met"],
        ["found", "violated", "for", "r1,", "due", "24", "h,", "late", "1", "h"],
        ["tested", "1:", "1", "of", "2", "tests", "failed"],
    ]
    done = run("rules", "test", "tested.yaml", "--format", "json")
    assert done.code == 1
    found = json.loads(done.out)
    assert (found["passed"], found["failed"], found["without_tests"]) == (1, 1, [])
    assert found["tests"][1]["expected"] == ["met"]
    assert found["tests"][1]["line"] == 9
    assert len(found["packs"][0]["sha256"]) == 64


def test_tests_of_chosen_rules_and_settings(folder: Path, run: Run) -> None:
    text = TESTED.replace("rules:", "parameters: {limit: 24h}\nrules:", 1).replace(
        "within: 24h", "within: params.limit"
    )
    (folder / "tested.yaml").write_text(text)
    assert run("rules", "test", "tested.yaml", "--rule", "ans*").code == 0
    assert run("rules", "test", "tested.yaml", "--set", "limit=23h").code == 1
    assert run("rules", "test", "tested.yaml", "--rule", "other").code == 2
    assert run("rules", "test", "tested.yaml", "--format", "xml").code == 2


def test_boundaries(folder: Path, run: Run) -> None:
    done = run("rules", "test", "rules.yaml", "--boundaries")
    assert done.code == 0
    lines = [line.split("  ") for line in done.out.splitlines()]
    said = {line[1]: line[-1].strip() for line in lines if len(line) > 2}
    assert said["referral.submitted 24 h 00 min 00 s after report.received"] == "met"
    assert said["referral.submitted 24 h 00 min 01 s after report.received"] == "violated, 1 s late"
    done = run("rules", "test", "rules.yaml", "--boundaries", "--format", "json")
    [one] = json.loads(done.out)
    assert {"what", "verdict", "reason", "late_seconds"} == set(one["limits"][0])


def test_docs(folder: Path, run: Run) -> None:
    assert "# A small pack\n" in run("rules", "docs", "rules.yaml").out
    assert run("rules", "docs", "rules.yaml", "--output", "pages").code == 0
    assert sorted(path.name for path in (folder / "pages").iterdir()) == ["index.md", "small.md"]
    done = run("rules", "docs", "rules.yaml", "--output", "log.csv")
    assert (done.code, "cannot make this folder" in done.err) == (2, True)
