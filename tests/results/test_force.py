"""A rule that was in force at no time of the log had nothing to judge, and says so."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from auditor.outputs import Look, write
from auditor.results.audit import Audit
from auditor.results.force import in_force, window
from auditor.rules.model import Effective
from tests.results.fake import FAR, RECEIVED, audit, finding, log, rule

MINUTE = timedelta(minutes=1)
LATER = rule("later", effective=Effective(datetime(2024, 2, 16, 23)), zone="Europe/Brussels")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, True),
        (FAR, None, True),
        (FAR + MINUTE, None, False),
        (None, RECEIVED + MINUTE, True),
        (None, RECEIVED, False),  # the window excludes its end
        (RECEIVED + MINUTE, FAR, True),  # in force between the log's events
    ],
)
def test_a_rule_is_in_force_from_the_first_event_to_the_judgement(
    start: datetime | None, end: datetime | None, expected: bool
) -> None:
    assert in_force(rule(effective=Effective(start, end)), log(), FAR) is expected


def test_a_log_that_says_when_it_begins_begins_then() -> None:
    historic = rule(effective=Effective(None, RECEIVED))
    assert in_force(historic, log(observed_from=RECEIVED - MINUTE), FAR)


@pytest.mark.parametrize(
    ("effective", "words"),
    [
        (Effective(), ""),
        (Effective(datetime(2024, 2, 16, 23)), "from 2024-02-17 (Europe/Brussels)"),
        (Effective(None, datetime(2024, 5, 13, 22)), "until before 2024-05-14 (Europe/Brussels)"),
        (
            Effective(datetime(2017, 12, 31, 23), datetime(2024, 5, 13, 22)),
            "from 2018-01-01 (Europe/Brussels) until before 2024-05-14 (Europe/Brussels)",
        ),
    ],
)
def test_a_window_in_words(effective: Effective, words: str) -> None:
    assert window(rule(effective=effective, zone="Europe/Brussels")) == words


def test_the_table_tells_a_rule_that_slept_from_one_that_found_nothing() -> None:
    text = _table(_asleep())
    assert "Never activated (silence is not compliance): quiet\n" in text
    assert (
        "Never activated: in force from 2024-02-17 (Europe/Brussels), at no time that this log tells of: later" in text
    )
    assert "1 of 2 rules were in force at no time of the log" in text


def test_a_rule_that_slept_is_not_one_that_the_log_cannot_judge() -> None:
    found = _asleep(unjudged={"later": "the log cannot record appeal.received"})
    assert found.exit_code == 0
    assert "cannot be judged" not in _table(found)
    stream = io.BytesIO()
    write(found, "json", stream, Look())
    [quiet, later] = json.loads(stream.getvalue())["rules"]
    assert (quiet["in_force"], later["in_force"], later["not_judged"]) == (True, False, None)


def test_a_finding_stands_under_the_time_of_its_rule() -> None:
    dated = rule(effective=Effective(datetime(2017, 12, 31, 23)), zone="Europe/Berlin", refs=("NetzDG",))
    assert "1 of 1 violated; in force from 2018-01-01 (Europe/Berlin); NetzDG" in _table(
        audit(finding(), rules=(dated,))
    )


def _asleep(unjudged: dict[str, str] | None = None) -> Audit:
    made = audit(rules=(rule("quiet"), LATER), unjudged=unjudged or {})
    outcomes = tuple(replace(one, in_force=in_force(one.rule, made.log, FAR)) for one in made.outcomes)
    return replace(made, outcomes=outcomes)


def _table(of: Audit) -> str:
    stream = io.BytesIO()
    write(of, "table", stream, Look(width=200))
    return stream.getvalue().decode()
