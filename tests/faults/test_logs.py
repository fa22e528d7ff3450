"""Faults of other tools, second part: verdicts that hang on the order of rows, on holes, on zones."""

from __future__ import annotations

import itertools
import json

import pandas as pd
import pytest

import auditor
from tests.faults.conftest import LOG, PACK, Bench, verdicts

HEADER, *ROWS = LOG.splitlines(keepends=True)


def unplaced(audit: dict) -> list:
    """The findings without the rows in which their evidence stands."""
    return [
        {**finding, "evidence": [{**item, "row": 0} for item in finding["evidence"]]} for finding in audit["findings"]
    ]


def test_unsorted_rows_give_wrong_verdicts(bench: Bench) -> None:
    expected = bench.audit()
    assert verdicts(expected) == {"R1": "met", "R2": "violated"}
    for order in itertools.islice(itertools.permutations(ROWS), 3, None, 4):
        assert unplaced(bench.audit(HEADER + "".join(order))) == unplaced(expected)


def test_out_of_order_events_are_skipped(bench: Bench) -> None:
    audit = bench.audit(HEADER + "".join(reversed(ROWS)))
    assert audit["log"]["events"] == audit["log"]["rows"] == len(ROWS)
    assert audit["log"]["out_of_order"] > 0
    assert not audit["log"]["rejected"]
    assert audit["code"] == 1


def test_open_cases_are_counted_as_violations_or_vanish(bench: Bench) -> None:
    log = LOG + "report.received,2024-03-06T09:00:00Z,R3,csam,\n"
    audit = bench.audit(log)
    assert verdicts(audit) == {"R1": "met", "R2": "violated", "R3": "pending"}
    [pending] = [finding for finding in audit["findings"] if finding["verdict"] == "pending"]
    assert pending["due_at"] == "2024-03-07T09:00:00Z"
    assert "due by 2024-03-07T09:00:00Z" in pending["message"]
    assert pending["late_seconds"] is None
    [counts] = audit["rules"]
    assert (counts["activations"], counts["pending"]) == (3, 1)


def test_an_open_case_is_violated_once_its_time_is_over_in_the_log_not_on_the_wall(bench: Bench) -> None:
    log = LOG + "report.received,2024-03-06T09:00:00Z,R3,csam,\n"
    done = bench.audit(log, PACK, "--as-of", "now")
    assert verdicts(done)["R3"] == "pending", "nobody knows what happened after the export"
    mapping = "log: {observed_until: 2024-03-07T09:00:00.000001Z}\n"
    assert verdicts(bench.audit(log, mapping=mapping))["R3"] == "violated"


def test_pending_alone_is_no_failure(bench: Bench) -> None:
    audit = bench.audit(HEADER + ROWS[0], mapping=ABLE)
    assert verdicts(audit) == {"R1": "pending"}
    assert audit["code"] == 0


@pytest.mark.parametrize("format", ["table", "csv", "jsonl", "json", "parquet"])
def test_violations_are_found_and_the_exit_code_is_0(bench: Bench, format: str) -> None:
    done = bench.check(LOG, PACK, "--output", f"{format}=found.out", "--show", "met")
    assert done.code == 1, "whatever is shown, and wherever it is written"


CASES = """\
ticket,received_at,referred_at
T1,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z
T2,2024-03-04T09:00:00Z,
T3,2024-03-04T09:00:00Z,?
T4,2024-03-08T09:00:00Z,
"""
CASE_MAPPING = """\
log:
  fields: {report_id: ticket, referred: {column: referred_at, type: instant, scope: standing}}
  nulls: ["?"]
  events:
    report.received: {time: received_at}
    referral.submitted: {time: referred_at, recipient: {value: NCMEC}, category: {value: csam}}
"""


def test_an_empty_referred_at_passes(bench: Bench) -> None:
    pack = PACK.replace(", where: {category: csam}", "")
    audit = bench.audit(CASES, pack, mapping=CASE_MAPPING)
    assert verdicts(audit) == {"T1": "met", "T2": "violated", "T3": "violated", "T4": "pending"}
    assert audit["code"] == 1


def test_an_empty_referred_at_passes_a_comparison(bench: Bench) -> None:
    pack = 'pack: p\nversion: "1"\nrules:\n  - {id: soon, when: report.received, assert: REPLACE}\n'
    for expression in ("not (hours_between(time, referred) > 24)", 'referred <= time + "24h"'):
        audit = bench.audit(CASES, pack.replace("REPLACE", f"'{expression}'"), mapping=CASE_MAPPING)
        assert verdicts(audit) == {"T1": "met", "T2": "undetermined", "T3": "undetermined", "T4": "undetermined"}
        assert {f["reason"] for f in audit["findings"] if f["verdict"] == "undetermined"} == {"missing_value"}


def test_a_column_of_empty_referred_at_passes(bench: Bench) -> None:
    """All is undetermined: exit code 3, not 0."""
    pack = (
        "pack: p\nversion: '1'\nrules:\n  - {id: soon, when: report.received, assert: 'referred <= time + \"24h\"'}\n"
    )
    emptied = CASES.replace("2024-03-04T10:00:00Z\n", "\n")
    audit = bench.audit(emptied, pack, mapping=CASE_MAPPING)
    assert set(verdicts(audit).values()) == {"undetermined"}
    assert audit["code"] == 3


def test_times_with_an_offset_are_relabelled(bench: Bench) -> None:
    """R1 is referred 23 hours after its receipt, which is the next day's 25th hour by the digits alone."""
    log = HEADER + (
        "report.received,2024-03-04T23:00:00+02:00,R1,csam,\nreferral.submitted,2024-03-05T23:30:00+03:00,R1,,NCMEC\n"
    )
    [finding] = bench.audit(log)["findings"]
    assert finding["verdict"] == "met"
    assert finding["activated_at"] == "2024-03-04T21:00:00Z"
    assert finding["met_at"] == "2024-03-05T20:30:00Z"


def test_local_times_are_relabelled(bench: Bench) -> None:
    """Across the night in which New York's clocks go forward: 23:30 hours by the clock, 22:30 in truth."""
    log = HEADER + "report.received,2024-03-09 12:00,R1,csam,\nreferral.submitted,2024-03-10 12:30,R1,,NCMEC\n"
    [finding] = bench.audit(log, mapping="log: {timezone: America/New_York}\n")["findings"]
    assert (finding["activated_at"], finding["met_at"]) == ("2024-03-09T17:00:00Z", "2024-03-10T16:30:00Z")
    assert finding["verdict"] == "met"
    done = bench.check(log)
    assert done.code == 2, "which zone is never guessed"
    assert "timezone" in done.err


def test_times_of_a_data_frame_are_relabelled(bench: Bench) -> None:
    frame = pd.DataFrame(
        {
            "event": ["report.received", "referral.submitted"],
            "time": pd.to_datetime(["2024-03-04T21:00Z", "2024-03-05T20:30Z"]).tz_convert("Asia/Tokyo"),
            "report_id": ["R1", "R1"],
            "category": ["csam", None],
            "recipient": [None, "NCMEC"],
        }
    )
    [found] = auditor.check(frame, bench.write("rules.yaml", PACK)).findings(["met"]).to_dict("records")
    assert found["activated_at"] == pd.Timestamp("2024-03-04T21:00Z")
    assert found["met_at"] == pd.Timestamp("2024-03-05T20:30Z")


WORDS = "the child's name and words"
# The log can record referrals, and holds none.
ABLE = "log: {covers: [report.received, referral.submitted, report.closed]}\n"


def leaky(number: int) -> str:
    rows = [f'report.received,2024-03-04T09:00:00Z,R{i},csam,,"{WORDS}",acct-{i},DE\n' for i in range(number)]
    return HEADER.strip() + ",message,account_id,jurisdiction\n" + "".join(rows)


def test_evidence_is_missing_or_capped(bench: Bench) -> None:
    number = 1200
    log = leaky(number) + "report.closed,2024-03-09T09:00:00Z,R0,,,,,\n"
    audit = bench.audit(log, mapping=ABLE)
    assert audit["rules"][0]["violated"] == len(audit["findings"]) == number
    for finding in audit["findings"]:
        [item] = finding["evidence"]
        row = int(finding["subject"][1:]) + 2
        assert item == {
            "file": "log.csv",
            "row": row,
            "event": "report.received",
            "time": "2024-03-04T09:00:00Z",
            "role": "activation",
        }
    done = bench.check(
        log, PACK, "--output", "found.csv", "--output", "found.jsonl", "--output", "found.parquet", mapping=ABLE
    )
    assert done.code == 1
    assert "1,200 of 1,200 violated" in done.out
    assert "and 1,195 more; --output findings.csv writes all of them" in done.out
    assert len(pd.read_csv(bench.folder / "found.csv")) == number
    assert len((bench.folder / "found.jsonl").read_text().splitlines()) == number
    assert pd.read_parquet(bench.folder / "found.parquet")["evidence"].str.len().min() == 1


def test_evidence_leaks_whole_rows(bench: Bench) -> None:
    log = leaky(3) + "report.closed,2024-03-09T09:00:00Z,R0,,,,,\nreport.closed,soon,R0,,," + WORDS + ",,\n"
    done = bench.check(
        log, PACK, "--show", "all", "--max-rejects", "50%", "--rejects", "rejects.csv",
        "--output", "found.csv", "--output", "found.json", "--output", "found.jsonl", "--output", "found.parquet",
        "--output", "found.txt", "-v", mapping=ABLE,
    )  # fmt: skip
    assert done.code == 1
    told = bench.run("explain", "log.csv", "R1", "-r", "rules.yaml", "-m", "mapping.yaml")
    assert told.code == 2, "a log with too many rejects"
    written = [path.read_bytes() for path in bench.folder.glob("found.*")] + [
        (bench.folder / "rejects.csv").read_bytes()
    ]
    assert len(written) == 6
    for text in [*written, done.out.encode(), done.err.encode(), told.out.encode(), told.err.encode()]:
        assert WORDS.encode() not in text
        assert b"acct-1" not in text, "a column that no rule looks at"
    assert json.loads((bench.folder / "found.json").read_text())["log"]["rejected"] == {"bad_time": 1}
