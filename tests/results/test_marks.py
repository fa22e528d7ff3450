"""Findings beside an earlier audit and under waivers: statuses, what is resolved, and what fails."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from auditor.results.arrow import KNOWN
from auditor.results.audit import Audit
from auditor.results.marks import Known
from auditor.results.waivers import Waiver, Waivers
from tests.results.fake import FAR, RECEIVED, audit, finding, log, rule

RULES = (rule("a"), rule("b", severity="low"), rule("drafted", draft=True))


def known(*rows: dict[str, Any]) -> Known:
    """What an earlier audit found."""
    usual = {"verdict": "violated", "rule_id": "a", "subject": "R1", "severity": "critical", "activated_at": RECEIVED}
    made = [usual | {"fingerprint": f"{row.pop('number', 1):032x}"} | row for row in rows]
    return Known("baseline old.json", pa.Table.from_pylist(made, KNOWN))


def waivers(**changes: Any) -> Waivers:
    """One waiver of `a` for R1."""
    usual = {"rule": "a", "subject": "R1", "pattern": None, "reason": "r", "approver": "p", "expires": date(2030, 1, 1)}
    return Waivers("waivers.yaml", (Waiver(**(usual | changes)),))


def one(rule_id: str = "a", verdict: str = "violated", number: int = 1, **values: Any) -> dict[str, Any]:
    return finding(verdict, f"R{number}", rule_id=rule_id, number=number, **values)


def statuses(of: Audit) -> dict[str, str]:
    frame = of.findings()
    return dict(zip(frame.rule_id + " " + frame.subject + " " + frame.verdict, frame.status, strict=True))


def test_without_marks_nothing_has_a_status() -> None:
    plain = audit(one(), rules=RULES)
    assert statuses(plain) == {"a R1 violated": ""}
    assert plain.comparison is None


def test_a_finding_continues_where_fingerprint_and_verdict_are_known() -> None:
    rows = (
        one(), one(number=2), one(number=3, verdict="undetermined"), one(number=4), one(number=5, verdict="met"),
        one(number=6, verdict="pending"), one("b", number=7, verdict="undetermined"),
    )  # fmt: skip
    earlier = known(
        {}, {"number": 3, "verdict": "undetermined"}, {"number": 4, "verdict": "undetermined"}, {"number": 5},
    )  # fmt: skip
    found = audit(*rows, rules=RULES).marked(earlier)
    assert statuses(found) == {
        "a R1 violated": "continuing", "a R2 violated": "new", "a R3 undetermined": "continuing",
        "a R4 violated": "new", "a R5 met": "", "a R6 pending": "", "b R7 undetermined": "new",
    }  # fmt: skip
    assert found.comparison is not None
    assert (found.comparison.new, found.comparison.continuing) == (3, 2)
    assert found.comparison.resolved_findings["fingerprint"].to_pylist() == [f"{5:032x}"]
    assert found.outcomes[0].violations == {"new": 2, "continuing": 1, "waived": 0}


def test_rows_stay_in_their_order_with_marks() -> None:
    rows = [one(number=n, activated_at=RECEIVED + timedelta(hours=n % 5)) for n in range(1, 200)]
    plain = audit(*rows, rules=RULES)
    found = plain.marked(known(*({"number": n} for n in range(1, 200, 3))), waivers(subject=None, pattern="R1*"))
    assert found.findings().fingerprint.tolist() == plain.findings().fingerprint.tolist()
    assert found.findings().status.value_counts().to_dict() == {"waived": 111, "new": 60, "continuing": 28}


@pytest.mark.parametrize(
    ("change", "resolved"),
    [
        ({}, 1),
        ({"activated_at": RECEIVED - timedelta(microseconds=1)}, 0),  # before the log begins
        ({"activated_at": FAR}, 1),
        ({"activated_at": FAR + timedelta(microseconds=1)}, 0),  # after the moment of judgement
        ({"rule_id": "gone"}, 0),
        ({"rule_id": "unjudged"}, 0),
        ({"rule_id": "drafted"}, 0),
        ({"number": 1}, 0),  # still violated
        ({"number": 2}, 0),  # undetermined now
        ({"number": 3}, 1),  # met now
    ],
)
def test_resolved_is_only_what_this_audit_could_have_seen(change: dict[str, Any], resolved: int) -> None:
    rows = (one(), one(number=2, verdict="undetermined"), one(number=3, verdict="met"))
    rules = (*RULES, rule("unjudged"))
    now = audit(*rows, rules=rules, unjudged={"unjudged": "the log cannot record it"})
    comparison = now.marked(known({"number": 9} | change)).comparison
    assert comparison is not None
    assert comparison.resolved == resolved


def test_a_log_that_says_when_it_starts_is_taken_at_its_word() -> None:
    early = datetime(2020, 1, 1)
    now = audit(one(), rules=RULES, log=log(observed_from=early)).marked(known({"number": 9, "activated_at": early}))
    assert now.comparison is not None
    assert now.comparison.resolved == 1


def test_a_waived_finding_fails_nothing_and_is_still_counted_as_violated() -> None:
    plain = audit(one(), rules=RULES)
    found = plain.marked(waivers=waivers())
    assert (plain.exit_code, found.exit_code) == (1, 0)
    assert statuses(found) == {"a R1 violated": "waived"}
    assert (found.outcomes[0]["violated"], found.outcomes[0].waived) == (1, 1)
    waiver = found.waiver_for("a", "R1")
    assert waiver is not None
    assert waiver.approver == "p"
    assert found.waiver_for("b", "R1") is None
    assert found.waiver_for("a", None) is None


def test_waived_comes_before_known_and_only_concerns_its_rule_and_subject() -> None:
    found = audit(one(), one(number=2), one("b"), rules=RULES).marked(known({}, {"number": 2}), waivers())
    assert statuses(found)["a R1 violated"] == "waived"
    assert statuses(found)["a R2 violated"] == "continuing"
    assert statuses(found)["b R1 violated"] == "continuing"  # the same fingerprint was made for both here


def test_an_unknown_subject_is_never_waived() -> None:
    found = audit(finding(subject=None, rule_id="a"), rules=RULES).marked(waivers=waivers(subject=None, pattern="*"))
    assert found.findings().status.tolist() == [""]
    assert found.exit_code == 1


def test_marks_are_added_one_after_the_other() -> None:
    found = audit(one(), one(number=2), rules=RULES).marked(waivers=waivers()).marked(known({"number": 2}))
    assert statuses(found) == {"a R1 violated": "waived", "a R2 violated": "continuing"}


def test_with_fail_on_new_only_new_violations_fail() -> None:
    continuing = audit(one(), rules=RULES, fail_on_new=True).marked(known({}))
    assert continuing.exit_code == 0
    assert audit(one(), rules=RULES).marked(known({})).exit_code == 1
    assert audit(one(), one(number=2), rules=RULES, fail_on_new=True).marked(known({})).exit_code == 1
    assert (
        audit(one(), one(number=2), rules=RULES, fail_on_new=True).marked(known({}), waivers(subject="R2")).exit_code
        == 0
    )


def test_counts_do_not_depend_on_what_is_shown() -> None:
    found = audit(one(), one(number=2), rules=RULES, show=("met",)).marked(known({}))
    assert found.comparison is not None
    assert (found.comparison.new, found.comparison.continuing) == (1, 1)
    assert len(found.findings()) == 0
