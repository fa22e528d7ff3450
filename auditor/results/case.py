"""One case: its events in order, and what every rule that activated on it demanded and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.log.log import Log
from auditor.log.queries import hold
from auditor.log.schema import ID_FIELDS
from auditor.results.audit import Audit
from auditor.results.check import DEFAULT_RULES, check, open_log, open_rules
from auditor.results.facts import fields_of, patterns
from auditor.results.findings import Ranks, held, order, told
from auditor.results.options import VERDICTS
from auditor.results.subjects import Subject, find
from auditor.rules.model import RuleSet

MOST_EVENTS = 500  # of one case; where there are more, those are told that decided a finding
MOST_FINDINGS = 500
_IDS = frozenset(ID_FIELDS)
_GOOD = ("met", "exempt")


@dataclass(frozen=True)
class CaseEvent:
    """One event of the case; times are naive UTC, `values` only ids and fields that a rule looked at."""

    event: str
    time: datetime
    time_latest: datetime
    file: str
    row: int
    values: Mapping[str, Any]
    copies: int = 1  # exact duplicates in the log


@dataclass(frozen=True)
class Case:
    """A subject's events and findings, both in order of time."""

    subject: str
    keys: tuple[str, ...]  # the fields whose value the subject is, or whose values it lists
    reports: tuple[str, ...]
    events: tuple[CaseEvent, ...]
    findings: tuple[Mapping[str, Any], ...]  # all verdicts, worst first
    audit: Audit
    more: int = 0  # events left out
    more_findings: int = 0  # findings left out


def explain(
    log: Any,
    subject: str,
    rules: Any = DEFAULT_RULES,
    mapping: Any = None,
    *,
    as_of: datetime | str | None = None,
    settings: Mapping[str, str] | None = None,
    memory: str | None = None,
) -> Case:
    """The case that a subject stands for: the id of a report, an item, an account …, or what a finding prints as its
    subject, such as a platform or a JSON array.

    Raises UnusableError, with the nearest known subject, when no event has it; otherwise as `check`.
    """
    loaded = open_log(log, mapping, memory=memory)
    ruleset = _about_cases(open_rules(rules, loaded, settings or {}, ()))
    audit = check(loaded, ruleset, as_of=as_of, show=VERDICTS)
    known = find(loaded, ruleset.rules, subject)
    reports, near = _near(loaded, known)
    rules_beside, beside = _beside(audit, known)
    table = loaded.events.filter(reduce(or_, [*near, *beside]))
    total = int(loaded.backend.to_pyarrow(table.count()).as_py())
    those = audit.judgement.findings(VERDICTS)
    about = []
    if near:
        places = loaded.events.filter(reduce(or_, near)).select("place")
        # the places themselves, if they are few: the engine looks for them before it makes findings
        few = total <= MOST_EVENTS
        about.append(those.place.isin(loaded.backend.to_pyarrow(places)["place"].to_pylist() if few else places.place))
    if rules_beside:
        about.append(those.rule_id.isin(rules_beside) & (those.subject == known.text))
    mine, unlisted = _most_telling(audit, held(audit, VERDICTS, those.filter(reduce(or_, about))))
    found: list[Mapping[str, Any]] = []
    for batch in audit.typed(told(audit, VERDICTS, mine)):
        found += batch.to_pylist()
    wanted = {name for rule in audit.ruleset.rules for name in fields_of(rule)}
    fields = [name for name in loaded.fields if name in _IDS or name in wanted]
    events = _events(loaded, table, fields, _decisive(audit, mine) if total > MOST_EVENTS else [])
    shown = sum(event.copies for event in events)
    keys = tuple(dict.fromkeys(name for one in known.keys for name in one))
    return Case(known.text, keys, reports, events, tuple(found), audit, total - shown, unlisted)


def _about_cases(ruleset: RuleSet) -> RuleSet:
    """The rules without what they say of groups."""
    rules = (rule for rule in ruleset.rules if rule.obligation.kind != "measure")
    return replace(ruleset, rules=tuple(replace(rule, service_level=None) for rule in rules))


def _near(log: Log, subject: Subject) -> tuple[tuple[str, ...], list[ir.BooleanValue]]:
    """The reports that the subject is in, and the conditions on its events: those of the reports, and of the items and
    accounts that these are about.
    """
    events = log.events
    seeds = [subject.events(log, keys).select("place") for keys in subject.keys if set(keys) & _IDS]
    if not seeds:
        return (), []
    chosen = [events.place.isin((ibis.union(*seeds) if len(seeds) > 1 else seeds[0]).place)]
    reports = _values(log, events.filter(chosen[0]), "report_id") if "report_id" in log.fields else []
    if reports:
        chosen.append(events["report_id"].isin(reports))
        mine = events.filter(chosen[-1])
        for name in ("content_id", "account_id"):
            values = _values(log, mine, name) if name in log.fields else []
            if values:
                chosen.append(events[name].isin(values) & events["report_id"].isnull())
    return tuple(reports), chosen


def _beside(audit: Audit, subject: Subject) -> tuple[list[str], list[ir.BooleanValue]]:
    """Of a platform: its rules, and the condition on the events that they ask for; never whole reports."""
    log, events = audit.log, audit.log.events
    rules = [rule for rule in audit.ruleset.rules if rule.per in subject.keys and not set(rule.per) & _IDS]
    asked = [pattern.events for rule in rules for pattern in patterns(rule)]
    chosen = []
    for keys in dict.fromkeys(rule.per for rule in rules):
        condition = events.place.isin(subject.events(log, keys).place)
        if None not in asked:
            condition &= events.event.isin(sorted({name for names in asked for name in names or ()}))
        chosen.append(condition)
    return [rule.id for rule in rules], chosen


def _most_telling(audit: Audit, mine: ir.Table) -> tuple[ir.Table, int]:
    """The findings to tell, and how many are left out: where there are too many, first those without fault."""
    total = int(audit.log.backend.to_pyarrow(mine.count()).as_py())
    if total <= MOST_FINDINGS:
        return mine, 0
    kept = mine.mutate(kept=mine["rank"].isin(_unmet(audit))).order_by([ibis.desc("kept"), *order(mine)])
    kept = hold(audit.log.backend, kept.drop("kept").limit(MOST_FINDINGS))
    return hold(audit.log.backend, kept.order_by(order(kept))), total - MOST_FINDINGS


def _unmet(audit: Audit) -> list[int]:
    return [rank for rank, (_, verdict) in enumerate(Ranks(audit, VERDICTS).entries) if verdict not in _GOOD]


def _decisive(audit: Audit, mine: ir.Table) -> list[int]:
    """The places of the events that decided the findings which are neither met nor exempt."""
    bad = mine.filter(mine["rank"].isin(_unmet(audit)))
    places = bad.select(place=bad.decided.map(lambda item: item.place).unnest()).distinct()
    return sorted(row["place"] for row in audit.log.backend.to_pyarrow(places).to_pylist())


def _values(log: Log, table: ir.Table, name: str) -> list[str]:
    known = table.filter(table[name].notnull()).select(name).distinct().order_by(name).limit(MOST_EVENTS)
    return [str(value) for value in log.backend.to_pyarrow(known)[name].to_pylist()]


def _events(log: Log, table: ir.Table, fields: list[str], first_of_all: list[int]) -> tuple[CaseEvent, ...]:
    """The events in order of time; where there are too many, above all those at the places `first_of_all`."""
    names = ["time", "time_latest", "place", "event", "identity"]
    rows = table.select([*names, *fields])
    if first_of_all:
        rows = rows.order_by([rows.place.isin(first_of_all).desc(), *names[:4]]).limit(MOST_EVENTS)
    first: dict[str, CaseEvent] = {}
    for row in log.backend.to_pyarrow(rows.order_by(names[:4]).limit(MOST_EVENTS)).to_pylist():
        known = first.get(row["identity"])
        file, number = log.file_of(row["place"])
        first[row["identity"]] = CaseEvent(
            row["event"],
            row["time"],
            row["time_latest"],
            known.file if known else file,
            known.row if known else number,
            {name: row[name] for name in fields if row[name] is not None},
            known.copies + 1 if known else 1,
        )
    return tuple(first.values())
