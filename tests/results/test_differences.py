"""What differs between two runs: all of it, causes before effects, and nothing that is the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.results.manifests import example, file, pack, rule_file, verified

LOG, MAPPING, RULES = "provenance.log.files", "provenance.mapping", "provenance.rules"


def told(old: list[tuple[str, Any]], new: list[tuple[str, Any]]) -> list[str]:
    found = verified(example(*old), example(*new)).differences
    assert all(one.as_dict()["message"] == one.message for one in found)
    return [f"{one.cause}: {one.message}" for one in found]


def test_nothing_differs() -> None:
    found = verified(example(), example())
    assert (found.differences, found.same_result, found.exit_code) == ((), True, 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([file("a.csv")], [file("elsewhere/b.csv")], []),
        ([file("a.csv"), file("b.csv", "b")], [file("b.csv", "b"), file("a.csv")], []),
        ([file("a.csv")], [file("a.csv", "b", size=1200)], ["a.csv has changed: 10 bytes before, 1,200 now"]),
        ([file("a.csv")], [file("a.csv", "b")], ["a.csv has changed, though it still has 10 bytes"]),
        ([file("a.csv")], [file("x/a.csv", "b")],
         ["a.csv, which is x/a.csv now, has changed, though it still has 10 bytes"]),
        ([file("a.csv")], [file("z.csv", "b")],
         ["a.csv, which is z.csv now, has changed, though it still has 10 bytes"]),
        ([file("a.csv"), file("b.csv", "b")], [file("a.csv")], ["b.csv is missing"]),
        ([file("a.csv")], [file("a.csv"), file("b.csv")],
         ["b.csv is new: the manifest knows no file with this content"]),
        ([file("a.csv"), file("b.csv", "b"), file("c.csv", "c")], [file("b.csv", "d"), file("n.csv", "e")],
         ["b.csv has changed, though it still has 10 bytes", "a.csv is missing", "c.csv is missing",
          "n.csv is new: the manifest knows no file with this content"]),
        ([file("a.csv"), file("b.csv")], [file("a.csv")], ["b.csv is missing"]),
        ([None], [file("a.csv")], ["the log was a table in memory, whose content no manifest knows",
                                   "a.csv is new: the manifest knows no file with this content"]),
    ],
)  # fmt: skip
def test_log_files(old: Any, new: Any, expected: list[str]) -> None:
    assert told([(LOG, old)], [(LOG, new)]) == [f"log: {text}" for text in expected]


def test_a_log_that_ends_earlier() -> None:
    assert told([], [("provenance.as_of", "2020-02-25T00:00:00Z")]) == [
        "log: the log ends at 2020-02-25T00:00:00Z, before the moment of judgement 2020-02-26T00:00:00Z"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, file("m.yaml"), ["m.yaml is new: no mapping was used before"]),
        (file("m.yaml"), None, ["m.yaml was used before, and no mapping now"]),
        (file("m.yaml"), file("x/m.yaml"), []),
        (file("m.yaml"), file("m.yaml", "b", size=9), ["m.yaml has changed: 10 bytes before, 9 now"]),
    ],
)
def test_mappings(old: Any, new: Any, expected: list[str]) -> None:
    assert told([(MAPPING, old)], [(MAPPING, new)]) == [f"mapping: {text}" for text in expected]


@pytest.mark.parametrize(
    ("packs", "files", "expected"),
    [
        ([pack()], [rule_file("moved.yaml")], []),
        ([pack()], [rule_file("test.yaml", "b")], ["test.yaml has changed"]),
        ([pack("test", "b", "1.1.0")], [rule_file("test.yaml", "b")],
         ["the pack test has changed, version 1.0.0 before, 1.1.0 now", "test.yaml has changed"]),
        ([pack("test", "b")], [rule_file("test.yaml"), rule_file("more.yaml", "c")],
         ["the pack test has changed, under the same version, 1.0.0",
          "more.yaml is new: the manifest knows no file with this content"]),
        ([pack("other")], [rule_file("test.yaml", pack="other")],
         ["the pack test is missing", "the pack other is new"]),
    ],
)  # fmt: skip
def test_rules(packs: Any, files: Any, expected: list[str]) -> None:
    assert told([], [(f"{RULES}.packs", packs), (f"{RULES}.files", files)]) == [f"rules: {text}" for text in expected]


def test_versions() -> None:
    changes = [
        ("provenance.auditor", "9.9.9"), ("provenance.libraries.duckdb", "2.0.1"), ("provenance.time_zones", None),
        ("provenance.libraries.new", "1"),
    ]  # fmt: skip
    assert told([], changes) == [
        "version: auditor VERSION before, 9.9.9 now", "version: duckdb VERSION before, 2.0.1 now",
        "version: time zones ZONES before, unknown now", "version: new unknown before, 1 now",
    ]  # fmt: skip
    assert verified(example(), example(*changes)).same_result


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("rows", 1234)], ["rows read: 12 before, 1,234 now"]),
        ([("rejected", 0)], ["rows rejected: 1 before, 0 now"]),
        ([("rules.1.violated", 3), ("rules.1.met", 0)],
         ["referral-in-time: 2 violated before, 3 now; 1 met before, 0 now"]),
        ([("rules.1.findings_sha256", "f" * 64)], ["referral-in-time: the same counts, but other findings"]),
        ([("rules.1.findings_sha256", "f" * 64), ("rules.1.violated", 3)],
         ["referral-in-time: 2 violated before, 3 now; other findings"]),
        ([("rules.1.severity", "low")], ["referral-in-time: critical before, low now"]),
        ([("rules.1.not_judged", "all groups are undetermined")],
         ["referral-in-time: judged before, not judged (all groups are undetermined) now"]),
        ([("rules.1.groups", {"violated": 1, "undetermined": 0, "met": 0, "sha256": "a" * 64})],
         ["referral-in-time: no groups before"]),
        ([("rules.1.id", "renamed")], ["referral-in-time: no rule any more", "renamed: no rule before"]),
    ],
)  # fmt: skip
def test_results(changes: list[tuple[str, Any]], expected: list[str]) -> None:
    assert told([], [(f"result.{path}", value) for path, value in changes]) == [f"result: {text}" for text in expected]
    found = verified(example(), example(*((f"result.{path}", value) for path, value in changes)))
    assert (found.same_result, found.exit_code) == (False, 1)


def test_groups_by_verdict_or_figure() -> None:
    groups = {"violated": 1, "undetermined": 0, "met": 2, "sha256": "a" * 64}
    where = "result.rules.1.groups"
    assert told([(where, groups)], [(where, {**groups, "violated": 2, "met": 1, "sha256": "b" * 64})]) == [
        "result: referral-in-time: groups: 1 violated before, 2 now; groups: 2 met before, 1 now"
    ]
    assert told([(where, groups)], [(where, {**groups, "sha256": "b" * 64})]) == [
        "result: referral-in-time: the same verdicts on groups in number, but other groups or figures"
    ]


def test_causes_stand_before_effects() -> None:
    changes = [
        ("result.rows", 1), ("provenance.python", "0"), (f"{RULES}.packs", [pack("test", "b")]),
        (MAPPING, file("m.yaml")), (LOG, [file("log.csv", "b")]),
    ]  # fmt: skip
    found = verified(example(), example(*changes)).differences
    assert [one.cause for one in found] == ["log", "mapping", "rules", "version", "result"]


def test_how_a_manifest_is_shown_makes_no_difference() -> None:
    options = {"only": [], "by": ["month"], "show": ["met"], "as_of": "now", "max_rejects": 0.5, "fail_on": "high"}
    assert told([], [("provenance.options", options), ("provenance.log.given", ["x"])]) == []
