"""What a mapping can say, feature by feature."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log import load
from auditor.log.log import Asserted

from .helpers import at, mapped, read, rejected, rows, write


def test_a_case_table_yields_several_events(tmp_path: Path) -> None:
    log = read(tmp_path, "ticket_no,opened,closed,reason,minor,result,sla_met,notes\n"
        "t1,2025-01-01 10:00:00,2025-01-02 09:00:00,Child abuse,Y,No issue,true,x\n"
        "t2,2025-01-03 10:00:00,?,Spam,1,?,,x\n", """
log:
  source: {format: csv}
  timezone: Europe/Paris
  fields:
    report_id: ticket_no
    category: {column: reason, values: {"Child abuse": csam}, else: other}
    minor_involved: {column: minor, true: [Y, "yes", 1], false: [N, "no", 0]}
  nulls: ["", "?", "NULL"]
  events:
    report.received: {time: opened}
    report.closed:   {time: closed}
    decision.made:   {time: closed, decision: {column: result, values: {"No issue": no_violation}}}
  covers: [report.received, report.closed, decision.made]
  observed_until: 2025-05-17T00:00:00Z
  observed_from: 2025-01-01T00:00:00+01:00
  asserted: {on_time: sla_met}
""")  # fmt: skip
    assert rows(log, "event", "time", "report_id", "category", "minor_involved", "decision", "asserted_on_time") == [
        ("decision.made", at("2025-01-02 08:00"), "t1", "csam", True, "no_violation", "met"),
        ("report.closed", at("2025-01-02 08:00"), "t1", "csam", True, None, "met"),
        ("report.received", at("2025-01-01 09:00"), "t1", "csam", True, None, "met"),
        ("report.received", at("2025-01-03 09:00"), "t2", "other", True, None, None),
    ]
    assert rows(log, "category_raw")[0] == ("Child abuse",)
    assert log.covers == {"report.received", "report.closed", "decision.made"}
    assert (log.observed_from, log.observed_until) == (at("2024-12-31 23:00"), at("2025-05-17"))
    assert log.asserted == {"on_time": Asserted("asserted_on_time")}
    assert log.zone == "Europe/Paris"
    assert "notes" not in log.events.columns


def test_an_event_table_with_names_constants_and_minutes(tmp_path: Path) -> None:
    log = read(tmp_path, "case,activity,at\nc1,Report filed,31/12/2024 23:59\nc1,Coffee,01/01/2025 00:00\n"
                         "c1,Sent to NCMEC,01/01/2025 08:30\n", """
log:
  timezone: UTC
  event:
    column: activity
    values: {"Report filed": report.received, "Sent to NCMEC": referral.submitted}
    else: ignore
  time: {column: at, format: "%d/%m/%Y %H:%M", precision: minute}
  fields: {report_id: case, recipient: {value: NCMEC}}
""")  # fmt: skip
    assert rows(log, "event", "time", "time_latest", "recipient") == [
        ("report.received", at("2024-12-31 23:59"), at("2024-12-31 23:59:59.999999"), "NCMEC"),
        ("referral.submitted", at("2025-01-01 08:30"), at("2025-01-01 08:30:59.999999"), "NCMEC"),
    ]
    assert log.health.ignored == {"unmapped_event": 1}
    assert log.health.imprecise == 2
    assert log.covers == {"report.received", "referral.submitted"}
    assert "1 row ignored" in log.health.line()


def test_without_else_an_unknown_event_is_rejected(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "e,time,report_id\nA,2024-01-01T10:00Z,r1\nB,2024-01-01T10:00Z,r1\n",
        "log: {event: {column: e, values: {A: report.received}}}",
    )
    assert rejected(log) == [("unknown_event", 3, "e", "B")]


def test_else_may_name_an_event(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "e,time,report_id\nA,2024-01-01T10:00Z,r1\nB,2024-01-01T10:00Z,r1\n",
        "log: {names: [step.other], event: {column: e, values: {A: report.received}, else: step.other}}",
    )
    assert rows(log, "event") == [("report.received",), ("step.other",)]
    assert log.names == {"step.other"}


def test_a_name_made_of_two_columns(tmp_path: Path) -> None:
    log = read(tmp_path, 'concept:name,lifecycle:transition,time,report_id\n'
        "Completed,Closed,2024-01-01T10:00Z,r1\nCompleted,,2024-01-01T10:00Z,r1\n", """
log:
  event:
    columns: ["concept:name", "lifecycle:transition"]
    join: "/"
    values: {Completed/Closed: report.closed, Completed/: decision.made}
    else: ignore
""")  # fmt: skip
    assert rows(log, "event") == [("report.closed",), ("decision.made",)]


def test_further_columns_have_types_and_scopes(tmp_path: Path) -> None:
    log = read(tmp_path, "event,time,report_id,due,score,tries,vip,team\n"
        "report.received,2024-01-01T10:00Z,r1,2024-02-01,0.5,3,true,blue\n", """
log:
  timezone: Europe/Paris
  fields:
    deadline: {column: due, type: instant}
    score: {column: score, type: number}
    tries: {column: tries, type: integer}
    vip: {column: vip, type: bool, scope: standing}
    team: {column: team, type: text, scope: learned}
""")  # fmt: skip
    assert rows(log, "deadline", "score", "tries", "vip", "team") == [(at("2024-01-31 23:00"), 0.5, 3, True, "blue")]
    assert [(f.type, f.scope) for f in (log.fields[n] for n in ("deadline", "vip", "team"))] == [
        ("instant", "event"), ("bool", "standing"), ("text", "learned"),
    ]  # fmt: skip


def test_arrays_urls_and_conditions(tmp_path: Path) -> None:
    log = read(tmp_path, "opened,url,kinds,places,forwarded\n"
        '2024-01-01T10:00Z,https://x.example/r/77?a=1,"[""csam"", ""x""]","[""FR"",""DE""]",yes\n'
        '2024-01-01T11:00Z,https://x.example/r/78,"[]",,no\n'
        '2024-01-01T11:00Z,https://x.example/,"[]",,no\n'
        "2024-01-01T11:00Z,https://x.example/r/78,csam,,no\n", """
log:
  fields:
    report_id: {column: url, extract: "/r/([0-9]+)"}
    minor_involved: {column: kinds, json_array: {contains: csam}}
    jurisdiction: {column: places, json_array: first}
  events:
    report.received: {time: opened}
    detection.hit: {time: opened, when: {column: kinds, json_array: {contains: csam}}}
    referral.submitted: {time: opened, when: {column: forwarded, values: ["yes"]}, recipient: {value: NCMEC}}
""")  # fmt: skip
    assert rows(log, "event", "report_id", "minor_involved", "jurisdiction", "recipient") == [
        ("detection.hit", "77", True, "FR", None),
        ("referral.submitted", "77", True, "FR", "NCMEC"),
        ("report.received", "77", True, "FR", None),
        ("report.received", "78", False, None, None),
    ]
    assert [reject[:3] for reject in rejected(log)] == [("no_match", 4, "url"), ("bad_json", 5, "kinds")]


def test_values_without_else_reject_the_rest(tmp_path: Path) -> None:
    text = "event,time,report_id,to,reason\nreport.received,2024-01-01T10:00Z,r1,{},{}\n"
    mapping = (
        "log: {fields: {recipient: {column: to, values: {N: NCMEC}}, category: {column: reason, values: {C: csam}}}}"
    )
    assert rows(read(tmp_path, text.format("N", "ncii"), mapping), "recipient", "category") == [("NCMEC", "ncii")]
    with pytest.raises(UnusableError, match="unknown_value 1"):
        read(tmp_path, text.format("N", "C2"), mapping, max_rejects=0)
    with pytest.raises(UnusableError, match="unknown_value 1"):
        read(tmp_path, text.format("X", ""), mapping, max_rejects=0)


def test_else_null_means_unknown(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "event,time,report_id,to\nreport.received,2024-01-01T10:00Z,r1,X\n",
        "log: {fields: {recipient: {column: to, values: {N: NCMEC}, else: null}}}",
    )
    assert rows(log, "recipient") == [(None,)]


def test_a_canonical_column_can_be_left_out(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "event,time,report_id,action\nreport.received,2024-01-01T10:00Z,r1,odd code\n",
        "log: {fields: {action: null}}",
    )
    assert "action" not in log.fields


def test_reports_and_responses_in_two_files(tmp_path: Path) -> None:
    write(tmp_path, "id,opened,reason\nr1,2024-01-01T10:00Z,csam\n", "reports-2024.csv")
    write(tmp_path, "ticket;what;at\nr1;removed;1704110400\n", "responses-2024.csv")
    mapping = mapped(
        tmp_path,
        """
log:
  sources:
    reports:
      files: "reports*"
      events: {report.received: {time: opened}}
      fields: {report_id: id, category: reason}
    responses:
      files: "responses*"
      source: {delimiter: ";"}
      event: {column: what, values: {removed: action.applied}}
      time: {column: at, format: epoch_s}
      fields: {report_id: ticket, action: {value: remove}}
""",
    )
    log = load([tmp_path / "reports-2024.csv", tmp_path / "responses-2024.csv"], mapping)
    assert rows(log, "event", "time", "report_id", "category", "action") == [
        ("report.received", at("2024-01-01 10:00"), "r1", "csam", None),
        ("action.applied", at("2024-01-01 12:00"), "r1", None, "remove"),
    ]
    with pytest.raises(UnusableError, match=r"no file was given for the pattern responses\*"):
        load(tmp_path / "reports-2024.csv", mapping)
    with pytest.raises(UnusableError, match="matches no source"):
        load([write(tmp_path, "ticket\nr1\n", "others-2024.csv"), tmp_path / "responses-2024.csv"], mapping)


def test_sources_of_different_formats(tmp_path: Path) -> None:
    write(tmp_path, "id,opened\nr1,2024-01-01T10:00Z\n", "reports.txt")
    write(tmp_path, '{"id": "r1", "closed": "2024-01-02T10:00Z"}\n', "responses.txt")
    mapping = mapped(
        tmp_path,
        """
log:
  fields: {report_id: id}
  sources:
    reports: {files: "reports*", source: {format: csv}, events: {report.received: {time: opened}}}
    responses: {files: "responses*", source: {format: jsonl}, events: {report.closed: {time: closed}}}
""",
    )
    log = load([tmp_path / "reports.txt", tmp_path / "responses.txt"], mapping)
    assert rows(log, "event") == [("report.received",), ("report.closed",)]


def test_json_lines_with_nested_values(tmp_path: Path) -> None:
    lines = [
        {"event": {"$type": "report"}, "time": "2024-01-01T10:00:00Z", "report_id": 7, "is_test": False, "secret": "x"},
        {"event": {"$type": "close"}, "time": "2024-01-01T11:00:00Z", "report_id": 7, "is_test": None},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\nnot json\n"
    log = read(tmp_path, text, """
log:
  event: {column: /event/$type, values: {report: report.received, close: report.closed}}
""", "log.jsonl")  # fmt: skip
    assert rows(log, "event", "report_id", "is_test", "place") == [
        ("report.received", "7", False, 1), ("report.closed", "7", None, 2),
    ]  # fmt: skip
    assert rejected(log) == [("bad_json", 4, None, None)]


def test_a_key_that_stands_twice_in_an_object(tmp_path: Path) -> None:
    good = '{"event": "report.received", "time": "2024-01-01T10:00Z", "report_id": "r1"}'
    log = read(tmp_path, good + "\n" + good.replace("{", '{"event": "report.closed", '), name="log.jsonl")
    assert rejected(log) == [("bad_json", 2, None, None)]


def test_a_json_array_of_objects(tmp_path: Path) -> None:
    text = json.dumps([{"event": "report.received", "time": "2024-01-01T10:00Z", "report_id": "r1"}, 5])
    log = read(tmp_path, text, name="log.json")
    assert rows(log, "event", "place") == [("report.received", 1)]
    assert rejected(log) == [("bad_json", 2, None, None)]


def test_ids_that_several_events_of_a_row_share(tmp_path: Path) -> None:
    log = read(tmp_path, "id,opened,closed,report_id\n9,2024-01-01T10:00Z,2024-01-02T10:00Z,r1\n", """
log:
  fields: {event_id: id}
  events: {report.received: {time: opened}, report.closed: {time: closed}}
""")  # fmt: skip
    assert log.has_event_ids
    assert len(set(rows(log, "identity"))) == 2


def test_a_row_without_any_event_is_no_reject(tmp_path: Path) -> None:
    log = read(
        tmp_path, "opened,report_id\n2024-01-01T10:00Z,r1\n,r2\n", "log: {events: {report.received: {time: opened}}}"
    )
    assert (log.health.rows, log.health.events, log.health.rejected) == (2, 1, {})


def test_an_update_of_one_event_leaves_the_others_their_identity(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "opened,closed,report_id\n2024-01-01T10:00Z,,r1\n2024-01-01T10:00Z,2024-01-05T10:00Z,r1\n",
        "log: {events: {report.received: {time: opened}, report.closed: {time: closed}}}",
    )
    assert log.profile["report.received"].count == 2
    assert len({id for event, id in rows(log, "event", "identity") if event == "report.received"}) == 1


def test_covers_wider_or_narrower_than_the_log(tmp_path: Path) -> None:
    text = "event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\n"
    log = read(tmp_path, text, "log: {covers: [referral.submitted]}")
    assert log.covers == {"referral.submitted"}
    assert "`covers` leaves out: report.received" in log.health.notes[0]


def test_observed_until_before_the_newest_event_is_noted(tmp_path: Path) -> None:
    text = "event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\n"
    log = read(tmp_path, text, "log: {observed_until: 2023-01-01T00:00:00Z, observed_from: 2022-01-01T00:00:00Z}")
    assert log.observed_until == at("2023-01-01")
    assert "lies after `observed_until`" in log.health.notes[0]


def test_nulls_in_typed_columns(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"event": ["report.received"], "time": ["2024-01-01T10:00Z"], "report_id": ["r1"], "views": [-100]}
    )
    frame.to_parquet(tmp_path / "log.parquet")
    log = load(tmp_path / "log.parquet", mapped(tmp_path, "log: {nulls: [-100]}"))
    assert rows(log, "views") == [(None,)]


@pytest.mark.parametrize(
    ("mapping", "several"),
    [
        ("events: {report.received: {time: closed}}", False),
        ("events: {report.received: {time: opened}}", False),
        ("events: {report.received: {time: opened}, report.closed: {time: closed}}", True),
        ("""sources:
    first: {files: "log*", events: {report.received: {time: opened}}}
    second: {files: "*.csv", events: {report.closed: {time: closed}}}""", True),
    ],
)  # fmt: skip
def test_whether_a_row_can_tell_several_events(tmp_path: Path, mapping: str, several: bool) -> None:
    text = "id,opened,closed\nr1,2024-01-01T10:00Z,2024-01-02T10:00Z\n"
    log = read(tmp_path, text, f"log:\n  fields: {{report_id: id}}\n  {mapping}\n")
    assert log.several is several
