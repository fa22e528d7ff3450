"""Counts fit the terminal: in columns where it is wide enough, else in words, and rule ids never vanish."""

from __future__ import annotations

import io

import pytest

from auditor.outputs import Look, write
from auditor.results.audit import Audit
from tests.results.fake import audit, finding, rule

LONG = "referral-prompt-after-violation"


def counted(**changes: object) -> Audit:
    rules = (rule(LONG), rule("short", severity="low"))
    rows = [finding(verdict, rule_id=LONG, number=n) for n, verdict in enumerate(("violated", "met", "met", "exempt"))]
    return audit(*rows, finding("met", rule_id="short", number=9), rules=rules, show=("violated",), **changes)


def page(width: int, **changes: object) -> list[str]:
    stream = io.BytesIO()
    write(counted(**changes), "table", stream, Look(width=width))
    return [line.rstrip() for line in stream.getvalue().decode().splitlines()]


def test_columns_where_they_fit() -> None:
    lines = page(120)
    [row] = [line for line in lines if line.startswith(f"{LONG}   critical")]
    assert row.split() == [LONG, "critical", "1", "–", "–", "2", "1", "4"]
    assert any(line.split()[-1:] == ["activations"] and "undetermined" in line for line in lines)


def test_words_where_columns_do_not_fit() -> None:
    lines = page(80)
    assert f"{LONG}   critical   1 of 4 violated, 2 met, 1 exempt" in lines
    assert f"{'short':{len(LONG)}}   low        0 of 1 violated, 1 met" in lines


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_column_vanishes(width: int) -> None:
    group = {"rule_id": LONG, "group": {"platform": "a-rather-long-platform", "month": None}, "violated": 1,
             "undetermined": 0, "pending": 0, "met": 2, "exempt": 1}  # fmt: skip
    lines = page(width, groups=(group,))
    assert max(map(len, lines)) <= width
    text = "".join("".join(line.split()) for line in lines)
    assert text.count("violated") >= 3
    if width >= 80:
        assert "(unknown)" in text
        assert sum(LONG in line for line in lines) >= 3  # heading, rule, group


def test_very_many_groups_are_cut_to_those_with_most_violations() -> None:
    def group(number: int) -> dict[str, object]:
        counts = {"violated": number % 3, "undetermined": 0, "pending": 0, "met": 1, "exempt": 0}
        return {"rule_id": LONG, "group": {"report_id": f"R{number:03}"}, **counts}

    lines = page(120, groups=tuple(map(group, range(200))))
    shown = [line.split()[1] for line in lines if f"{LONG}   R" in line]
    assert shown == [f"R{number:03}" for number in range(2, 182, 3)]
    assert "… and 140 more groups; --output findings.json has all of them" in lines
