"""A month of nightly runs on the sample platform, beside a plain account of what each night found."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import auditor
from auditor.outputs import write
from auditor.results.audit import Audit
from auditor.results.findings import Ranks
from auditor.results.marks import MARKED
from tests.store.conftest import Store

SAMPLES = Path(__file__).parents[2] / "sample_data"
ALWAYS, SOMETIMES = "referral-in-time", "minor-report-escalated"
AWAY = range(12, 15)  # the nights without the second rule
NIGHTS = range(1, 31)
Finding = tuple[str, str]  # fingerprint, verdict


@dataclass
class Account:
    """What a nightly audit should say, from the findings of its nights alone."""

    open: dict[str, tuple[str, str]] = field(default_factory=dict)  # fingerprint → rule, verdict
    spells: list[list[object]] = field(default_factory=list)  # fingerprint, verdict, first, last, ended by, ended as

    def night(self, number: int, found: dict[str, tuple[str, str]], rules: set[str]) -> dict[str, set[Finding]]:
        """The findings of a night by what becomes of them."""
        said: dict[str, set[Finding]] = {"new": set(), "continuing": set(), "resolved": set()}
        for fingerprint, (rule, verdict) in found.items():
            known = self.open.get(fingerprint)
            said["continuing" if known == (rule, verdict) else "new"].add((fingerprint, verdict))
        for fingerprint, (rule, verdict) in self.open.items():
            if fingerprint not in found and rule in rules:
                said["resolved"].add((fingerprint, verdict))
        for spell in [spell for spell in self.spells if spell[4] is None]:
            now = found.get(str(spell[0]))
            if now is not None and now[1] == spell[1]:
                spell[3] = number
            elif now is not None:
                spell[4:] = [number, now[1]]
            elif (spell[0], spell[1]) in said["resolved"]:
                spell[4:] = [number, "resolved"]
        self.spells += [[fingerprint, verdict, number, number, None, None] for fingerprint, verdict in said["new"]]
        kept = {fingerprint: one for fingerprint, one in self.open.items() if one[0] not in rules}
        self.open = kept | found
        return said


@dataclass
class Month:
    """What the tests look at."""

    store: Store
    account: Account = field(default_factory=Account)
    expected: dict[int, dict[str, set[Finding]]] = field(default_factory=dict)  # by night
    told: dict[int, dict[str, set[Finding]]] = field(default_factory=dict)
    audits: dict[int, tuple[Audit, bytes]] = field(default_factory=dict)  # some, and what was written of them


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month")
    made = Month(Store(str(folder / "audits.db")))
    for number in NIGHTS:
        rules = {ALWAYS} if number in AWAY else {ALWAYS, SOMETIMES}
        log, mapping = exported(folder, number)
        audited = auditor.check(log, mapping=mapping, only=sorted(rules))
        found = {fingerprint: (rule, verdict) for fingerprint, rule, verdict, _ in findings(audited)}
        made.expected[number] = made.account.night(number, found, rules)
        recorded = made.store.kept(audited)
        made.told[number] = told(recorded)
        if number in (1, 15):
            made.audits[number] = (audited, page(recorded))
    return made


def exported(folder: Path, number: int) -> tuple[Path, Path]:
    """The log up to a midnight, and its mapping."""
    header, *rows = (SAMPLES / "month_events.csv").read_text().splitlines(keepends=True)
    midnight = datetime(2025, 10, 1) + timedelta(days=number)
    log, mapping = folder / f"{number}.csv", folder / f"{number}.yaml"
    log.write_text(header + "".join(row for row in rows if row.split(",")[2] < str(midnight)))
    text = (SAMPLES / "month_events.mapping.yaml").read_text()
    whole, until = "2025-11-07T00:00:00Z", midnight.replace(tzinfo=ZoneInfo("Europe/Amsterdam")).isoformat()
    assert whole in text
    mapping.write_text(text.replace(whole, until))
    return log, mapping


def findings(audited: Audit) -> Iterator[tuple[str, str, str, str]]:
    """Fingerprint, rule, verdict and status of each finding."""
    entries = Ranks(audited, MARKED).entries
    held = audited.held(MARKED)
    names = ["fingerprint", "rank", *(["status"] if "status" in held.columns else [])]
    for batch in audited.batches(held.select(names)):
        for row in batch.to_pylist():
            one, verdict = entries[row["rank"]]
            yield row["fingerprint"], one.rule, verdict, row.get("status", "")


def told(recorded: Audit) -> dict[str, set[Finding]]:
    """What the recorded audit says of its findings and of those of the night before."""
    said: dict[str, set[Finding]] = {"new": set(), "continuing": set(), "resolved": set()}
    for fingerprint, _, verdict, status in findings(recorded):
        said[status].add((fingerprint, verdict))
    assert recorded.comparison is not None
    gone = recorded.comparison.resolved_findings
    said["resolved"] |= set(zip(gone["fingerprint"].to_pylist(), gone["verdict"].to_pylist(), strict=True))
    assert (recorded.comparison.new, recorded.comparison.continuing) == (len(said["new"]), len(said["continuing"]))
    return said


def page(recorded: Audit) -> bytes:
    """The audit as JSON."""
    stream = io.BytesIO()
    write(recorded, "json", stream)
    return stream.getvalue()


def test_every_night_is_told_as_it_was(month: Month) -> None:
    assert month.told == month.expected


def test_the_month_has_something_of_everything(month: Month) -> None:
    numbers = {kind: sum(len(night[kind]) for night in month.expected.values()) for kind in month.expected[1]}
    assert numbers["new"] > 200
    assert numbers["continuing"] > 2000
    assert numbers["resolved"] >= 10
    assert ("undetermined", "resolved") in {(spell[1], spell[5]) for spell in month.account.spells}


def test_a_rule_that_was_away_goes_on_where_it_was(month: Month) -> None:
    over = [spell for spell in month.account.spells if spell[2] < AWAY.start and (spell[4] or 99) > AWAY.stop]
    away = {spell[0] for spell in over} & rule(month, SOMETIMES)
    assert len(away) > 10
    for number in AWAY:
        assert not away & {fingerprint for kind in month.told[number].values() for fingerprint, _ in kind}
    assert away <= {fingerprint for fingerprint, _ in month.told[AWAY.stop]["continuing"]}


def rule(month: Month, name: str) -> set[object]:
    """The fingerprints of a rule's findings."""
    return {
        fingerprint for (fingerprint,) in month.store.rows(f"SELECT fingerprint FROM finding WHERE rule = '{name}'")
    }


def test_the_store_tells_the_whole_month(month: Month) -> None:
    stored = month.store.rows(
        "SELECT fingerprint, verdict, first_run, last_run, ended_run, ended_as FROM spell JOIN finding "
        "ON finding.id = spell.finding"
    )
    assert sorted(map(repr, stored)) == sorted(repr(tuple(spell)) for spell in month.account.spells)
    query = "SELECT number, sum(new), sum(continuing), sum(resolved) FROM tally GROUP BY number ORDER BY number"
    assert month.store.rows(query) == [
        (number, *(len(night[kind]) for kind in ("new", "continuing", "resolved")))
        for number, night in month.expected.items()
    ]


@pytest.mark.parametrize("number", [1, 15])
def test_the_same_audit_again_is_the_same_bytes_and_not_recorded(month: Month, number: int) -> None:
    audited, written = month.audits[number]
    again = month.store.kept(audited)
    assert page(again) == written
    assert len(again.trend) == number
    assert month.store.rows("SELECT count(*) FROM run") == [(len(NIGHTS),)]
