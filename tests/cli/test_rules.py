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
    assert run("rules", "lint", "rules.yaml").code == 0
    (folder / "broken.yaml").write_text((folder / "rules.yaml").read_text().replace("within:", "with_in:"))
    done = run("rules", "lint", "broken.yaml")
    assert done.code == 2
    assert "did you mean `within`?" in done.out
    assert "^^^^^^^" in done.out
    done = run("rules", "lint", "broken.yaml", "--format", "json")
    assert done.code == 2
    mistakes = json.loads(done.out)
    assert any(item["line"] == 10 and item["level"] == "error" and "within" in item["help"] for item in mistakes)


def test_schema_is_json(run: Run) -> None:
    done = run("rules", "schema")
    assert done.code == 0
    assert "properties" in json.dumps(json.loads(done.out))
