"""Findings: for chosen verdicts, the details of each activation and the events that decided it, as one lazy table."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.evidence import Words
from auditor.engine.facts import Facts, patterns
from auditor.engine.plans.frame import Branch, Frame, absent
from auditor.engine.plans.pairs import Pairs
from auditor.engine.plans.witnesses import packed, unpacked
from auditor.engine.terms import STAMP
from auditor.engine.verdicts import CODES, UNDETERMINED, Verdicts, reason_of
from auditor.log.log import Log
from auditor.rules.model import Rule

COLUMNS = (
    "rule_id", "verdict", "reason", "subject", "activated_at", "event", "place", "due_at", "met_at", "late_seconds",
)  # fmt: skip
ACTIVATION = ("rule_id", "verdict", "subject", "event", "place", "due_at")
PERIODS = ("month", "day")
Locate = Callable[[ir.Table, Rule], ir.Table]  # findings of a rule with the events at the witness times `w_…`
Group = tuple[str | None, ...]  # the values of one group, as text
NO_DOUBT = ibis.null("int8")
Wanted = Mapping[str, list[int]]  # by rule, the codes of the verdicts that are asked for


@dataclass(frozen=True)
class JudgedRows:
    """A materialised table of a frame, with one code column for each branch of each rule."""

    frame: Frame
    table: ir.Table
    facts: Facts
    locate: Locate | None = None  # where evidence is looked up, if the branches cannot tell it themselves

    @cached_property
    def _branches(self) -> list[tuple[str, Branch]]:
        return [
            (code_column(i, j), branch)
            for i, rule in enumerate(self.frame.rules)
            for j, branch in enumerate(self.frame.branches(self.table, rule))
        ]

    def branches(self, rules: Container[str] | None = None) -> list[tuple[str, Branch]]:
        """Code column and branch, in order."""
        return [(code, branch) for code, branch in self._branches if rules is None or branch.rule.id in rules]

    def counts(self) -> list[ir.Table]:
        """One table of `rule_id code n lost` for each branch; `lost` are activations without a known subject."""
        table, made = self.table, []
        for code, branch in self.branches():
            rows = table.filter(table[code] > 0)
            lost = ibis.ifelse(branch.subject.isnull(), 1, 0).sum() if branch.locate is None else ibis.literal(0)
            made.append(
                rows.group_by(code=rows[code])
                .agg(n=rows.count(), lost=lost.cast("int64"))
                .select(rule_id=ibis.literal(branch.rule.id), code=ibis._.code, n=ibis._.n, lost=ibis._.lost)
            )
        return made

    def places(self, wanted: Wanted) -> list[ir.Table]:
        """Place and name of the activating events of the findings: `key event`."""
        table = self.table
        return [
            table.filter(table[code].isin(wanted[branch.rule.id])).select(key=branch.place, event=branch.event)
            for code, branch in self.branches(wanted)
        ]

    def activations(self, rules: Sequence[str]) -> list[ir.Table]:
        """One row of ACTIVATION per activation, for each branch."""
        table, made = self.table, []
        for code, branch in self.branches(rules):
            due = Verdicts(branch.terms, self.facts).due_at().cast(STAMP)
            rows = table.filter(table[code] > 0).select(
                rule_id=ibis.literal(branch.rule.id), verdict=verdict_name(table[code]), subject=branch.subject,
                event=branch.event, place=branch.place, due_at=due,
            )  # fmt: skip
            made.append(rows)
        return made

    def findings(self, wanted: Wanted, among: ir.Table | None = None) -> list[ir.Table]:
        """The findings but for their fingerprints; `among` as in `Judgement.findings`."""
        looked_up: list[ir.Table] = []
        told: dict[tuple[str, ...], list[ir.Table]] = {}  # by the parts that have a place in the evidence
        for code, branch in self.branches(wanted):
            chosen = self.table.filter(self.table[code].isin(wanted[branch.rule.id]))
            if among is not None:
                chosen = chosen.filter(branch.place.isin(among.filter(among.rule_id == branch.rule.id).place))
            columns, witnesses = self._details(code, branch, UNDETERMINED in wanted[branch.rule.id])
            if branch.locate is None:
                looked_up.append(self._looked_up(chosen, branch, columns, witnesses))
                continue
            located = {part: found for part, time in witnesses.items() if (found := branch.locate(part, time))}
            columns |= {f"{part}_packed": number for part, (number, _) in located.items()}
            columns |= {f"{part}_began": began for part, (_, began) in located.items()}
            told.setdefault(tuple(located), []).append(chosen.select(**columns))
        return [*looked_up, *(_with_events(_named(union(some)), self.facts, parts) for parts, some in told.items())]

    def _details(self, code: str, branch: Branch, doubtful: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a finding tells, verdict and doubt as numbers, and the witness times of its parts."""
        verdicts, verdict = Verdicts(branch.terms, self.facts), self.table[code]
        due, met = verdicts.due_at().cast(STAMP), verdicts.met_at(verdict).cast(STAMP)
        columns: dict[str, Any] = {
            "rule_id": ibis.literal(branch.rule.id),
            "code": verdict,
            "doubt": ibis.ifelse(verdict == UNDETERMINED, verdicts.doubt(), NO_DOUBT) if doubtful else NO_DOUBT,
            "subject": branch.subject,
            "activated_at": branch.terms.start[0],
            "event": branch.event,
            "place": branch.place,
            "due_at": due,
            "met_at": met,
            "late_seconds": verdicts.late_seconds(verdict, due, met),
        }
        return columns, {part: verdicts.spoken(part, verdict).cast(STAMP) for part in patterns(branch.rule)}

    def _looked_up(
        self, chosen: ir.Table, branch: Branch, columns: dict[str, Any], witnesses: dict[str, Any]
    ) -> ir.Table:
        """The findings of a branch whose witnesses the frame cannot place."""
        assert self.locate is not None  # noqa: S101 - told where no branch locates its events
        table = self.table
        base = chosen.select(
            **columns,
            **{f"w_{part}": witness for part, witness in witnesses.items()},
            **{c: table[c] for c in table.columns if c.startswith("f_")},
        )
        return _with_events(_named(self.locate(base, branch.rule)), self.facts, list(witnesses))

    def groups(self, by: Sequence[str], value: Any, rules: Sequence[str] | None = None) -> list[ir.Table]:
        """One table of `rule_id code doubt g0 g1 … n` for each branch; `doubt` is told where rules are named."""
        table, made = self.table, []
        for code, branch in self.branches(rules):
            keys = {
                f"g{i}": value(name, branch.rule, branch.terms.start[0], branch.attributes) for i, name in enumerate(by)
            }
            doubt = NO_DOUBT if rules is None else Verdicts(branch.terms, self.facts).doubt()
            keys["doubt"] = ibis.ifelse(table[code] == UNDETERMINED, doubt, NO_DOUBT)
            rows = table.filter(table[code] > 0).select(rule_id=ibis.literal(branch.rule.id), code=table[code], **keys)
            made.append(rows.group_by(["rule_id", "code", *keys]).agg(n=rows.count()))
        return made


@dataclass(frozen=True)
class JudgedPairs:
    """The materialised activations of all rules of a pairs plan."""

    pairs: Pairs
    table: ir.Table

    def counts(self) -> list[ir.Table]:
        """One table of `rule_id code n lost`."""
        table = self.table
        lost = ibis.ifelse(table.lost, 1, 0).sum().cast("int64")
        counted = table.group_by(["rule", "code"]).agg(n=table.count(), lost=lost)
        rules = self.pairs.constants.select(told_rule="rule", rule_id="rule_id")
        return [counted.inner_join(rules, [("rule", "told_rule")]).select("rule_id", "code", "n", "lost")]

    def _chosen(self, wanted: Wanted) -> ir.Table:
        return self.pairs.told(self._wanted(wanted))

    def _wanted(self, wanted: Wanted) -> ir.Table:
        numbers = [number for number, rule in enumerate(self.pairs.rules) if rule.id in wanted]
        codes = sorted({code for some in wanted.values() for code in some})
        return self.table.filter(self.table.code.isin(codes) & self.table.rule.isin(numbers))

    def places(self, wanted: Wanted) -> list[ir.Table]:
        """Place and name of the activating events of the findings: `key event`."""
        rows = self.pairs.rows.select("event", key="place", told_row="row")
        return [self._wanted(wanted).inner_join(rows, [("row", "told_row")]).select("key", "event")]

    def activations(self, rules: Sequence[str]) -> list[ir.Table]:
        """One row of ACTIVATION per activation."""
        chosen = self._chosen({rule: list(CODES.values()) for rule in rules})
        return [chosen.mutate(verdict=verdict_name(chosen.code)).select(ACTIVATION)]

    def findings(self, wanted: Wanted, among: ir.Table | None = None) -> list[ir.Table]:
        """The findings but for their fingerprints; `among` as in `Judgement.findings`."""
        chosen = self._chosen(wanted)
        if among is not None:
            chosen = chosen.semi_join(among, ["rule_id", "place"])
        return [with_evidence(_named(chosen.rename(activated_at="time")), self.pairs)]

    def groups(self, by: Sequence[str], value: Any, rules: Sequence[str] | None = None) -> list[ir.Table]:
        """One table of `rule_id code doubt g0 g1 … n` for each zone of the rules."""
        table, made = self.pairs.told(self.table), []
        chosen = [rule for rule in self.pairs.rules if rules is None or rule.id in rules]
        for zone in dict.fromkeys(rule.zone for rule in chosen):
            some = [rule for rule in chosen if rule.zone == zone]
            rows = table.filter(table.rule_id.isin([rule.id for rule in some]))
            attributes = {field: rows[f"f_{field}"] for field in self.pairs.by}
            keys = {f"g{i}": value(name, some[0], rows.time, attributes) for i, name in enumerate(by)}
            rows = rows.mutate(**keys)
            made.append(rows.group_by(["rule_id", "code", "doubt", *keys]).agg(n=rows.count()))
        return made


def union(tables: list[ir.Table]) -> ir.Table:
    """The rows of one or several tables."""
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def _named(rows: ir.Table) -> ir.Table:
    """`rows` with the verdict and reason that `code` and `doubt` stand for."""
    return rows.mutate(verdict=verdict_name(rows.code), reason=reason_of(rows.doubt))


def _with_events(rows: ir.Table, facts: Facts, parts: Sequence[str]) -> ir.Table:
    """The columns of findings, with the events that decided: `{part}_packed` tells place and name of the witness of a
    part, `{part}_began`, or else `w_{part}`, its time."""
    columns = {name: rows[name] for name in COLUMNS}
    found = {}
    for part in parts:
        number = rows[f"{part}_packed"]
        began = rows[f"{part}_began"] if f"{part}_began" in rows.columns else rows[f"w_{part}"]
        found[part] = (*unpacked(facts, number), ibis.ifelse(number.isnull(), ibis.null(STAMP), began))
    return rows.select(**columns, decided=Words(facts.names).decided(columns, found))


def verdict_name(code: Any) -> Any:
    """The verdict that a code stands for."""
    return code.cases(*((value, name) for name, value in CODES.items()))


def code_column(rule: int, branch: int) -> str:
    """The name of the column that holds the verdict code of a branch."""
    return f"code{rule}_{branch}"


def with_codes(frame: Frame, table: ir.Table, facts: Facts) -> ir.Table:
    """`table` with the code columns of all branches of the frame."""
    made = {
        code_column(i, j): Verdicts(branch.terms, facts).code().cast("int8")
        for i, rule in enumerate(frame.rules)
        for j, branch in enumerate(frame.branches(table, rule))
    }
    return table.mutate(**made) if made else table


def with_evidence(base: ir.Table, pairs: Pairs) -> ir.Table:
    """The columns of findings, with the events that have the witness times `w_…`, found among the rows by subject
    and time."""
    joined: Any = base  # one chain, which stays narrow: every table of a query costs
    for part in pairs.parts:
        joined = joined.left_join(_witnesses(base, pairs, part), [("rule", f"{part}_rule"), ("row", f"{part}_row")])
    return _with_events(joined, pairs.facts, pairs.parts)


def _witnesses(base: ir.Table, pairs: Pairs, part: str) -> ir.Table:
    """One row per finding with a witness of this part: the least-placed event that has its time, packed in one
    number."""
    facts = pairs.facts
    by_latest = part == "bound" and not facts.precise
    ends = [] if facts.precise else ["time_latest"]
    trigger = [c for c in base.columns if c.startswith("f_")]
    masks = {f"{part}{word}" for word in pairs.bits.words} & {*base.columns}
    asked = base.filter(base[f"w_{part}"].notnull())
    asked = asked.select(
        "rule", "row", "grp", "subject", *trigger, *ends, *masks, time=asked.activated_at, w=asked[f"w_{part}"]
    )
    hits = pairs.beside(asked, ("w", "o_time_latest" if by_latest else "o_time"), part=part)
    number = packed(facts, hits.o_place, hits.o_event)
    made = {f"{part}_packed": number.min()}
    if by_latest:
        made[f"{part}_began"] = hits.o_time.argmin(number)
    return hits.group_by(**{f"{part}_rule": hits.rule, f"{part}_row": hits.row}).agg(**made)


def identities(log: Log, places: ir.Table) -> ir.Table:
    """One row `id_place id_event id_identity` per event at the places in column `key`."""
    found = log.identities(places) if log.identities else log.events.semi_join(places, [("place", "key")])
    return found.select(id_place=found.place, id_event=found.event, id_identity=found.identity)


def fingerprints(table: ir.Table, identities: ir.Table, known_as: Mapping[str, str], *, several: bool) -> ir.Table:
    """`table` with the fingerprint of each row; `identities` has one row per (id_place, id_event), or, where a place
    has not `several` events, per id_place.

    `known_as` names the rules whose fingerprints are not made of their ids.
    """
    same = [table.place == identities.id_place]
    if several:  # the name costs the join as much as all else
        same.append(table.event == identities.id_event)
    joined = table.left_join(identities, same)
    mark = ibis.literal("\x1f")
    rule_id = joined.rule_id.cases(*known_as.items(), else_=joined.rule_id) if known_as else joined.rule_id
    # a subject that holds the mark itself is not to be mistaken for another with the beginning of an identity
    subject = ibis.coalesce(joined.subject, ibis.literal("")).replace("\x1e", "\x1e0").replace("\x1f", "\x1e1")
    text = rule_id + mark + subject + mark + joined.id_identity
    made = {name: joined[name] for name in COLUMNS}
    return joined.select(**made, fingerprint=text.hexdigest("sha256")[:32], decided=joined.decided)


def group_value(facts: Facts, name: str, rule: Rule, activated_at: Any, attributes: Any) -> Any:
    """The text that an activation is grouped by: a field of its event, or the month or day in the rule's zone."""
    if name in PERIODS:
        local = facts.clock_for(rule.zone, []).local(activated_at)
        return local.strftime("%Y-%m" if name == "month" else "%Y-%m-%d")
    value = attributes[name] if name in attributes else absent(facts, name)
    return value.cast("string")
