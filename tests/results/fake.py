"""A log and a judgement made by hand, for tests of what lies above the engine."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import ibis
import pyarrow as pa

from auditor.base.diagnostics import Place
from auditor.base.durations import parse_duration
from auditor.engine.evidence import ROLES, Words
from auditor.log.log import EventProfile, Health, Log
from auditor.log.schema import FIELDS
from auditor.results.audit import Audit, RuleOutcome
from auditor.results.options import VERDICTS
from auditor.rules.model import Measure, Obligation, PackInfo, Pattern, Rule, RuleSet, Statistic

FAR = datetime(2020, 2, 26)
RECEIVED = datetime(2020, 1, 20, 9)
_DECIDED = pa.list_(pa.struct([("time", pa.timestamp("us")), ("place", pa.int64()), ("what", pa.int32())]))
_TIME = pa.timestamp("us")
COLUMNS = pa.schema(
    [
        ("rule_id", pa.string()), ("verdict", pa.string()), ("reason", pa.string()), ("subject", pa.string()),
        ("activated_at", _TIME), ("event", pa.string()), ("place", pa.int64()), ("due_at", _TIME), ("met_at", _TIME),
        ("late_seconds", pa.int64()), ("fingerprint", pa.string()), ("decided", _DECIDED),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class FakeJudgement:
    """Findings given as rows, in the engine's columns."""

    rows: list[dict[str, Any]]
    counts: dict[str, dict[str, int]]
    unjudged: dict[str, str] = field(default_factory=dict)
    as_of: datetime = FAR
    set_aside: int = 0
    duplicates: int = 0
    subjectless: dict[str, int] = field(default_factory=dict)

    @cached_property
    def words(self) -> Words:
        return Words(tuple(sorted({one["event"] for row in self.rows for one in row["evidence"]})))

    def _numbered(self, row: dict[str, Any]) -> dict[str, Any]:
        names, bits = self.words.names, self.words.bits
        entries = [
            {**one, "what": (ROLES.index(one["role"]) << bits) + names.index(one["event"])} for one in row["evidence"]
        ]
        return row | {"decided": entries}

    def findings(self, verdicts: Any) -> Any:
        table = ibis.memtable(pa.Table.from_pylist([self._numbered(row) for row in self.rows], COLUMNS))
        return table.filter(table.verdict.isin(list(verdicts)))


def rule(id: str = "referral-in-time", kind: str = "followed_by", **changes: Any) -> Rule:
    """A rule on `report.received` that asks for `referral.submitted` within 24 h, but for `changes`."""
    duty: dict[str, Any] = {"pattern": Pattern(("referral.submitted",)), "within": parse_duration("24h")}
    duty |= {one.name: changes.pop(one.name) for one in fields(Obligation) if one.name in changes}
    defaults: dict[str, Any] = {
        "title": f"Title of {id}",
        "severity": "critical",
        "when": Pattern(("report.received",)),
        "refs": ("18 U.S.C. § 2258A(a)(1)", "DSA art. 16"),
        "pack": "test",
        "place": Place("r.yaml", 1),
    }
    return Rule(id=id, obligation=Obligation(kind=kind, **duty), **(defaults | changes))


def finding(verdict: str = "violated", subject: str | None = "R1", **values: Any) -> dict[str, Any]:
    """A row of the engine's findings; `values` override."""
    row = dict.fromkeys(COLUMNS.names)
    number = values.pop("number", 1)
    row |= {"rule_id": "referral-in-time", "verdict": verdict, "subject": subject, "activated_at": RECEIVED,
            "event": "report.received", "place": number + 1, "fingerprint": f"{number:032x}"}  # fmt: skip
    row["evidence"] = [witness("activation", "report.received", RECEIVED, number + 1)]
    return row | values


def group(rule_id: str, verdict: str, group: dict[str, str | None] | None = None, **values: Any) -> dict[str, Any]:
    """A verdict of the engine on a group; `values` override."""
    figure = values.get("figure")
    numbers = ("n", "met", "violated", "pending", "exempt", "undetermined", "censored", "left_out")
    kind = "service_level" if "met" in values else "measure"
    said = {"reason": None, "figure": figure, "least": figure, "most": figure, "naive": None}
    said |= dict.fromkeys(numbers, 0) | values
    return {"rule_id": rule_id, "kind": kind, "group": group or {}, "verdict": verdict, **said}


def measure(id: str, statistic: Statistic = "median", **values: Any) -> Rule:
    """A rule on the time from receipt to referral; `values` are bounds and the like, `rule` the rule's own."""
    own = values.pop("rule", {})
    measured = Measure(Pattern(("referral.submitted",)), statistic, **values)
    plain = rule(id, **own)
    return replace(plain, obligation=Obligation("measure", measure=measured))


def witness(role: str, event: str, time: datetime, place: int = 2) -> dict[str, Any]:
    """A piece of evidence."""
    return {"role": role, "event": event, "time": time, "place": place}


def log(**changes: Any) -> Log:
    """A log without rows, that says about itself what the tests need."""
    events = ibis.memtable(pa.table({"event": pa.array([], pa.string())}))
    profile = {"report.received": EventProfile(3, RECEIVED, RECEIVED, {"category": 1})}
    values: dict[str, Any] = {
        "backend": ibis.duckdb.connect(),
        "events": events,
        "fields": {name: FIELDS[name] for name in ("report_id", "category")},
        "covers": frozenset({"report.received", "referral.submitted"}),
        "observed_until": FAR,
        "observed_from": None,
        "profile": profile,
        "health": Health(files=("log.csv",), rows=3, events=3, out_of_order=0),
    }
    return Log(**(values | changes))


def audit(*rows: dict[str, Any], rules: tuple[Rule, ...] = (), show: Any = VERDICTS, **changes: Any) -> Audit:
    """An audit whose counts are those of the rows given."""
    rules = rules or (rule(),)
    counts = {r.id: {v: sum(f["rule_id"] == r.id and f["verdict"] == v for f in rows) for v in VERDICTS} for r in rules}
    unjudged = changes.pop("unjudged", {})
    judged = FakeJudgement(list(rows), counts, unjudged, **changes.pop("judgement", {}))
    said = changes.pop("group_verdicts", ())
    outcomes = tuple(
        RuleOutcome(
            r, counts[r.id], unjudged.get(r.id, ""), groups=tuple(one for one in said if one["rule_id"] == r.id)
        )
        for r in rules
    )
    packs = (PackInfo("test", "1.0.0", "Test pack", "test.yaml", "0" * 64),)
    return Audit(RuleSet(rules, packs), changes.pop("log", None) or log(), judged, outcomes, show, "low", **changes)
