"""Each finding has the fingerprint of its own event, also where one row of a file tells several events."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor

RULES = """
pack: prints
version: "1"
rules:
  - {id: received-first, when: report.received, assert: category == "grooming"}
  - {id: closed-well, when: report.closed, assert: category == "grooming"}
"""
ONE = "{report.received: {time: opened}, report.closed: {time: closed}}"
SHAPES = {
    "one source": f"events: {ONE}",
    "two sources of the same file": """sources:
    first: {files: "cases*", events: {report.received: {time: opened}}}
    second: {files: "*.csv", events: {report.closed: {time: closed}}}""",
}


def prints(folder: Path, shape: str) -> dict[tuple[str, str], str]:
    """Fingerprints by rule and subject."""
    (folder / "rules.yaml").write_text(RULES)
    (folder / "cases.csv").write_text(
        "id,kind,opened,closed\n"
        "r1,csam,2024-01-01T10:00:00Z,2024-01-02T10:00:00Z\n"
        "r2,csam,2024-01-01T10:00:00Z,2024-01-02T10:00:00Z\n"
    )
    (folder / "mapping.yaml").write_text(f"log:\n  fields: {{report_id: id, category: kind}}\n  {shape}\n")
    audit = auditor.check(
        str(folder / "cases.csv"), rules=str(folder / "rules.yaml"), mapping=str(folder / "mapping.yaml")
    )
    rows = audit.findings(["violated"]).to_dict("records")
    found = {(row["rule_id"], row["subject"]): row["fingerprint"] for row in rows}
    assert len(rows) == len(found) == 4
    return found


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_events_of_one_row_have_fingerprints_of_their_own(tmp_path: Path, shape: str) -> None:
    found = prints(tmp_path, shape)
    assert len(set(found.values())) == 4
    assert all(len(print_) == 32 for print_ in found.values())
