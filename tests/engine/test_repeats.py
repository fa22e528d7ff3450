"""The rows of subjects where names repeat: what is taken from their first rows, and what is grouped again.

Every set of rules is judged alone, so that its first rows tell no more than it needs, and must say what pairs say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from auditor.engine import judge
from auditor.engine.findings import JudgedRows
from auditor.engine.judgement import Judgement, records
from auditor.engine.plans.case import CaseFrame
from auditor.engine.plans.case_rows import CaseRows
from auditor.engine.tables import fetched
from auditor.log import load
from auditor.log.log import Log
from auditor.rules import load_rules
from auditor.rules.model import RuleSet

CLOCKS = "clocks: {office: {timezone: UTC, hours: {mon-fri: '09:00-17:00'}}}"
RULES = {
    "learned-of-one": "when: decision.made, not_followed_by: {event: decision.made, where: category == 'csam'}",
    "learned-of-several": "when: decision.made, not_followed_by: {event: decision.made, where: minor_involved}",
    "standing-of-one": "when: decision.made, not_followed_by: {event: decision.made, where: platform == 'x'}",
    "standing-of-several": "when: decision.made, not_followed_by: {event: decision.made, where: channel == 'mail'}",
    "from-a-repeated-name": (
        "when: {event: notice.sent, where: reporter_type == 'user' or automated},"
        "preceded_by: {event: review.assigned, where: reporter_type != 'hotline'}"
    ),
    "told-tests": (
        "when: {event: notice.sent, where: recipient == 'reporter'},"
        "preceded_by: {event: decision.made, where: decision == 'violation'},"
        "unless: {event: review.assigned, where: actor == 'ann'}"
    ),
    "told-values": (
        "when: notice.sent, preceded_by: {event: decision.made, where: actor != trigger.actor},"
        "unless: {event: review.assigned, where: actor == trigger.actor}"
    ),
    "told-of-the-report": (
        "when: {event: notice.sent, where: category == 'csam' or minor_involved},"
        "preceded_by: {event: decision.made, where: channel == 'mail' and platform == 'x'}"
    ),
    "second-in-doubt": (
        "when: {event: action.applied, where: decision == 'violation', nth: 2},"
        "followed_by: {event: notice.sent, within: 12h}"
    ),
    "told": "when: decision.made, followed_by: {event: notice.sent, within: 24h, before: next}",
    "assigned": "when: review.assigned, followed_by: {event: notice.sent, within: 12h}",
    "near-the-beginning": "when: notice.sent, preceded_by: {event: review.assigned}",
    "in-office-hours": "clock: office, when: decision.made, followed_by: {event: notice.sent, within: 6h}",
    "back-in-office-hours": "clock: office, when: notice.sent, preceded_by: {event: decision.made, within: 6h}",
    "by-content": (
        "per: [report_id, content_id], when: {event: notice.sent, where: category == 'csam'},"
        "preceded_by: {event: decision.made, where: actor != trigger.actor, within: 24h}"
    ),
}
MAPPING = {
    "timezone": "UTC",
    "covers": "[report.received, report.reopened, review.assigned, decision.made, action.applied, notice.sent]",
    "observed_until": "2025-04-01T00:00:00Z",
}
Rows = list[dict[str, Any]]


def rows_of_events() -> Rows:
    """Sixty reports with two decisions, of which one has three; and one with two of all, but no decision.

    So nothing but decisions and actions repeats in a fiftieth of the reports, and where it does, there is one too many.
    """
    random, rows = Random(5), []  # noqa: S311 - no secret

    def add(report: int, event: str, hour: int, **values: Any) -> None:
        day, content = 3 + hour // 24, random.choice([*[f"c{report}"] * 8, f"d{report}", None])
        time = f"2025-03-{day:02}T{hour % 24:02}:{random.randrange(60):02}:00Z"
        rows.append({"report_id": f"r{report}", "content_id": content, "event": event, "time": time, **values})

    for report in range(61):
        begin, one_of = random.randrange(60), random.choice
        said = {"minor_involved": one_of(["true", "false"]), "channel": one_of(["mail", "web", None])}
        stated = {"category": one_of(["csam", "ncii", None]), "platform": one_of(["x", "y", None])}
        for _ in range(1 if report else 2):
            add(report, "report.received", begin + one_of([0, 9]), **said, **stated)
        if random.random() < 0.4:
            changed = said | {"minor_involved": one_of(["true", "false"])}
            add(report, "report.reopened", begin + one_of([5, 20]), **changed)
        for n in range(1 if report else 2):
            add(report, "review.assigned", begin + 3 + n, actor=one_of(["ann", "bob", None]))
        for hour in random.sample(range(30), 3 if report == 1 else 2) if report else ():
            decision = {"decision": one_of(["violation", "no_violation"]), "actor": one_of(["ann", "bob", None])}
            add(report, "decision.made", begin + hour, **decision, reporter_type=one_of(["user", "hotline"]))
        for hour in random.sample(range(30), one_of([0, 1, 1, 2])):
            add(report, "action.applied", begin + hour, decision=one_of(["violation", "no_violation", None]))
        values = {"recipient": one_of(["reporter", "police", None]), "actor": one_of(["ann", "bob", None])}
        add(report, "notice.sent", begin + random.randrange(36), **values, channel=said["channel"])
    return [*rows, *(row for row in rows if row["report_id"] == "r0" and row["event"] == "notice.sent")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("repeats")


def rule_set(folder: Path, names: Iterable[str]) -> RuleSet:
    path = folder / "rules.yaml"
    rules = "".join(f"\n  - {{id: {name}, {RULES[name]}}}" for name in names)
    path.write_text(f"pack: repeats\nversion: 1.0.0\ntitle: Repeats\n{CLOCKS}\nrules:{rules}\n", encoding="utf-8")
    return load_rules([str(path)])


def log_of(folder: Path, rows: Rows, **settings: str) -> Log:
    path = folder / "mapping.yaml"
    lines = "".join(f"\n  {key}: {value}" for key, value in {**MAPPING, **settings}.items())
    path.write_text(f"log:{lines}\n", encoding="utf-8")
    frame = pd.DataFrame(rows, dtype=object)
    return load(frame.where(frame.notna(), None), path)


def told(judgement: Judgement) -> dict[str, list[str]]:
    """By rule, all findings in an order of their own."""
    every = judgement.findings(["met", "violated", "pending", "undetermined", "exempt"])
    found: dict[str, list[str]] = {rule.id: [] for rule in judgement.ruleset.rules}
    for row in fetched(judgement.log.backend, every):
        found[row["rule_id"]].append(repr(row))
    return {rule: sorted(rows) for rule, rows in found.items()}


class Audited:
    """A log and what pairs say of it."""

    def __init__(self, folder: Path, log: Log, names: Iterable[str] = RULES, by: tuple[str, ...] = ()) -> None:
        self.folder, self.log, self.by = folder, log, by
        pairs = judge(log, rule_set(folder, names), plan="pairs", by=by)
        self.findings, self.groups = told(pairs), pairs.groups(list(by))

    def same(self, *names: str) -> CaseRows:
        """Case rows say it too; gives the rows of the subjects where names repeat."""
        judgement = judge(self.log, rule_set(self.folder, names), plan="case", by=self.by)
        found = told(judgement)
        assert found == {name: self.findings[name] for name in names}
        assert all(found.values())
        assert judgement.groups(list(self.by)) == [group for group in self.groups if group["rule_id"] in names]
        judged = [one for one in judgement.judged if isinstance(one, JudgedRows) and isinstance(one.frame, CaseFrame)]
        [again] = [one for one in judged if one.frame.source.first is not None]
        assert sum(row["n"] for row in records(self.log, again.counts())) > 10
        table = again.table
        unknown = {c: table[c].isnull().any() for c in table.columns if c.startswith(("test", "repeats"))}
        assert not any(fetched(self.log.backend, table.aggregate(**unknown))[0].values()), "tests are two-valued"
        return again.frame.source


@pytest.fixture(scope="module")
def audited(folder: Path) -> Audited:
    return Audited(folder, log_of(folder, rows_of_events()))


GROUPED: Mapping[tuple[str, ...], set[str]] = {
    # the first rows did not ask what only a second decision can be asked
    ("learned-of-one",): {"decision.made", "report.received"},
    ("learned-of-several",): {"decision.made", "report.received", "report.reopened"},
    ("standing-of-one",): {"decision.made", "report.received"},
    ("standing-of-several",): {"decision.made", "report.received", "report.reopened", "notice.sent"},
    # asked before: a receipt is taken from the first rows, and what several state of the report
    ("learned-of-one", "told-of-the-report"): {"decision.made"},
    ("from-a-repeated-name",): {"decision.made"},
    ("told-tests",): {"decision.made"},
    ("told-values",): {"decision.made"},
    ("told-of-the-report",): {"decision.made"},
    ("assigned", "in-office-hours", "back-in-office-hours"): {"decision.made"},
    ("second-in-doubt", "told", "assigned"): {"decision.made"},
}


@pytest.mark.parametrize("names", GROUPED, ids="+".join)
def test_names_grouped_again(audited: Audited, names: tuple[str, ...]) -> None:
    assert audited.same(*names).grouped == GROUPED[names]


def test_keys_that_are_several_or_unknown(audited: Audited) -> None:
    assert audited.same("by-content").per == ("report_id", "content_id")


def test_times_that_are_days(folder: Path) -> None:
    rows = [row | {"time": row["time"][:10]} if row["event"] != "notice.sent" else row for row in rows_of_events()]
    names = ("told-tests", "told", "assigned", "in-office-hours", "near-the-beginning")
    source = Audited(folder, log_of(folder, rows), names).same(*names)
    assert not source.facts.precise
    assert "notice.sent" not in source.grouped


def test_rows_without_packed_times(folder: Path) -> None:
    log = replace(log_of(folder, rows_of_events()), last_row=None)
    names = ("told-values", "told-of-the-report", "in-office-hours")
    source = Audited(folder, log, names).same(*names)
    assert source.packing is None
    assert source.grouped == {"decision.made"}


def test_a_receipt_in_the_first_rows_protects(folder: Path) -> None:
    """What lies before the beginning of the log is in doubt only for reports that may have been received then."""
    rows = [row for row in rows_of_events() if row["event"] != "report.received" or int(row["report_id"][1:]) % 3]
    log = log_of(folder, rows, observed_from="2025-03-03T00:00:00Z")
    names = ("near-the-beginning", "told")
    source = Audited(folder, log, names).same(*names)
    assert source.grouped == {"decision.made"}


def test_groups_by_what_one_or_several_events_state(folder: Path) -> None:
    log = log_of(folder, rows_of_events())
    audited = Audited(folder, log, ("told", "assigned"), by=("category", "minor_involved"))
    assert audited.same("told", "assigned").grouped == {"decision.made"}


def test_no_name_has_several_slots_where_only_a_stated_value_changes(folder: Path) -> None:
    rows = [row for row in rows_of_events() if row["event"] not in ("decision.made", "action.applied")]
    rows = [row for row in rows if row["report_id"] != "r0"]
    names = ("assigned", "told-of-the-report")
    assert not Audited(folder, log_of(folder, rows), names).same(*names).grouped
