"""Files of waivers: what holds, and what waives nothing and is told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from auditor.base.diagnostics import AuditorError
from auditor.results.waivers import Waivers, read_waivers
from tests.results.fake import audit, finding

ROOT = Path(__file__).parent.parent.parent
SAMPLE, PAGE = ROOT / "sample_data/nightly/waivers.yaml", ROOT / "docs/waivers.md"
GOOD = (
    '- {rule: referral-in-time, subject: R1, reason: "tickets were lost", approver: "B. Officer", expires: 2020-03-31}'
)


def read(tmp_path: Path, *items: str, top: str = "") -> Waivers:
    path = tmp_path / "waivers.yaml"
    path.write_text(f"{top}waivers:\n" + "".join(f"  {item}\n" for item in items))
    return read_waivers(path)


@pytest.mark.parametrize(
    ("zone", "moment", "holds"),
    [
        ("UTC", datetime(2020, 3, 31, 23, 59, 59, 999999), True),
        ("UTC", datetime(2020, 4, 1), False),
        ("Europe/Paris", datetime(2020, 3, 31, 21, 59, 59), True),
        ("Europe/Paris", datetime(2020, 3, 31, 22), False),
        ("America/New_York", datetime(2020, 4, 1, 3, 59, 59), True),
        ("America/New_York", datetime(2020, 4, 1, 4), False),
    ],
)
def test_the_day_of_expiry_is_part_of_it(tmp_path: Path, zone: str, moment: datetime, holds: bool) -> None:
    assert len(read(tmp_path, GOOD, top=f"timezone: {zone}\n").standing(moment)) == holds


@pytest.mark.parametrize(
    ("rule", "subject", "key", "value", "covered"),
    [
        ("referral-in-time", "R1", "subject", "R1", True),
        ("referral-in-time", "R10", "subject", "R1", False),
        ("referral-in-time", "R*", "subject", "R*", True),  # a subject is taken literally
        ("referral-in-time", "R1", "subject", "R*", False),
        ("referral-in-time", "R10", "pattern", "R1*", True),
        ("referral-in-time", "r10", "pattern", "R1*", False),
        ("referral-in-time-2", "R10", "pattern", "*", False),
    ],
)  # fmt: skip
def test_what_a_waiver_covers(tmp_path: Path, rule: str, subject: str, key: str, value: str, covered: bool) -> None:
    [one] = read(tmp_path, GOOD.replace("subject: R1", f'{key}: "{value}"')).entries
    assert one.covers(rule, subject) is covered


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (GOOD.replace("reason", "reasn"), "unknown key `reasn`"),
        (GOOD.replace(', approver: "B. Officer"', ""), "has no `approver`"),
        (GOOD.replace("2020-03-31", "2020-02-30"), "`2020-02-30` is no date"),
        (GOOD.replace("2020-03-31", "20200331"), "`expires` must be a text"),
        (GOOD.replace("subject: R1", "subject: 17"), "`subject` must be a text"),
        (GOOD.replace("subject: R1, ", ""), "needs either `subject` or `pattern`"),
        (GOOD.replace("subject: R1", 'subject: R1, pattern: "*"'), "needs either `subject` or `pattern`"),
        (GOOD.replace('"tickets were lost"', '" "'), "`reason` must be a text"),
        ("- everything", "a waiver is a mapping"),
    ],
)
def test_a_malformed_waiver_waives_nothing_and_is_told(tmp_path: Path, item: str, told: str) -> None:
    found = read(tmp_path, item, GOOD.replace("R1", "R2"))
    assert [one.subject for one in found.entries] == ["R2"]
    marked = audit(finding()).marked(waivers=found)
    assert marked.exit_code == 1
    [note, unused] = [note for note in marked.notes if "waivers.yaml" in note]
    assert told in note
    assert "waivers.yaml:2" in note
    assert unused.endswith("covers no finding")


def test_lapsed_unused_and_unknown_waivers_are_told(tmp_path: Path) -> None:
    lapsed = GOOD.replace("2020-03-31", "2020-02-25")  # judged on the 26th
    found = read(tmp_path, GOOD, lapsed, GOOD.replace("R1", "R9"), GOOD.replace("referral-in-time", "no-such-rule"))
    marked = audit(finding()).marked(waivers=found)
    assert marked.exit_code == 0
    assert [note.partition("waivers.yaml: ")[2] for note in marked.waiver_notes] == [
        "the waiver of referral-in-time for `R1` (line 3) lapsed after 2020-02-25",
        "the waiver of referral-in-time for `R9` (line 4) covers no finding",
        "the waiver of no-such-rule for `R1` (line 5) names no rule of this audit",
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "waivers-root"),
        ("waivers: none\n", "waivers-root"),
        ("- rule: a\n", "waivers-root"),
        ("waivers: []\nwaiver: []\n", "unknown-key"),
        ("timezone: Mars/Base\nwaivers: []\n", "unknown-timezone"),
        ("waivers:\n  - {rule: a, rule: b}\n", "yaml-duplicate-key"),
        ("waivers: [\n", "yaml-syntax"),
    ],
)
def test_a_file_that_is_no_list_of_waivers_ends_the_run(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(content)
    with pytest.raises(AuditorError) as caught:
        read_waivers(path)
    assert f"[{code}]" in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="there is no such waiver file"):
        read_waivers(tmp_path / "none.yaml")


def test_the_documented_waivers_can_be_read() -> None:
    """Also that the page shows the first waiver of the sample."""
    sample = read_waivers(SAMPLE)
    assert [one.expires.isoformat() for one in sample.entries] == ["2026-03-31", "2025-10-31"]
    assert sample.problems == ()
    shown = PAGE.read_text(encoding="utf-8").partition("expires: ")[0].rpartition("```yaml")[2]
    keys = [line.split("#")[0].strip() for line in shown.splitlines()]
    assert {line for line in keys if line} <= {line.split("#")[0].strip() for line in SAMPLE.read_text().splitlines()}
