"""Faults of other tools, first part: rules with mistakes that are dropped, or that pass everything."""

from __future__ import annotations

import pytest

from tests.faults.conftest import LOG, PACK, Bench, verdicts

GOOD = """\
  - id: good
    when: report.received
    followed_by: {event: referral.submitted, within: 30 days}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "meant"),
    [
        ("event: report.received", "event: report.recieved", "report.received"),
        ("event: referral.submitted", "event: referral.submited", "referral.submitted"),
        ("{category: csam}", "{categroy: csam}", "category"),
        ("{category: csam}", "{category: csma}", "csam"),
        ("{recipient: NCMEC}", "{recipent: NCMEC}", "recipient"),
        ("{recipient: NCMEC}", 'reciepient == "NCMEC"', "recipient"),
        ("within: 24h", "within: 24h, before: report.close", "report.closed"),
        ("within: 24h}", "within: 24h}\n    unless: report.withdraw", "report.withdrawn"),
        ("within: 24h}", "within: 24h}\n    per: report", "report_id"),
    ],
)
def test_a_mistyped_name_passes_every_case(bench: Bench, right: str, wrong: str, meant: str) -> None:
    assert right in PACK
    done = bench.check(LOG, PACK.replace(right, wrong) + GOOD)
    assert (done.code, done.out) == (2, "")
    assert f"did you mean `{meant}`?" in done.err
    assert "rules.yaml:" in done.err


def test_a_mistyped_name_in_the_mapping_passes_every_case(bench: Bench) -> None:
    log = LOG.replace("report_id", "ticket")
    done = bench.check(log, mapping="log: {fields: {report_id: tikcet}}\n")
    assert (done.code, done.out) == (2, "")
    assert "did you mean `ticket`?" in done.err


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("within: 24h", "within: 24 parsecs"),
        ("within: 24h", "within: 24"),
        ("within: 24h", "with_in: 24h"),
        ("within: 24h", "within: params.limit"),
        ("followed_by", "folowed_by"),
        ("followed_by", "response"),
        ("when:", "whn:"),
        ("    when:", "    levle: high\n    when:"),
        ("    when:", "    severity: hihg\n    when:"),
        ("    when:", "    treshold: 3\n    when:"),
        ("rules:", "ruels:"),
        ("version:", "verzion:"),
    ],
)
def test_a_bad_unit_or_key_drops_the_rule_and_the_run_goes_on(bench: Bench, right: str, wrong: str) -> None:
    done = bench.check(LOG, PACK.replace(right, wrong, 1) + GOOD)
    assert (done.code, done.out) == (2, "")
    assert "error[" in done.err


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("{category: csam}", "category ==== 'csam'"),
        ("{category: csam}", '"category == "'),
        ("{category: csam}", "category = 'csam'"),
        ("{category: csam}}", "{category: csam}"),
        ("rules:\n", "rules:\n\t- x\n"),
    ],
)
def test_a_syntax_error_is_printed_and_then_it_is_true(bench: Bench, right: str, wrong: str) -> None:
    done = bench.check(LOG, PACK.replace(right, wrong, 1))
    assert (done.code, done.out) == (2, "")
    assert "rules.yaml:" in done.err


def test_all_mistakes_are_told_in_one_run(bench: Bench) -> None:
    wrong = PACK.replace("report.received", "report.recieved").replace("24h", "24x") + GOOD.replace("when", "whn")
    done = bench.check(LOG, wrong)
    assert done.code == 2
    assert done.err.count("error[") == 3


@pytest.mark.parametrize(
    ("where", "pack"),
    [
        ("no", PACK.replace("category: csam", "category: no")),
        ("on", PACK.replace("category: csam", "recipient: on")),
        ("12:30:45", PACK.replace("within: 24h", "within: 12:30:45")),
        ("010", PACK.replace("category: csam", "views: 010")),
        ("0o10", PACK.replace("category: csam", "views: 0o10")),
        ("1.0", PACK.replace('"1"', "1.0")),
        ("a key twice", PACK.replace("within: 24h", "within: 24h, within: 48h")),
        ("a rule's key twice", PACK + "    when: report.closed\n"),
        ("an alias", PACK.replace("category: csam", "category: &x csam")),
        ("two documents", PACK + "---\n" + PACK),
    ],
)
def test_yaml_reads_something_else(bench: Bench, where: str, pack: str) -> None:
    done = bench.check(LOG, pack)
    assert (done.code, done.out) == (2, "")
    assert "rules.yaml:" in done.err


@pytest.mark.parametrize(
    "mapping",
    [
        "log: {nulls: [no]}\n",
        "log: {fields: {minor_involved: {column: recipient, true: [yes], false: [no]}}}\n",
        "log: {timezone: UTC, timezone: Europe/Paris}\n",
        "log: {observed_until: 12:30:45}\n",
        "log: {fields: {platform: {value: 010}}}\n",
    ],
)
def test_yaml_reads_something_else_in_mappings(bench: Bench, mapping: str) -> None:
    done = bench.check(LOG, mapping=mapping)
    assert (done.code, done.out) == (2, "")
    assert "mapping.yaml:" in done.err


def test_no_and_octals_as_values_keep_their_text_where_they_are_quoted(bench: Bench) -> None:
    log = LOG.replace("NCMEC", "no").replace("R1", "010").replace("R2", "12:30:45")
    audit = bench.audit(log, PACK.replace("NCMEC", '"no"'))
    assert verdicts(audit) == {"010": "met", "12:30:45": "violated"}


def test_some_a_followed_by_some_b_instead_of_every_a(bench: Bench) -> None:
    """Two reports on one item, one referral in between: the first is met, the second is not covered by it."""
    log = """\
event,time,report_id,content_id,category,recipient
report.received,2024-03-04T09:00:00Z,R1,V1,csam,
referral.submitted,2024-03-04T10:00:00Z,R1,V1,,NCMEC
report.received,2024-03-04T11:00:00Z,R2,V1,csam,
report.closed,2024-03-09T11:00:00Z,R2,V1,,
"""
    audit = bench.audit(log, PACK + "    per: content_id\n")
    assert [(f["subject"], f["activated_at"], f["verdict"]) for f in audit["findings"]] == [
        ("V1", "2024-03-04T11:00:00Z", "violated"),
        ("V1", "2024-03-04T09:00:00Z", "met"),
    ]
    assert audit["code"] == 1
