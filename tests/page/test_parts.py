"""What pages are made of, part by part, without a browser."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from auditor.outputs.figures import COUNTS, group_name, headline, silence, standing
from auditor.outputs.page import charts
from auditor.outputs.page.bars import LEAST, WIDTH, parts
from auditor.outputs.page.lateness import BINS, LABELS, lateness
from auditor.outputs.page.listing import LONGEST, WITNESSES, listing
from auditor.outputs.page.timeline import moments
from auditor.results.audit import Audit
from auditor.rules.model import Basis
from tests.outputs.story import DUE, LATE, H, grouped, story
from tests.page.audits import everything
from tests.results.fake import RECEIVED, audit, finding, log, measure, rule, witness

AS_OF = "2020-02-26T00:00:00Z"


@pytest.fixture(scope="module")
def whole() -> Audit:
    return everything()


@pytest.mark.parametrize(
    "counts", [(1, 0, 0, 19_999, 0), (1, 1, 1, 1, 1), (0, 0, 0, 5, 0), (333, 333, 334, 0, 0), (1, 1, 1, 1_000_000, 1)]
)
def test_bars_fill_their_width_and_hide_nothing(counts: tuple[int, ...]) -> None:
    found = parts(dict(zip(COUNTS, counts, strict=True)))
    assert [part.name for part in found] == [name for name, count in zip(COUNTS, counts, strict=True) if count]
    assert all(part.width >= LEAST for part in found)
    assert sum(part.width for part in found) == WIDTH
    assert [part.start for part in found] == [sum(part.width for part in found[:n]) for n in range(len(found))]


def test_no_bar_of_nothing() -> None:
    assert parts(dict.fromkeys(COUNTS, 0)) == []


def test_headline_leaves_drafts_out_and_has_groups(whole: Audit) -> None:
    head = headline(whole)
    assert head.counts == {"violated": 55, "undetermined": 2, "pending": 1, "met": 1, "exempt": 0}
    assert (head.activations, head.waived, head.drafts, head.rules) == (59, 1, 1, 5)
    assert (head.groups, head.group_counts) == (2, {"violated": 1, "undetermined": 1, "met": 0})
    assert head.violated == 56
    assert head.severities == {"critical": 55, "medium": 1}
    assert sum(head.severities.values()) == head.violated
    quiet = silence(whole)
    assert [[one.rule.id for one in some] for some in (quiet.never, quiet.unjudged)] == [["never-seen"], ["not-judged"]]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (rule(), ""),
        (rule(basis=Basis("law", "statutory")), "Law; the deadline is statutory."),
        (rule(basis=Basis("study")), "Study, not law."),
        (rule("r", "not_followed_by", basis=Basis("law", "operator")),
         "Law; the period is the operator's own choice: what is found is not in itself a breach of the law."),
        (measure("m", rule={"basis": Basis("guidance", "operator", "As\n agreed.")}),
         "Guidance, not law; the bound is the operator's own choice: what is found is not in itself a breach of the "
         "law. As agreed."),
    ],
)  # fmt: skip
def test_whose_deadline_it_is(made: Any, said: str) -> None:
    assert standing(made) == said


def test_lateness_counts_what_is_late_by_bin_and_rule() -> None:
    seconds = [1, 900, 901, 3600, 86_400, 86_401, 31_536_000, 31_536_001]
    rows = [
        finding(subject=f"R{n}", due_at=DUE, late_seconds=late, met_at=LATE if n % 2 else None, number=n)
        for n, late in enumerate(seconds)
    ]
    rows += [
        finding(rule_id="other", late_seconds=None, number=50), finding("met", rule_id="other", number=51),
        finding(rule_id="drafted", due_at=DUE, late_seconds=5, number=52),
    ]  # fmt: skip
    found = lateness(audit(*rows, rules=(rule(), rule("other"), rule("drafted", draft=True)), show=("undetermined",)))
    by_bin = [a + b for a, b in zip(found.answered, found.open, strict=True)]
    assert dict(zip(LABELS, by_bin, strict=True)) == {
        "15 min": 2, "1 h": 2, "4 h": 0, "1 d": 1, "3 d": 1, "7 d": 0, "30 d": 0, "90 d": 0, "1 y": 1, "more": 1,
    }  # fmt: skip
    assert (sum(found.answered), sum(found.open), found.cases) == (4, 4, 8)
    [one] = found.rules
    assert (one.rule_id, one.cases, one.open, one.median, one.most) == (
        "referral-in-time", 8, 4, (3600 + 86_400) / 2, 31_536_001,
    )  # fmt: skip
    assert len(BINS) == len(LABELS) - 1


def test_nothing_late() -> None:
    assert lateness(audit(finding("met"))).cases == 0
    assert lateness(audit(finding("met"))).rules == ()


@pytest.mark.parametrize("most", [0, 1, 2, 4, 6, 7, 100])
def test_of_too_many_findings_violated_ones_are_listed_first(most: int) -> None:
    rules = (rule("slight", severity="low"), rule("grave"))
    rows = [
        finding(verdict, f"{verdict}-{rule_id}", rule_id=rule_id, number=n)
        for n, (verdict, rule_id) in enumerate(
            (verdict, rule_id) for verdict in ("met", "violated", "undetermined") for rule_id in ("slight", "grave")
        )
    ]
    rows.append(finding("violated", "a-violated-grave", rule_id="grave", number=70, activated_at=RECEIVED - H))
    worst = [
        "a-violated-grave", "violated-grave", "violated-slight", "undetermined-grave", "undetermined-slight",
        "met-grave", "met-slight",
    ]  # fmt: skip
    found = listing(audit(*rows, rules=rules), most)
    listed = [row["subject"] for row in found.rows]
    assert sorted(listed) == sorted(worst[:most])
    everything_in_order = [row["subject"] for row in listing(audit(*rows, rules=rules)).rows]
    assert listed == [subject for subject in everything_in_order if subject in listed]
    assert (found.total, found.left_out) == (7, max(7 - most, 0))
    assert bool(found.cut) == (most < 7)


def test_long_ids_and_evidence_are_cut() -> None:
    many = [witness("match", "referral.submitted", RECEIVED + n * H, n + 2) for n in range(WITNESSES + 3)]
    [row] = listing(audit(finding(subject="x" * 100_000, evidence=many))).rows
    assert row["subject"] == "x" * (LONGEST - 1) + "…"
    assert (len(row["evidence"]), row["more"]) == (WITNESSES, 3)


def test_imprecise_findings_are_marked() -> None:
    known = log()
    backend = known.backend
    backend.con.execute(
        "CREATE TABLE events AS SELECT 'report.received' AS event, n AS place, TIMESTAMP '2020-01-20 09:00' AS time, "
        "TIMESTAMP '2020-01-20 09:00' + INTERVAL (n % 2) HOUR AS time_latest FROM range(2, 4) AS r(n)"
    )
    health = replace(known.health, imprecise=1, events=2)
    rows = [finding(subject=name, number=number) for name, number in (("sharp", 1), ("vague", 2))]
    found = listing(audit(*rows, log=replace(known, events=backend.table("events"), health=health)))
    assert {row["subject"]: row["vague"] for row in found.rows} == {"sharp": False, "vague": True}


def test_a_timeline_in_order_of_time_with_its_gaps() -> None:
    [first, *_] = listing(story()).rows
    assert [(one.role, one.time, one.place, one.gap) for one in moments(first, AS_OF)] == [
        ("activation", "2020-01-20T09:00:00Z", "reports.csv, row 2", ""),
        ("due", "2020-01-21T09:00:00Z", "", "24 h"),
        ("match", "2020-01-21T11:04:00Z", "responses.csv, row 7", "2 h 04 min"),
        ("judged", AS_OF, "", "35 d 12 h"),
    ]


def test_a_duty_met_without_a_matching_event_is_told() -> None:
    met = listing(audit(finding("met", met_at=RECEIVED + timedelta(microseconds=5)))).rows[0]
    assert [(one.role, one.gap) for one in moments(met, AS_OF)] == [
        ("activation", ""), ("met", "less than 1 s"), ("judged", "36 d 14 h"),
    ]  # fmt: skip


def test_drawings_are_the_same_every_time_and_take_no_markup_from_rules() -> None:
    def drawn() -> list[str]:
        evil = rule("</text><script>$\\frac$ 東京 ::error::")
        rows = [finding(rule_id=evil.id, due_at=DUE, late_seconds=n, number=n) for n in (1, 50_000)]
        found = lateness(audit(*rows, rules=(evil,)))
        runs = [{"run": 1, "as_of": "<b>", "violated": {"critical": 3}, "undetermined": 1}]
        return [str(charts.histogram(found)), str(charts.by_rule(found)), str(charts.trend(runs))]

    assert drawn() == drawn()
    for text in drawn():
        assert "<script" not in text
        assert "<b>" not in text
        assert "&lt;/text&gt;" in text or "rules-late" not in text
        assert "::error::" not in text


def test_the_figures_of_the_listing_are_those_of_the_audit(whole: Audit) -> None:
    found = listing(whole)
    assert found.left_out == 0
    frame = whole.findings()
    assert [row["fingerprint"] for row in found.rows] == list(frame["fingerprint"])
    assert Counter(row["status"] for row in found.rows) == Counter(frame["status"])
    assert [row["waiver"] and row["waiver"]["approver"] for row in found.rows if row["status"] == "waived"] == [
        "the board"
    ]


def test_measures_have_no_findings_but_groups() -> None:
    assert headline(grouped()).group_counts == {"violated": 3, "undetermined": 3, "met": 2}


def test_names_of_groups_are_values_cut_to_what_can_be_read() -> None:
    assert group_name({}) == "all"
    assert group_name({"platform": None, "month": "2024-03"}) == "(unknown), 2024-03"
    assert len(group_name({"platform": "x" * 1_000_000})) == 200


def test_nobody_knows_how_late_a_number_came() -> None:
    """A second decision an hour after its time is no duty that was open until the judgement."""
    few = rule("two-decisions", "count", at_least=2)
    counted = audit(finding(rule_id=few.id, due_at=DUE, late_seconds=3_000_000), rules=(few,))
    assert lateness(counted).cases == 0
    assert [row["late_seconds"] for row in listing(counted).rows] == [None]
