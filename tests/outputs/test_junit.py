"""JUnit XML: valid by the schema of Jenkins, its totals are those of its cases, and no silence passes."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema

from auditor.outputs import write
from auditor.results.audit import Audit
from auditor.results.options import VERDICTS
from tests.outputs.marked import marked, plain
from tests.outputs.story import grouped, hostile, story
from tests.outputs.test_hostile import ATTACKS
from tests.results.fake import audit, finding, rule

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


def text(of: Audit) -> str:
    stream = io.BytesIO()
    write(of, "junit", stream)
    return stream.getvalue().decode()


def suites(of: Audit) -> ElementTree.Element:
    """The root of the document, which is valid."""
    found = text(of)
    _schema().validate(found)
    return ElementTree.fromstring(found)  # noqa: S314 - our own output


@cache
def _schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMA))


def cases(root: ElementTree.Element, rule_id: str) -> dict[str, str]:
    """How each case of a rule ends, by its name without the fingerprint."""
    [suite] = root.findall(f"testsuite[@name='{rule_id}']")
    return {
        case.get("name", "").partition(" at ")[0]: case[0].tag if len(case) else "passed"
        for case in suite.iter("testcase")
    }


def test_the_schema_refuses_what_is_no_junit() -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        _schema().validate("<testsuites><testcase/></testsuites>")


@pytest.mark.parametrize(
    "made",
    [
        story, grouped, plain, marked, *(lambda one=one: marked(show=(one,)) for one in VERDICTS),
        lambda: marked(show=("violated", "undetermined")), lambda: audit(finding("met"), show=("violated",)),
    ],
)  # fmt: skip
def test_totals_are_those_of_the_cases(made: Any) -> None:
    audited = made()
    root = suites(audited)
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase"))) > 0
        assert int(element.get("failures", "")) == len(list(element.iter("failure")))
        assert element.get("errors") == element.get("time") == "0"
    for suite in root.iter("testsuite"):
        assert int(suite.get("skipped", "")) == len(list(suite.iter("skipped")))
    assert [suite.get("name") for suite in root] == [
        one.rule.id for severity in ("critical", "high", "medium", "low", "info") for one in audited.outcomes
        if one.rule.severity == severity
    ]  # fmt: skip


def test_only_violations_that_count_fail() -> None:
    root = suites(marked())
    assert cases(root, "grave") == {"R1": "failure", "R2": "failure", "R3": "skipped", "R4": "skipped", "R6": "passed"}
    assert cases(root, "middling") == {"R1": "failure", "R9": "skipped", "R10": "passed"}
    assert cases(root, "drafted") == {"R1": "skipped"}
    assert cases(root, "levelled") == {
        "platform chat": "failure", "platform (unknown)": "skipped", "platform feed": "passed", "R11": "passed",
    }  # fmt: skip


def test_reasons_are_told() -> None:
    found = text(marked())
    assert 'type="violated, continuing"' in found
    assert 'type="violated, new"' in found
    assert 'type="waived" message="waived until 2027-03-31 by the board: under appeal; violated: ' in found
    assert 'type="undetermined, new" message="cannot be determined: ' in found
    assert 'message="a draft fails no audit: ' in found
    assert "no breach of the law" in found


def test_silence_does_not_pass() -> None:
    root = suites(marked())
    assert cases(root, "silent") == {"never activated": "skipped"}
    assert cases(root, "unseen") == {"not judged": "skipped"}
    doubtful = audit(finding("undetermined", reason="missing_value"), show=("violated",))
    assert cases(suites(doubtful), "referral-in-time") == {"not judged": "skipped"}
    unlisted = audit(finding(), finding("met", number=2), show=("undetermined",))
    assert cases(suites(unlisted), "referral-in-time") == {"1 of 2 violated, 1 met": "skipped"}


@pytest.mark.parametrize(
    ("show", "listed"),
    [
        (("met",), {"R2": "passed"}),
        (("pending",), {}),
        (("met", "violated"), {"R1": "failure", "R2": "passed"}),
        (("undetermined",), {"R3": "skipped"}),
        (("violated", "undetermined"), {"R1": "failure", "R3": "skipped"}),
    ],
)
def test_no_rule_passes_whose_faults_are_not_to_be_listed(show: Any, listed: dict[str, str]) -> None:
    rows = [finding(), finding("met", "R2", number=2), finding("undetermined", "R3", reason="missing_value", number=3)]
    audited = audit(*rows, show=show)
    unlisted = [verdict for verdict in ("violated", "undetermined") if verdict not in show]
    told = {"1 of 3 violated, 1 undetermined, 1 met": "skipped"} if unlisted else {}
    root = suites(audited)
    assert cases(root, "referral-in-time") == listed | told
    assert [int(root[0].get(name, "")) for name in ("tests", "skipped")] == [
        len(listed | told), [*(listed | told).values()].count("skipped")
    ]  # fmt: skip
    if unlisted:
        assert f'message="{" and ".join(unlisted)} ones are not to be listed (--show): 1 of 3 violated' in text(audited)


def test_a_rule_that_was_judged_and_has_nothing_to_list_passes_with_its_denominator() -> None:
    clean = audit(finding("met"), finding("pending", number=2), show=("violated",))
    assert cases(suites(clean), "referral-in-time") == {"0 of 2 violated, 1 pending, 1 met": "passed"}


def test_hostile_values_are_text() -> None:
    attacks = [*ATTACKS, "]]>", "</testcase>", "\ufffe\uffff", "&amp;", "%0A::error::x"]
    root = suites(hostile(*attacks))
    named = [case.get("name", "").partition(" at 2020")[0] for case in root.iter("testcase")]
    assert len(named) == len(attacks)
    for attack in (
        "<script>alert(1)</script>",
        "]]>",
        "</testcase>",
        "&amp;",
        'quote"quote',
        "a'b",
        "=cmd|'/c calc'!A1",
    ):
        assert attack in named
    assert "\ufffd\ufffd" in named
    assert not any(set(name) & {"\x00", "\x1b", "\u202e", "\n"} for name in named)


def test_long_values_are_cut() -> None:
    assert len(text(hostile("x" * 1_000_000))) < 5000


def test_names_of_cases_are_apart_where_subject_and_time_are_the_same() -> None:
    rows = [finding(number=1), finding(number=2, fingerprint="f" * 32)]
    names = [case.get("name") for case in suites(audit(*rows, rules=(rule(),))).iter("testcase")]
    assert len(set(names)) == 2
