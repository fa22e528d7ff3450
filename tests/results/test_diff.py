"""The changes of a diff are exactly the differences of two full audits."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.engine import court, facts
from auditor.results import check, open_log
from auditor.results.diff import Diff, diff
from auditor.results.diff_cases import KINDS
from auditor.results.options import SHOWN, VERDICTS

HEAD = """\
pack: p
version: '{version}'
title: A pack
parameters: {{limit: {limit}, other: 3 days}}
lists: {{grave: [{grave}]}}
rules:
"""
RECEIVED = "when: report.received, severity: high"
SAME = f"""\
  - {{id: same, {RECEIVED}, followed_by: {{event: decision.made, within: 10h}}}}
"""
BEFORE = f"""\
  - {{id: by-parameter, {RECEIVED}, followed_by: {{event: referral.submitted, within: params.limit}}}}
  - {{id: by-list, severity: critical, when: {{event: report.received, where: category in lists.grave}},
     followed_by: {{event: decision.made, within: 6h}}}}
  - {{id: activation, {RECEIVED}, followed_by: {{event: notice.sent, within: 5h}}}}
  - {{id: subject, {RECEIVED}, per: report_id, not_followed_by: {{event: report.received}}}}
  - {{id: kind, when: decision.made, severity: low, assert: decision == "no_violation"}}
  - {{id: counted, {RECEIVED}, per: content_id, count: {{event: report.received, within: 3 days, at_most: 0}}}}
  - {{id: worded, title: As it was, {RECEIVED}, followed_by: {{event: decision.made, within: 24h}}}}
  - {{id: gone, {RECEIVED}, followed_by: {{event: report.acknowledged, within: 1h}}}}
  - {{id: share, {RECEIVED}, followed_by: {{event: decision.made, within: 12h}},
     service_level: {{share: 20%, by: [platform], minimum: 2}}}}
  - {{id: agreed, when: decision.made, severity: low, agree: decision}}
"""
AFTER = f"""\
  - {{id: by-parameter, {RECEIVED}, followed_by: {{event: referral.submitted, within: params.limit}}}}
  - {{id: by-list, severity: critical, when: {{event: report.received, where: category in lists.grave}},
     followed_by: {{event: decision.made, within: 6h}}}}
  - {{id: activation, severity: high, when: {{event: report.received, where: category != "other"}},
     followed_by: {{event: notice.sent, within: 5h}}}}
  - {{id: subject, {RECEIVED}, per: content_id, not_followed_by: {{event: report.received}}}}
  - {{id: kind, when: decision.made, severity: low, preceded_by: {{event: notice.sent}}}}
  - {{id: counted, {RECEIVED}, per: content_id, count: {{event: report.received, within: 3 days, at_most: 1}}}}
  - {{id: worded, title: As it is now, when: report.received, severity: critical,
     followed_by: {{event: decision.made, within: 24h}}}}
  - {{id: come, {RECEIVED}, followed_by: {{event: report.acknowledged, within: 30min}}}}
  - {{id: share, {RECEIVED}, followed_by: {{event: decision.made, within: 12h}},
     service_level: {{share: 90%, by: [platform], minimum: 2}}}}
  - {{id: agreed, when: decision.made, severity: low, agree: actor}}
"""
JUDGED = {"by-parameter", "by-list", "activation", "subject", "kind", "counted", "gone", "come", "share", "agreed"}


def log_text(reports: int = 24) -> str:
    """Reports on a few items, decided, referred and told about in different times, some never, some twice."""
    rows = ["event,time,report_id,content_id,category,platform,decision,actor"]
    for n in range(reports):
        day, content = 1 + n // 8, f"V{n % 5}"
        category = ("csam", "grooming", "other", "")[n % 4]
        own = f"R{n:02},{content}"
        rows.append(f"report.received,2025-03-{day:02}T{n % 8:02}:00:00Z,{own},{category},{'ab'[n % 2]},,")
        for event, hours, more in (
            ("decision.made", n % 7 * 3, f",,{'no_violation' if n % 3 else 'violation'},x{n % 2}"),
            ("referral.submitted", n * 2 % 31, ",,,"),
            ("notice.sent", n % 11, ",,,"),
        ):
            if (n + hours) % 6:
                at = f"2025-03-{day + (n % 8 + hours) // 24:02}T{(n % 8 + hours) % 24:02}:30:00Z"
                rows.append(f"{event},{at},{own},{more}")
                rows += [rows[-1]] if n % 5 == 0 else []  # an exact duplicate
    rows.append("decision.made,2025-03-04T00:00:00Z,R04,V4,,,partial,x0")
    rows.append("report.received,2025-03-05T00:00:00Z,,V3,csam,a,,")  # of no report
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log and two packs."""
    folder = tmp_path_factory.mktemp("diff")
    (folder / "log.csv").write_text(log_text())
    old = HEAD.format(version="1", limit="24h", grave="csam, grooming")
    new = HEAD.format(version="2", limit="12h", grave="csam, other")
    (folder / "old.yaml").write_text(old + SAME + BEFORE)
    (folder / "new.yaml").write_text(new + SAME + AFTER)
    return folder


@pytest.fixture(scope="module")
def log(place: Path) -> Any:
    """The log, read once."""
    return open_log(str(place / "log.csv"), None)


@pytest.fixture(scope="module")
def audits(place: Path, log: Any) -> list[dict[str, dict[str, Any]]]:
    """All findings of both full audits by fingerprint."""
    return [findings(log, place / f"{name}.yaml") for name in ("old", "new")]


def findings(log: Any, rules: Path) -> dict[str, dict[str, Any]]:
    """All findings of an audit by fingerprint."""
    audit = check(log, str(rules), show=["all"])
    rows = [row for batch in audit.typed(audit.findings_table()) for row in batch.to_pylist()]
    found = {row["fingerprint"]: row for row in rows}
    assert len(found) == len(rows) > 3
    return found


def cases(found: Diff) -> list[dict[str, Any]]:
    """The cases of a diff, in its order."""
    table = found.cases_table()
    return [] if table is None else [row for batch in found.batches(table) for row in batch.to_pylist()]


def differences(before: dict[str, Any], after: dict[str, Any], show: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    """What differs between two audits, written down plainly: by fingerprint, the way and both sides."""
    found: dict[str, tuple[Any, ...]] = {}
    for fingerprint in {*before, *after}:
        old, new = before.get(fingerprint), after.get(fingerprint)
        was, now = (one is not None and one["verdict"] in show for one in (old, new))
        way = "appears" if now else "vanishes" if was else None
        if was and now and old and new:
            way = "verdict" if old["verdict"] != new["verdict"] else "due" if old["due_at"] != new["due_at"] else None
        if way is not None:
            found[fingerprint] = (way, told(old), told(new))
    return found


def told(side: dict[str, Any] | None) -> tuple[Any, ...] | None:
    """What a diff tells of a finding."""
    if side is None:
        return None
    due = side["due_at"] and side["due_at"].replace(tzinfo=None)
    return side["verdict"], side["reason"], due, side["message"]


def by_fingerprint(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Cases in the form of `differences`."""
    return {row["fingerprint"]: (row["change"], told(row["before"]), told(row["after"])) for row in rows}


@pytest.mark.parametrize("show", [SHOWN, VERDICTS], ids=["shown", "all"])
def test_the_changes_are_the_difference_of_two_audits(
    place: Path, log: Any, audits: list[dict[str, Any]], show: tuple[str, ...]
) -> None:
    found = diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], show=show)
    rows, expected = cases(found), differences(audits[0], audits[1], show)
    assert by_fingerprint(rows) == expected
    assert len(rows) == len(expected)
    for row in rows:
        one = (audits[0] | audits[1])[row["fingerprint"]]
        for name in ("rule_id", "subject", "subject_key"):
            assert row[name] == one[name]
        assert row["activated_at"] == one["activated_at"].replace(tzinfo=None)
    counted = {(one.change.rule.id, kind): one.number(kind) for one in found.rules for kind in KINDS}
    assert Counter((row["rule_id"], row["change"]) for row in rows) == Counter(counted)
    assert {way for way, _, _ in expected.values()} == set(KINDS) or show != VERDICTS
    assert {row["rule_id"] for row in rows} == JUDGED - {"share"} or show != VERDICTS


def test_other_plans_find_the_same(
    place: Path, log: Any, audits: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "SMALL", 0)  # so that what can be judged by one row per subject is
    monkeypatch.setattr(court, "LARGE", 2)  # and the rest in ordered windows, as far as they go
    rows = cases(diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], show=VERDICTS))
    assert by_fingerprint(rows) == differences(audits[0], audits[1], VERDICTS)


def test_groups_with_another_verdict_are_told_with_both(place: Path, log: Any) -> None:
    found = diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], only=["share"])
    assert [(one.group["platform"], one.kind) for one in found.groups] == [("a", "appears"), ("b", "appears")]
    sides = [(one.before, one.after) for one in found.groups]
    assert [(old["verdict"], new["verdict"]) for old, new in sides if old and new] == [("met", "violated")] * 2
    assert found.groups[0].as_dict()["after"]["message"].startswith("50% ")
    assert (found.total, found.exit_code) == (2, 1)
    only_met = diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], only=["share"], show=["met"])
    assert [one.kind for one in only_met.groups] == ["vanishes", "vanishes"]


def test_what_means_the_same_is_not_judged(place: Path, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("auditor.results.diff.check", judged)
    found = diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], only=["same", "worded"])
    assert [change.kind for change in found.changes.rules] == ["described"]
    assert (found.changes.unchanged, found.total, found.exit_code, cases(found)) == (1, 0, 0, [])


@pytest.mark.parametrize(("fail_on", "code"), [("high", 0), ("low", 1)])
def test_changes_count_at_or_above_a_severity(place: Path, log: Any, fail_on: str, code: int) -> None:
    found = diff(log, [str(place / "new.yaml")], [str(place / "old.yaml")], only=["agreed"], fail_on=fail_on)
    assert (found.total, found.exit_code, found.failures) == (1, code, code)


RULE = "  - {{id: {id}, {more}when: {when}, followed_by: {{event: decision.made, within: {within}}}}}\n"


def small(folder: Path, name: str, rules: str, head: str = "") -> str:
    """The path of a pack."""
    path = folder / f"{name}.yaml"
    path.write_text(f"pack: small\nversion: '1'\n{head}rules:\n{rules}")
    return str(path)


def test_drafts_are_told_and_do_not_count(tmp_path: Path, log: Any) -> None:
    texts = [
        RULE.format(id="a", when="report.received", within=within, more="draft: true, ")
        + RULE.format(id="b", when="report.received", within=within, more=more)
        for within, more in (("24h", "draft: true, "), ("1h", ""))
    ]
    found = diff(log, [small(tmp_path, "new", texts[1])], [small(tmp_path, "old", texts[0])])
    by_rule = {one.change.rule.id: one for one in found.rules}
    assert by_rule["a"].total == by_rule["b"].total > 0
    assert found.failures == by_rule["b"].total


def test_a_rule_that_can_no_longer_be_judged_is_told(tmp_path: Path, log: Any) -> None:
    old = small(tmp_path, "old", RULE.format(id="a", when="report.received", within="1h", more=""))
    new = small(tmp_path, "new", RULE.format(id="a", when="appeal.received", within="1h", more=""))
    found = diff(log, [new], [old])
    assert found.number("vanishes") == found.total > 0
    assert found.notes[0].startswith("a, as it is now, could not be judged on this log: the log cannot record appeal")
    third = small(tmp_path, "third", RULE.format(id="b", when="appeal.received", within="1h", more=""))
    nothing = diff(log, [third], [new])
    assert (nothing.total, nothing.exit_code, cases(nothing), len(nothing.notes)) == (0, 0, [], 2)


def test_a_field_has_one_type_on_both_sides(tmp_path: Path, log: Any) -> None:
    texts = [
        small(tmp_path, kind, f"  - {{id: a, when: report.received, assert: {text}}}\n", f"fields: {{queue: {kind}}}\n")
        for kind, text in (("text", 'queue == "x"'), ("number", "queue > 1"), ("integer", "queue > 1"))
    ]
    with pytest.raises(UnusableError, match="`queue` is a number in one of the rule sets, and a text in the other"):
        diff(log, texts[:1], texts[1:2])
    assert diff(log, texts[1:2], texts[2:]).total == 0


def test_a_setting_holds_for_both(place: Path, log: Any) -> None:
    found = diff(
        log, [str(place / "new.yaml")], [str(place / "old.yaml")], settings={"limit": "24h"}, only=["by-parameter"]
    )
    assert (found.total, found.changes.unchanged) == (0, 1)
    assert "limit is set to 24h in both rule sets, whatever they say" in found.notes


def test_imprecise_times_are_told_of_each_side(tmp_path: Path) -> None:
    days = ("01", "02", "03", "09")
    rows = [f"report.received,2025-03-01,R{day}\ndecision.made,2025-03-{day},R{day}\n" for day in days]
    (tmp_path / "log.csv").write_text("event,time,report_id\n" + "".join(rows))
    (tmp_path / "mapping.yaml").write_text("log: {timezone: UTC}\n")
    log = open_log(str(tmp_path / "log.csv"), str(tmp_path / "mapping.yaml"))
    old, new = (
        small(tmp_path, name, RULE.format(id="a", when="report.received", within=within, more=""))
        for name, within in (("old", "60h"), ("new", "30h"))
    )
    found = by_fingerprint(cases(diff(log, [new], [old], show=VERDICTS)))
    assert found == differences(findings(log, Path(old)), findings(log, Path(new)), VERDICTS)
    assert any("at least" in after[3] for _, _, after in found.values())
