"""The tests inside rules, many in one run of the engine: each is judged as if it were alone."""

from __future__ import annotations

import pytest

from auditor.results.benches import benches
from auditor.results.ruletests import CaseOutcome, run
from auditor.rules import RuleSet, load_rules
from auditor.rules.ruletests import cases

RULES = """\
pack: several
version: "1"
timezone: Europe/Paris
fields: {deadline: instant}
rules:
  - id: answered
    when: report.received
    followed_by: {event: decision.made, within: 24h}
    tests:
      - {name: in time, events: [{report.received: 0h}, {decision.made: 24h}], expect: met}
      - {name: the same once more, events: [{report.received: 0h}, {decision.made: 24h}], expect: met}
      - {name: still time, events: [{report.received: 0h}], as_of: 24h, expect: pending}
      - {name: time is over, events: [{report.received: 0h}], as_of: 1441 min, expect: violated}
      - name: two reports
        events: [{report.received: 0h}, {report.received: 1h, report_id: r2}, {decision.made: 27h, report_id: r2}]
        expect: [{verdict: violated, subject: r2, due: 25h, late: 2h}, {verdict: violated, subject: r1, late: 3h}]
      - name: not recorded
        events: [{report.received: 0h}]
        covers: [report.received]
        as_of: 30h
        expect: [{verdict: undetermined, reason: not_recorded}]
      - name: a day
        events: [{report.received: 0h, time_latest: 24h}, {decision.made: 30h}]
        expect: [{verdict: undetermined, reason: imprecise_time}]
  - id: in-a-month
    effective: {from: 2024-02-01}
    when: report.received
    followed_by: {event: notice.sent, within: 1 month}
    tests:
      - {name: February has 29 days, events: [{report.received: 0h}, {notice.sent: 29 days}], expect: met}
      - {name: and no more, events: [{report.received: 0h}, {notice.sent: 30 days}], expect: violated}
  - id: two-days
    when: report.received
    followed_by: {event: review.queued, within: 2 days}
    tests:
      - {name: in time, events: [{report.received: 0h}, {review.queued: 48h}], expect: met}
  - id: once-on-a-platform
    per: platform
    when: report.received
    not_followed_by: report.received
    tests:
      - name: once each
        events: [{report.received: 0h, platform: p}, {report.received: 1h, platform: q, report_id: r2}]
        expect: met
      - {name: once, events: [{report.received: 0h, platform: p}], expect: [{verdict: met, subject: p}]}
  - id: one-outcome
    per: [content_id, platform]
    when: decision.made
    agree: decision
    tests:
      - name: two outcomes
        events:
          - {decision.made: 0h, content_id: c, platform: p, decision: partial}
          - {decision.made: 1h, content_id: c, platform: p, decision: violation}
        expect: [{verdict: violated, subject: [c, p]}]
  - id: named
    when: {event: report.received, where: report_id == "r1"}
    not_followed_by: report.received
    tests:
      - {name: only this, events: [{report.received: 0h}, {report.received: 1h, report_id: r2}], expect: {met: 1}}
      - {name: only that, events: [{report.received: 0h, report_id: r2}], expect: none}
  - id: by-its-deadline
    when: report.received
    followed_by: {event: decision.made, due: trigger.deadline}
    tests:
      - {name: too late, events: [{report.received: 0h, deadline: 12h}, {decision.made: 13h}], expect: violated}
  - id: since-may
    when: report.received
    assert: time < "2024-01-01T01:00:00Z"
    tests:
      - {name: before, events: [{report.received: 0h}], as_of: 400 days, expect: met}
      - {name: after, events: [{report.received: 1h}], expect: violated}
  - id: median
    measure: {from: report.received, to: decision.made, statistic: median, by: platform, minimum: 2, at_most: 24h}
    tests:
      - name: one platform in time, one with a single report
        events:
          - {report.received: 0h, platform: p}
          - {report.received: 0h, platform: p, report_id: r2}
          - {report.received: 0h, platform: q, report_id: r3}
          - {decision.made: 1h}
          - {decision.made: 30h, report_id: r2}
        expect: [{verdict: met, subject: p}, {verdict: undetermined, subject: q}]
      - {name: too few, events: [{report.received: 0h}], expect: undetermined}
  - id: bare
    when: report.received
    followed_by: {event: notice.sent, within: 1h}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "several.yaml"
    path.write_text(RULES, encoding="utf-8")
    return load_rules([path])


@pytest.fixture(scope="module")
def tested(rules: RuleSet) -> tuple[CaseOutcome, ...]:
    return run(rules)


def test_every_test_is_run_and_passes(rules: RuleSet, tested: tuple[CaseOutcome, ...]) -> None:
    assert [one.case.name for one in tested] == [test.name for rule in rules.rules for test in rule.tests]
    assert [(one.case.name, one.difference) for one in tested if one.difference is not None] == []


def test_what_was_found_is_told_in_the_times_and_ids_of_the_test(tested: tuple[CaseOutcome, ...]) -> None:
    told = {one.case.name: [each.text(one.case.start) for each in one.found] for one in tested}
    assert told["two reports"] == ["violated for r1, due 24 h, late 3 h", "violated for r2, due 25 h, late 2 h"]
    assert told["two outcomes"] == ['violated for ["c", "p"]']
    assert told["not recorded"] == ["undetermined (not_recorded) for r1, due 24 h"]
    assert told["too late"] == ["violated for r1, due 12 h, late 1 h"]


def test_cases_share_runs_unless_their_rules_could_tell(rules: RuleSet) -> None:
    pairs = [(rule, case) for rule in rules.rules for case in cases(rule, rules.fields)]
    together = [{seat.case.name for seat in bench.seats} for bench in benches(pairs)]
    assert {"in time", "the same once more", "still time", "time is over", "two reports", "a day", "too late"} <= max(
        together, key=len
    )
    assert {"only this"} in together
    assert {"only that"} in together
    assert {"not recorded"} in together
    dated = [seat for bench in benches(pairs) for seat in bench.seats if seat.rule.id in ("since-may", "in-a-month")]
    assert not any(seat.shift for seat in dated)
