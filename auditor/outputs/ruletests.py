"""The tests of rules for readers: how many passed, and the timeline of each that did not; or all of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.log.schema import EVENT, TIME
from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe, safe_lines
from auditor.outputs.rule_pages import written_in
from auditor.outputs.stories import happened, values
from auditor.outputs.styles import VERDICT, paper
from auditor.results.ruletests import CaseOutcome
from auditor.rules import RuleSet
from auditor.rules.activations import Activation
from auditor.rules.offsets import shown


def write(rules: RuleSet, tested: Sequence[CaseOutcome], format: str, stream: BinaryIO, look: Look) -> None:
    """All tests of the rules, in one of the formats `table` and `json`."""
    if format == "json":
        stream.write((safe_lines(json.dumps(as_dict(rules, tested), indent=2)) + "\n").encode())
        return
    with paper(stream, look) as out:
        for one in tested:
            if one.difference is not None:
                _failed(out, one)
        for pack in rules.packs:
            ids = {rule.id for rule in rules.rules if rule.pack == pack.name}
            mine = [one for one in tested if one.rule.id in ids]
            bare = sum(not rule.tests for rule in rules.rules if rule.id in ids)
            out.print(Text.assemble((safe(pack.name), "bold"), f" {safe(pack.version)}: {_told(mine, bare, len(ids))}"))


def as_dict(rules: RuleSet, tested: Sequence[CaseOutcome]) -> dict[str, Any]:
    """The same for machines; times as offsets from the start of each test."""
    return {
        "packs": [pack.as_dict() for pack in rules.packs],
        "passed": sum(one.difference is None for one in tested),
        "failed": sum(one.difference is not None for one in tested),
        "without_tests": [rule.id for rule in rules.rules if not rule.tests],
        "tests": [
            {
                "rule_id": one.rule.id,
                "name": one.case.name,
                "file": one.case.place.file,
                "line": one.case.place.line,
                "passed": one.difference is None,
                "expected": [] if one.difference is None else list(one.difference.expected),
                "found": [activation.text(one.case.start) for activation in one.found],
            }
            for one in tested
        ],
    }


def _told(tested: Sequence[CaseOutcome], bare: int, rules: int) -> str:
    if not rules:
        return "no rule of it was chosen"
    if not tested:
        return "no tests; write some under `tests` in its rules"
    failed = sum(one.difference is not None for one in tested)
    text = f"{failed} of {len(tested)} tests failed" if failed else f"all {len(tested)} tests passed"
    return text + (f"; {bare} of {rules} rules have no tests" if bare else "")


def _failed(out: Console, one: CaseOutcome) -> None:
    case, difference = one.case, one.difference
    assert difference is not None  # noqa: S101 - the caller has asked
    head = Text.assemble(("failed", "bold red"), "  ", (safe(one.rule.id), "bold"), f": {safe(case.name)}")
    out.print(head)
    out.print(Padding(Text(safe(written_in(case.place)), style="dim"), (0, 0, 0, 2)))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for _, _, when, what in sorted(_moments(one), key=lambda moment: moment[:2]):
        grid.add_row(Text(when), what)
    out.print(Padding(grid, (0, 0, 0, 4)))
    for word, texts in (("expected", difference.expected), ("found", difference.found)):
        for text in texts:
            out.print(Padding(Text.assemble((f"{word:<9}", "bold"), safe(text)), (0, 0, 0, 2)))
    out.print()


def _moments(one: CaseOutcome) -> list[tuple[datetime, int, str, Text]]:
    """Events, due times and the judgement, each with its time and what stands beside it."""
    case = one.case
    found = []
    for row in case.rows:
        what = Text.assemble((safe(row[EVENT]), "bold"), f"  {safe(values(case, row))}")
        found.append((row[TIME], 0, happened(row, case.start), what))
    for activation in one.found:
        if activation.due_at is not None:
            text = Text(_due(activation), style=VERDICT[activation.verdict])
            found.append((activation.due_at, 1, shown(activation.due_at - case.start), text))
    return [*found, (case.as_of, 2, shown(case.as_of - case.start), Text("judged", style="dim"))]


def _due(activation: Activation) -> str:
    text = (
        "due" + ("" if activation.subject is None else f" for {safe(activation.subject)}") + f": {activation.verdict}"
    )
    if activation.late_seconds is None:
        return text
    until = "" if activation.met_at is not None else ", and not met when judged"
    return f"{text}, {shown(timedelta(seconds=activation.late_seconds))} late{until}"
