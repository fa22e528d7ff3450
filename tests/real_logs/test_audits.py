"""Audits of public logs from other fields say, of each activation, what plain pandas says of it.

Expected verdicts are computed here from the raw columns, without auditor's reader or engine.
"""

from __future__ import annotations

import gzip
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from auditor.log.mapping import load_mapping
from auditor.results import Audit
from tests.real_logs import plain
from tests.real_logs.plain import Story
from tests.real_logs.support import HERE, audit, counts, folder, stories, tally, utc

pytestmark = pytest.mark.real_logs
CLOSED = ["2010-12-25", "2011-04-25", "2011-06-02", "2011-06-13"]
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)


LOGS = {
    "wabo": "wabo-receipt/receipt.csv",
    "helpdesk": "helpdesk/helpdesk_events.csv.gz",
    "bpic2013": "bpic2013/incidents_events.csv.gz",
}


@cache
def audited(name: str) -> Audit:
    """The audit of a whole log by its whole pack."""
    return audit(folder() / LOGS[name], name)


def agree(found: Audit, expected: dict[str, Story]) -> None:
    told = stories(found)
    for rule, story in expected.items():
        assert told[rule] == story, rule
        assert counts(found)[rule] == tally(story), rule


# ---- an environmental permit: real deadlines of each case


def wabo_events() -> pd.DataFrame:
    raw = pd.read_csv(folder() / "wabo-receipt" / "receipt.csv", dtype=str)
    assert raw["org:resource"].notna().all()
    names = {
        "Confirmation of receipt": "acknowledged",
        "T02 Check confirmation of receipt": "checked",
        "T05 Print and send confirmation of receipt": "sent",
        "T08 Draft and send request for advice": "advice",
        "T10 Determine necessity to stop indication": "decided",
    }
    case, deadline = raw["case:concept:name"], utc(raw["case:deadline"])
    steps = pd.DataFrame(
        {"case": case, "event": raw["concept:name"].map(names), "time": utc(raw["time:timestamp"]),
         "actor": raw["org:resource"], "channel": raw["case:channel"]}
    ).dropna(subset="event")  # fmt: skip
    cases = raw.assign(case=case, deadline=deadline).drop_duplicates("case")
    dates = [
        pd.DataFrame({"case": cases["case"], "event": event, "time": utc(cases[column]), "deadline": cases["deadline"]})
        for event, column in (("received", "case:startdate"), ("closed", "case:enddate"))
    ]
    return pd.concat([steps, *dates], ignore_index=True).dropna(subset="time")


def wabo_expected() -> dict[str, Story]:
    log = wabo_events()
    now = log["time"].max()
    received, closed, acknowledged = (plain.of(log, name) for name in ("received", "closed", "acknowledged"))
    sent, checked, advice = (plain.of(log, name) for name in ("sent", "checked", "advice"))

    term = plain.calendar(received["time"], "Europe/Amsterdam", weeks=8)
    end = plain.first_from(acknowledged, closed)
    limit = (acknowledged["time"] + DAY).where(end.isna() | (end > acknowledged["time"] + DAY), end)
    confirmed = plain.deadline(plain.some(acknowledged, sent, acknowledged["time"], limit), limit, now)
    confirmed[(confirmed == "pending") & end.notna()] = "violated"
    second = plain.nth(checked, 2)
    two_days = plain.calendar(second["time"], "Europe/Amsterdam", days=2)
    decided = plain.of(log, "decided").query("channel == 'Internet'")
    around = decided["time"] - HOUR, decided["time"] + HOUR
    told = plain.deadline(plain.some(decided, sent, *around), around[1], now)
    told[(told != "met") & plain.some(decided, advice, *around)] = "exempt"
    same = plain.some(
        sent, checked, sent["time"] - DAY, before=True, where=lambda pairs: pairs["actor"] == pairs["actor_b"]
    )
    day = plain.calendar(received["time"], "Europe/Amsterdam", days=1)
    stated = received["deadline"]
    office = plain.office_hours(received["time"], "Europe/Amsterdam", 16, CLOSED)
    return {
        "closed-by-stated-deadline": plain.story(
            received, plain.deadline(plain.some(received, closed, received["time"], stated), stated, now)
        ),
        "acknowledged-in-office-hours": plain.story(
            received, plain.deadline(plain.some(received, acknowledged, received["time"], office), office, now)
        ),
        "closed-by-deadline": plain.story(closed, plain.held(closed["time"] <= closed["deadline"])),
        "closed-in-term": plain.story(
            received, plain.deadline(plain.some(received, closed, received["time"], term), term, now)
        ),
        "confirmation-sent": plain.story(acknowledged, confirmed),
        "checked-before-sent": plain.story(
            sent,
            plain.held(
                plain.some(sent, checked, plain.calendar(sent["time"], "Europe/Amsterdam", days=-7), sent["time"])
            ),
        ),
        "checked-by-another": plain.story(sent, plain.held(~same)),
        "no-hasty-advice": plain.story(received, plain.held(~plain.some(received, advice, None, day, after=True))),
        "second-check-settles": plain.story(
            second, plain.deadline(plain.some(second, sent, second["time"], two_days), two_days, now)
        ),
        "told-around-decision": plain.story(decided, told),
    }


def test_wabo() -> None:
    found = audited("wabo")
    agree(found, wabo_expected())
    assert counts(found)["closed-by-deadline"] == {"violated": 377, "met": 952}, "as its publishers' columns say"
    term = counts(found)["closed-in-term"]
    assert sum(term.values()) == 1434
    assert term["pending"] == 46, "of the 105 open cases, these still have time"
    assert found.exit_code == 1


def test_wabo_lateness_is_that_of_the_dates() -> None:
    log = wabo_events()
    received, closed = plain.of(log, "received"), plain.of(log, "closed")
    due = plain.calendar(received["time"], "Europe/Amsterdam", weeks=8)
    end = plain.first_from(received, closed).fillna(log["time"].max())  # one case ends before it begins
    late = (end - due)[end > due].dt.floor("s").dt.total_seconds()
    expected = dict(zip(received["case"][end > due], late, strict=True))
    frame = audit(folder() / "wabo-receipt" / "receipt.csv", "wabo", only=["closed-in-term"]).findings(["violated"])
    assert dict(zip(frame["subject"], frame["late_seconds"].astype(float), strict=True)) == expected
    assert (frame["evidence"].str.len() > 0).all()


def test_wabo_as_of_moves_verdicts_as_time_does() -> None:
    """Judged in the middle of the log: later events are set aside, and deadlines not reached are pending."""
    now = pd.Timestamp("2011-06-01T00:00:00Z")
    log = wabo_events()
    log = log[log["time"] <= now]
    received, closed = plain.of(log, "received"), plain.of(log, "closed")
    due = plain.calendar(received["time"], "Europe/Amsterdam", weeks=8)
    expected = plain.deadline(plain.some(received, closed, received["time"], due), due, now)
    found = audit(folder() / "wabo-receipt" / "receipt.csv", "wabo", only=["closed-in-term"], as_of=now.to_pydatetime())
    agree(found, {"closed-in-term": plain.story(received, expected)})


def test_wabo_by_channel() -> None:
    log = wabo_events()
    closed = plain.of(log, "closed")
    channel = plain.of(log, "acknowledged").set_index("case")["channel"]
    late = (closed["time"] > closed["deadline"]).groupby(closed["case"].map(channel)).agg(["sum", "size"])
    found = audit(folder() / "wabo-receipt" / "receipt.csv", "wabo", only=["closed-by-deadline"], by=["channel"])
    told = {row["group"]["channel"]: (row["violated"], row["violated"] + row["met"]) for row in found.groups}
    assert told == {name: (row["sum"], row["size"]) for name, row in late.iterrows()}


def test_wabo_from_parquet() -> None:
    """The same log, typed, with local times without offset: the same but for one case that begins in the hour that
    clocks show twice, whose first reading is shown."""
    mapping = load_mapping(HERE / "wabo.mapping.yaml").model.model_copy(update={"timezone": "Europe/Amsterdam"})
    one = stories(audited("wabo"))
    other = stories(audit(folder() / "wabo-receipt" / "receipt.parquet", "wabo", mapping))
    assert one.keys() == other.keys()
    second, first = (pd.Timestamp(f"2010-10-31T{hour}:06:40.02Z") for hour in ("01", "00"))
    for rule, story in one.items():
        moved = [
            ((case, first, verdict) if (case, moment) == ("case-4187", second) else (case, moment, verdict))
            for case, moment, verdict in story.elements()
        ]
        assert other[rule] == Counter(moved), rule


# ---- a help desk: no arrival in most cases


def helpdesk_events() -> pd.DataFrame:
    raw = pd.read_csv(folder() / "helpdesk" / "helpdesk_events.csv.gz", dtype=str)
    names = {
        "Insert ticket": "received",
        "Create SW anomaly": "queued",
        "Assign seriousness": "queued",
        "Take in charge ticket": "assigned",
        "Require upgrade": "escalated",
        "Wait": "paused",
        "Resolve ticket": "decided",
        "Closed": "closed",
    }
    log = pd.DataFrame(
        {"case": raw["case:concept:name"], "event": raw["concept:name"].map(names), "time": utc(raw["time:timestamp"]),
         "actor": raw["org:resource"], "seriousness": raw["seriousness"]}
    ).dropna(subset="event")  # fmt: skip
    assert log.notna().all(axis=None)
    return log.drop_duplicates(ignore_index=True)


def helpdesk_expected() -> dict[str, Story]:
    log = helpdesk_events()
    now = log["time"].max()
    received, assigned, queued, closed, paused, decided = (
        plain.of(log, name) for name in ("received", "assigned", "queued", "closed", "paused", "decided")
    )
    second = plain.nth(assigned, 2)
    again = plain.first_from(paused, paused, strictly=True)
    ended = plain.first_from(paused, plain.of(log, "decided", "assigned"))
    waited = pd.Series("pending", index=paused.index)
    waited[again.notna()] = "violated"
    waited[ended.notna() & (again.isna() | (ended < again))] = "met"

    def in_time(act: pd.DataFrame, target: pd.DataFrame, **units: int) -> Story:
        due = plain.calendar(act["time"], "UTC", **units)
        return plain.story(act, plain.deadline(plain.some(act, target, act["time"], due), due, now))

    return {
        "resolved-after-arrival": in_time(received, decided, days=30),
        "arrival-recorded": plain.story(assigned, plain.held(plain.some(assigned, received, high=assigned["time"]))),
        "taken-soon": in_time(queued, assigned, hours=48),
        "second-taker-resolves": in_time(second, decided, days=14),
        "each-wait-ends": plain.story(paused, waited),
        "closed-after-resolution": plain.story(closed, plain.held(plain.some(closed, decided, high=closed["time"]))),
        "stays-closed": plain.story(
            closed, plain.held(~plain.some(closed, plain.of(log, "assigned", "queued", "decided"), after=True))
        ),
        "told": plain.story(decided, pd.Series("undetermined", index=decided.index)),
    }


def test_helpdesk() -> None:
    found = audited("helpdesk")
    agree(found, helpdesk_expected())
    by_id = {outcome.rule.id: outcome for outcome in found.outcomes}
    assert by_id["resolved-after-arrival"].activations == 118, "4,462 cases have no arrival, and none is invented"
    assert by_id["told"].not_judged == "all activations are undetermined"
    assert by_id["appeal-answered"].not_judged == "the log cannot record appeal.received"
    assert set(found.findings(["undetermined"])["reason"]) == {"not_recorded"}


def test_helpdesk_that_records_no_arrival(tmp_path: Path) -> None:
    """Without arrivals, nothing about them is violated, and nothing passes either."""
    text = (HERE / "helpdesk.mapping.yaml").read_text(encoding="utf-8")
    text = text.replace("Insert ticket: report.received", "").replace("covers: [report.received, ", "covers: [")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(text, encoding="utf-8")
    rules = ["resolved-after-arrival", "arrival-recorded"]
    found = audit(folder() / "helpdesk" / "helpdesk_events.csv.gz", "helpdesk", mapping, only=rules)
    first, second = found.outcomes
    assert (first.activations, first.unjudged) == (0, "the log cannot record report.received")
    assert counts(found)["arrival-recorded"] == {"undetermined": len(plain.of(helpdesk_events(), "assigned"))}
    assert second.not_judged
    assert found.exit_code == 3


def test_helpdesk_cut_at_random_and_packed_otherwise(tmp_path: Path) -> None:
    whole = pd.read_csv(folder() / "helpdesk" / "helpdesk_events.csv.gz", dtype=str, keep_default_na=False)
    mixed = whole.sample(frac=1, random_state=1)
    mixed.iloc[:7000].to_csv(tmp_path / "one.csv", index=False)
    mixed.iloc[6900:].to_csv(tmp_path / "two.csv", index=False)  # a hundred rows twice
    whole.to_parquet(tmp_path / "log.parquet")
    expected = stories(audited("helpdesk"))
    assert stories(audit([tmp_path / "one.csv", tmp_path / "two.csv"], "helpdesk")) == expected
    assert stories(audit(tmp_path / "log.parquet", "helpdesk")) == expected


# ---- incidents at a car maker: the meaning is in a pair of columns


def bpic_events() -> pd.DataFrame:
    raw = pd.read_csv(folder() / "bpic2013" / "incidents_events.csv.gz", dtype=str)
    step, how = raw["concept:name"], raw["lifecycle:transition"]
    event = pd.Series(pd.NA, index=raw.index, dtype="object")
    event[(step == "Accepted") & how.isin(["In Progress", "Assigned"])] = "assigned"
    event[(step == "Accepted") & how.str.startswith("Wait")] = "paused"
    event[(step == "Queued") & (how == "Awaiting Assignment")] = "queued"
    event[(step == "Completed") & how.isin(["Resolved", "In Call"])] = "decided"
    event[(step == "Completed") & (how == "Closed")] = "closed"
    event[(step == "Completed") & (how == "Cancelled")] = "withdrawn"
    log = pd.DataFrame(
        {"case": raw["case:concept:name"], "event": event, "time": utc(raw["time:timestamp"]),
         "actor": raw["org:resource"], "team": raw["org:group"], "impact": raw["impact"], "raw": step + how}
    ).dropna(subset="event")  # fmt: skip
    assert log.notna().all(axis=None)
    return log.drop_duplicates(ignore_index=True)


def bpic_expected() -> dict[str, Story]:
    log = bpic_events()
    now = log["time"].max()
    assigned, queued, paused, decided, closed = (
        plain.of(log, name) for name in ("assigned", "queued", "paused", "decided", "closed")
    )
    first, third = plain.nth(assigned, 1), plain.nth(queued, 3)
    impact = log.groupby("case")["impact"].agg(lambda values: values.iloc[0] if values.nunique() == 1 else "")
    assert (impact != "").all()
    grave = plain.nth(assigned[assigned["impact"].isin(["High", "Major"])], 1)
    month = plain.calendar(first["time"], "Europe/Paris", months=1)
    week = plain.calendar(third["time"], "Europe/Paris", weeks=1)
    three_days = grave["time"] + 3 * DAY

    again = plain.first_from(paused, paused, strictly=True)
    five_days = plain.calendar(paused["time"], "Europe/Paris", days=5)
    answer = plain.first_from(paused, plain.of(log, "assigned", "decided"))
    waited = plain.deadline((answer <= five_days) & (again.isna() | (answer < again)), five_days, now)
    waited[(waited == "pending") & again.notna()] = "violated"

    month_after = decided["time"] + 30 * DAY
    stays = plain.held(~plain.some(decided, assigned, None, month_after, after=True))
    excused = plain.some(decided, plain.of(log, "withdrawn"), decided["time"], month_after)
    stays[(stays == "violated") & excused] = "exempt"
    back = plain.some(queued, queued, before=True, where=lambda pairs: pairs["team"] == pairs["team_b"])
    around = decided["time"] - HOUR, decided["time"] + HOUR
    return {
        "resolved-in-a-month": plain.story(
            first, plain.deadline(plain.some(first, decided, first["time"], month), month, now)
        ),
        "grave-resolved-in-three-days": plain.story(
            grave, plain.deadline(plain.some(grave, decided, grave["time"], three_days), three_days, now)
        ),
        "each-wait-answered": plain.story(paused, waited),
        "stays-resolved": plain.story(decided, stays),
        "closed-after-resolution": plain.story(closed, plain.held(plain.some(closed, decided, high=closed["time"]))),
        "no-ping-pong": plain.story(queued, plain.held(~back)),
        "third-queue-settles": plain.story(
            third, plain.deadline(plain.some(third, decided, third["time"], week), week, now)
        ),
        "accepted-and-resolved-at-once": plain.story(
            decided, plain.deadline(plain.some(decided, assigned, *around), around[1], now)
        ),
    }


def test_bpic2013() -> None:
    found = audited("bpic2013")
    agree(found, bpic_expected())
    assert found.exit_code == 1


def test_bpic2013_unpacked(tmp_path: Path) -> None:
    packed = folder() / "bpic2013" / "incidents_events.csv.gz"
    (tmp_path / "incidents.csv").write_bytes(gzip.decompress(packed.read_bytes()))
    rules = ["no-ping-pong", "each-wait-answered"]
    one, other = (audit(path, "bpic2013", only=rules) for path in (packed, tmp_path / "incidents.csv"))
    columns = ["rule_id", "subject", "verdict", "due_at", "met_at", "late_seconds", "fingerprint"]
    left, right = (found.findings(["violated", "pending"])[columns] for found in (one, other))
    pd.testing.assert_frame_equal(left, right)
