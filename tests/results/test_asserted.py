"""The source's own verdicts beside ours: compared report by report, told where they differ, never used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor.outputs import Look, write
from auditor.outputs.log_health import remarks
from auditor.results import Audit
from auditor.results.asserted import Comparison

LOG = """\
id,opened,decided,told,item,sla
R1,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c1,yes
R2,2024-03-04T09:00:00Z,2024-03-06T10:00:00Z,,c1,Yes
R3,2024-03-04T09:00:00Z,2024-03-06T10:00:00Z,,c2,no
R4,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c2,N
R5,2024-03-04T09:00:00Z,,,c3,
R6,2024-03-08T09:00:00Z,,,c3,no
R7,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c4,perhaps
R8,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c4,yes
R8,2024-03-05T09:00:00Z,2024-03-05T10:00:00Z,,c4,no
R9,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c4,1
R9,2024-03-05T09:00:00Z,2024-03-07T10:00:00Z,,c4,1
"""
MAPPING = """\
log:
  fields: {{report_id: id, content_id: item}}
  events: {{report.received: opened, decision.made: decided, notice.sent: told}}
  observed_until: 2024-03-08T12:00:00Z
  asserted: {asserted}
"""
PACK = """\
pack: duties
version: "1"
rules:
  - id: decided
    when: report.received
    followed_by: {event: decision.made, within: 24h}
  - id: decided-per-item
    per: content_id
    when: report.received
    followed_by: {event: decision.made, within: 24h}
  - id: told
    when: decision.made
    followed_by: {event: notice.sent, within: 24h}
  - id: told-at-all
    when: decision.made
    preceded_by: {event: report.received, within: 24h}
"""


def audited(folder: Path, asserted: str, log: str = LOG) -> Audit:
    (folder / "log.csv").write_text(log)
    (folder / "mapping.yaml").write_text(MAPPING.format(asserted=asserted))
    (folder / "rules.yaml").write_text(PACK)
    return auditor.check(folder / "log.csv", folder / "rules.yaml", folder / "mapping.yaml")


def compared(folder: Path, asserted: str) -> tuple[Audit, Comparison]:
    audit = audited(folder, asserted)
    [found] = audit.asserted.each
    return audit, found


def told(audit: Audit, format: str) -> str:
    import io

    stream = io.BytesIO()
    write(audit, format, stream, Look(width=160))
    return stream.getvalue().decode()


def differing(audit: Audit) -> list[tuple[Any, ...]]:
    table = audit.asserted.differing("on_time")
    if table is None:
        return []
    return [tuple(row.values()) for batch in audit.batches(table) for row in batch.to_pylist()]


def counts(found: Comparison, rule: str) -> dict[str, dict[str, int]]:
    [beside] = [one for one in found.rules if one.rule_id == rule]
    return {said: {v: n for v, n in ours.items() if n} for said, ours in beside.counts.items()}


def test_reports_are_counted_by_what_the_source_says_and_by_our_worst_verdict(tmp_path: Path) -> None:
    audit, found = compared(tmp_path, "{on_time: {column: sla, rules: [decided]}}")
    assert found.stated == {"met": 3, "violated": 3, "contradictory": 1, "unread": 1}
    assert counts(found, "decided") == {
        "met": {"met": 1, "violated": 2},
        "violated": {"violated": 1, "met": 1, "pending": 1},
    }
    assert differing(audit) == [
        ("decided", "R2", "met", "violated"),
        ("decided", "R4", "violated", "met"),
        ("decided", "R9", "met", "violated"),
    ]
    assert found.notes == (
        "neither yes nor no on 1 report: state `met` and `violated` in the mapping",
        "both answers on 1 report",
    )


def test_our_verdicts_do_not_change(tmp_path: Path) -> None:
    with_opinion = audited(tmp_path, "{on_time: sla}")
    without = audited(tmp_path, "{}")
    assert not without.asserted.each
    assert [o.counts for o in with_opinion.outcomes] == [o.counts for o in without.outcomes]
    assert with_opinion.exit_code == without.exit_code


def test_without_rules_all_with_a_deadline_for_single_reports(tmp_path: Path) -> None:
    _, found = compared(tmp_path, "{on_time: sla}")
    assert [one.rule_id for one in found.rules] == ["decided", "told"]
    assert counts(found, "told")["met"] == {"violated": 3}
    assert any("every rule that has a deadline" in note for note in found.notes)


def test_words_of_the_source_can_be_stated(tmp_path: Path) -> None:
    """A column that says yes where it was late."""
    asserted = '{on_time: {column: sla, met: ["no", N], violated: ["yes", "Yes", 1], rules: ["decid*"]}}'
    audit, found = compared(tmp_path, asserted)
    assert found.stated == {"met": 3, "violated": 3, "contradictory": 1, "unread": 1}
    assert [row[1] for row in differing(audit)] == ["R1", "R3"]


@pytest.mark.parametrize(
    ("rules", "note"),
    [
        ("decided-in-tme", "`decided-in-tme` is no rule of this audit. did you mean `decided`?"),
        ("decided-per-item", "`decided-per-item` is not judged by single reports, and cannot be compared"),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, rules: str, note: str) -> None:
    audit, found = compared(tmp_path, f"{{on_time: {{column: sla, rules: [{rules}]}}}}")
    assert found.rules == ()
    assert note in found.notes
    assert f"note: on_time: {note}" in " ".join(told(audit, "table").split())
    assert f"note: on_time: {note}" in remarks(audit)


def test_a_column_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("")
    audit = audited(tmp_path, "{on_time: {column: sla, rules: [decided]}}", log="id,opened,decided,told,item,sla\n"
                    "R1,2024-03-04T09:00:00Z,,,,\n")  # fmt: skip
    [found] = audit.asserted.each
    assert found.notes == ("the source says nothing of any report",)
    assert found.differing == 0


def test_json_has_every_report_that_differs(tmp_path: Path) -> None:
    audit = audited(tmp_path, "{on_time: {column: sla, rules: [decided]}, other: {column: told, rules: [told]}}")
    whole = json.loads(told(audit, "json"))
    assert list(whole) == [
        "auditor",
        "as_of",
        "log",
        "packs",
        "rules",
        "groups",
        "group_verdicts",
        "asserted",
        "findings",
    ]
    first, second = whole["asserted"]
    assert list(first) == ["name", "reports", "rules", "notes", "differing"]
    assert first["rules"][0]["differing"] == len(first["differing"]) == 3
    assert first["rules"][0]["asserted_met"] == {"violated": 2, "undetermined": 0, "pending": 0, "exempt": 0, "met": 1}
    assert first["differing"][0] == {"rule_id": "decided", "subject": "R2", "asserted": "met", "verdict": "violated"}
    assert (second["name"], second["differing"]) == ("other", [])
    assert "asserted" not in json.loads(told(audited(tmp_path, "{}"), "json"))


def test_table_and_remarks_tell_where_they_differ(tmp_path: Path) -> None:
    audit = audited(tmp_path, "{on_time: {column: sla, rules: [decided]}}")
    page = " ".join(told(audit, "table").split())
    assert "source's own verdict" in page
    assert "on_time differs on R2 (decided: says met, we: violated); R4 (decided: says violated, we: met); R9" in page
    assert "on_time, the source's own verdict, differs from ours 3 times in 6" in remarks(audit)
    assert "own verdict" not in told(audited(tmp_path, "{}"), "table")


def test_many_differences_are_cut_in_the_table(tmp_path: Path) -> None:
    rows = "".join(f"R{n:03},2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,c,no\n" for n in range(40))
    audit = audited(tmp_path, "{on_time: {column: sla, rules: [decided]}}", LOG.splitlines()[0] + "\n" + rows)
    page = " ".join(told(audit, "table").split())
    assert "R004 (decided: says violated, we: met); and 35 more, --output findings.json has all" in page
    assert len(json.loads(told(audit, "json"))["asserted"][0]["differing"]) == 40
