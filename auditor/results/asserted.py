"""The source's own verdicts (`asserted:` in the mapping) beside ours: compared, never used.

Compared are the reports: what the source says of a report, and the worst verdict that a rule has on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.base.suggest import did_you_mean
from auditor.log.queries import hold
from auditor.results.options import VERDICTS
from auditor.rules.model import Rule

if TYPE_CHECKING:
    from auditor.log.log import Asserted
    from auditor.results.audit import Audit

REPORT = ("report_id",)
SAID = ("met", "violated", "contradictory", "unread")
DIFFERING = {"met": "violated", "violated": "met"}  # what the source says → what we find where we differ
_WORST = ("violated", "undetermined", "pending", "met", "exempt")


@dataclass(frozen=True)
class Beside:
    """The reports on which one rule was judged and the source has an opinion."""

    rule_id: str
    counts: Mapping[str, Mapping[str, int]]  # what the source says (met, violated) → our verdict → reports

    @property
    def differing(self) -> int:
        """Reports that the source calls met and we call violated, or the other way round."""
        return sum(self.counts[said][ours] for said, ours in DIFFERING.items())

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        said = {f"asserted_{said}": dict(self.counts[said]) for said in DIFFERING}
        return {"rule_id": self.rule_id, "differing": self.differing, **said}


@dataclass(frozen=True)
class Comparison:
    """One opinion of the source: how many reports it is on, and how it stands beside our verdicts."""

    name: str
    stated: Mapping[str, int]  # what the source says → reports
    rules: tuple[Beside, ...]
    notes: tuple[str, ...]  # why something could not be compared

    @property
    def differing(self) -> int:
        """How often a rule and the source differ on a report."""
        return sum(beside.differing for beside in self.rules)

    def as_dict(self) -> dict[str, Any]:
        """The same for machines, but for the reports themselves."""
        rules = [beside.as_dict() for beside in self.rules]
        return {"name": self.name, "reports": dict(self.stated), "rules": rules, "notes": list(self.notes)}


@dataclass(frozen=True)
class Comparisons:
    """All opinions of the source, by name."""

    each: tuple[Comparison, ...] = ()
    _held: ir.Table | None = None  # one row per opinion, rule and report: `name number rule_id subject said ours`

    def differing(self, name: str) -> ir.Table | None:
        """`rule_id subject asserted verdict` of the reports on which an opinion and we differ, in order of rules and
        reports; None where there are none."""
        if self._held is None or not any(one.differing for one in self.each if one.name == name):
            return None
        rows = self._held.filter((self._held.name == name) & _differs(self._held)).order_by(["number", "subject"])
        return rows.select("rule_id", "subject", asserted=rows.said, verdict=rows.ours)


def compare(audit: Audit) -> Comparisons:
    """Every opinion that the mapping names beside our verdicts."""
    log = audit.log
    if not log.asserted:
        return Comparisons()
    chosen = {name: _rules(audit, opinion) for name, opinion in log.asserted.items()}
    stated = hold(log.backend, _stated(audit)) if "report_id" in log.fields else None
    held = None if stated is None else _beside(audit, stated, chosen)
    totals = _counted(audit, stated, ["name", "said"])
    counts = _counted(audit, held, ["name", "rule_id", "said", "ours"])
    each = []
    for name, opinion in log.asserted.items():
        said = {word: totals.get((name, word), 0) for word in SAID}
        rules = tuple(
            Beside(
                rule.id, {word: {v: counts.get((name, rule.id, word, v), 0) for v in VERDICTS} for word in DIFFERING}
            )
            for rule in chosen[name]
        )
        each.append(Comparison(name, said, rules, tuple(_notes(audit, opinion, said, chosen[name]))))
    return Comparisons(tuple(each), held)


def _rules(audit: Audit, opinion: Asserted) -> list[Rule]:
    """The rules that an opinion is about: those named, else all with a deadline; in either case for single reports."""
    return [
        rule
        for rule in audit.ruleset.rules
        if rule.per == REPORT and (_deadlined(rule) if opinion.rules is None else _named(rule, opinion.rules))
    ]


def _deadlined(rule: Rule) -> bool:
    duty = rule.obligation
    timed = duty.within is not None or duty.length is not None or duty.due is not None
    return timed and duty.kind in ("followed_by", "accompanied_by")


def _named(rule: Rule, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(rule.id, pattern) for pattern in patterns)


def _stated(audit: Audit) -> ir.Table:
    """What each opinion says of each report: `name subject said`."""
    events = audit.judgement.events
    events = events.filter(events.report_id.notnull())
    made = []
    for name, opinion in audit.log.asserted.items():
        value = events[opinion.column]
        reports = events.group_by(subject=events.report_id).agg(
            **{
                word: ibis.coalesce((value == word).any(), ibis.literal(False))
                for word in ("met", "violated", "unread")
            }
        )
        said = ibis.cases(
            (reports.met & reports.violated, "contradictory"),
            (reports.met, "met"),
            (reports.violated, "violated"),
            (reports.unread, "unread"),
            else_=ibis.null("string"),
        )
        reports = reports.select("subject", name=ibis.literal(name), said=said)
        made.append(reports.filter(reports.said.notnull()))
    return made[0] if len(made) == 1 else ibis.union(*made)


def _beside(audit: Audit, stated: ir.Table, chosen: Mapping[str, list[Rule]]) -> ir.Table | None:
    rules = {
        rule.id: number for number, rule in enumerate(audit.ruleset.rules) if any(rule in c for c in chosen.values())
    }
    if not rules:
        return None
    found = audit.judgement.findings(VERDICTS, list(rules))
    rank = found.verdict.cases(*((verdict, i) for i, verdict in enumerate(_WORST)), else_=len(_WORST)).cast("int8")
    found = found.filter(found.subject.notnull()).select("rule_id", "subject", rank=rank)
    worst = found.group_by(["rule_id", "subject"]).agg(rank=found.rank.min())
    joined = worst.inner_join(stated, "subject")
    of_both: list[Any] = [
        (joined.name == name) & joined.rule_id.isin([rule.id for rule in some]) for name, some in chosen.items() if some
    ]
    joined = joined.filter(reduce(lambda a, b: a | b, of_both) & joined.said.isin(list(DIFFERING)))
    number = joined.rule_id.cases(*rules.items(), else_=-1).cast("int64")
    ours = joined["rank"].cases(*enumerate(_WORST))
    return hold(audit.log.backend, joined.select("name", "rule_id", "subject", "said", number=number, ours=ours))


def _differs(held: ir.Table) -> Any:
    return reduce(lambda a, b: a | b, [(held.said == said) & (held.ours == ours) for said, ours in DIFFERING.items()])


def _counted(audit: Audit, table: ir.Table | None, keys: list[str]) -> dict[tuple[Any, ...], int]:
    if table is None:
        return {}
    counted = table.group_by(keys).agg(n=table.count())
    rows = [row for batch in audit.batches(counted) for row in batch.to_pylist()]
    return {tuple(row[key] for key in keys): row["n"] for row in rows}


def _notes(audit: Audit, opinion: Asserted, said: Mapping[str, int], rules: list[Rule]) -> Iterator[str]:
    known = {rule.id: rule for rule in audit.ruleset.rules}
    for pattern in opinion.rules or ():
        matching = [rule for rule in known.values() if _named(rule, (pattern,))]
        if not matching:
            yield f"`{pattern}` is no rule of this audit. {did_you_mean(pattern, known, limit=0)}".rstrip()
        elif not any(rule in rules for rule in matching):
            yield f"`{pattern}` is not judged by single reports, and cannot be compared"
    if opinion.rules is None and not rules:
        yield "no rule of this audit has a deadline for single reports"
    if opinion.rules is None and len(rules) > 1:
        yield "compared with every rule that has a deadline; state in the mapping, under `rules`, which it is about"
    if "report_id" not in audit.log.fields:
        yield "the log has no report_id"
    if said["unread"]:
        yield f"neither yes nor no on {_reports(said['unread'])}: state `met` and `violated` in the mapping"
    if said["contradictory"]:
        yield f"both answers on {_reports(said['contradictory'])}"
    if not any(said.values()):
        yield "the source says nothing of any report"


def _reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number:,} reports"
