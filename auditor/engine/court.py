"""One pass for a rule set: plans are chosen per subject, and verdict codes materialised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, columns_used
from auditor.engine.findings import JudgedPairs, JudgedRows, identities, with_codes
from auditor.engine.groups import fields_of, grouped_by
from auditor.engine.judgement import Judged, Judgement, records, rows_in
from auditor.engine.plans import occurrences
from auditor.engine.plans.case import EVERY_BIT, REPEATING, CaseFrame, case_form_holds, slots_hold
from auditor.engine.plans.case_events import grouped
from auditor.engine.plans.case_repeats import with_room
from auditor.engine.plans.case_rows import CaseRows
from auditor.engine.plans.case_tables import from_cases, usable
from auditor.engine.plans.pairs import Pairs, trigger_fields
from auditor.engine.plans.rows import REPEATS, Bits, Group, identified, narrow, tied
from auditor.engine.plans.windows import WindowsFrame, windows_hold
from auditor.engine.tables import fetched
from auditor.engine.values import resolve
from auditor.engine.verdicts import CODES
from auditor.log.log import Log
from auditor.log.queries import hold, view
from auditor.log.schema import Field
from auditor.log.statements import ahead
from auditor.rules.model import Rule, RuleSet

if TYPE_CHECKING:
    from auditor.engine.durations import Durations

Plan = Literal["auto", "case", "windows", "pairs"]
LARGE = 200  # rows of one subject from which ordered windows cost less than joined pairs
PAIRED = 6_000_000  # rows times rules that one query of pairs takes, for the sake of memory
COPY = "copy of event"  # a column beside those of a log, which have no blanks


def judge(
    log: Log,
    ruleset: RuleSet,
    as_of: datetime | None = None,
    plan: Plan = "auto",
    by: Sequence[str] = (),
) -> Judgement:
    """Judge every rule on a log as of a moment (naive UTC; default and upper bound: the log's `observed_until`).

    `plan` forces how subjects are judged: `case` is one row per subject, and joined pairs where that is not exact;
    `windows` is ordered rows, and pairs where that is not exact; `pairs` is pairs for all.  `auto` takes what costs
    least.  The verdicts are the same. `by` names fields that `groups` may be asked for.
    """
    moment = min(as_of or log.observed_until, log.observed_until)
    facts = Facts(log, moment, ruleset.fields)
    shares = [name for rule in ruleset.rules if rule.service_level is not None for name in grouped_by(rule)]
    grouping = fields_of([*by, *(name for name in shares if name in log.fields)])
    with ahead(log.backend):
        return _Court(facts, plan, grouping).judge(ruleset)


def _of(events: ir.Table, subjects: ir.Table, per: tuple[str, ...]) -> ir.Table:
    """The events of some subjects (`c0 …`), with their `REPEATS`."""
    joined = events.inner_join(subjects, [(key, f"c{i}") for i, key in enumerate(per)])
    return joined.select(**{c: joined[c] for c in (*events.columns, REPEATS)})


def _rest(events: ir.Table, subjects: ir.Table, per: tuple[str, ...]) -> ir.Table:
    """The events of the subjects that the case form cannot judge, and those without a subject, with `REPEATS`."""
    unknown = reduce(lambda a, b: a | b, [events[key].isnull() for key in per])
    lost = _repeating(events.filter(unknown))
    return _of(events, subjects, per).union(lost)


def _subjects(source: CaseRows, table: ir.Table, repeats: Any) -> ir.Table:
    keys = {f"c{i}": table[f"k{i}"] for i in range(len(source.per))}
    return table.select(**keys, **{REPEATS: repeats})


def _repeating(events: ir.Table) -> ir.Table:
    """Events of subjects that no other plan judges, with `REPEATS`."""
    return events.mutate(**{REPEATS: ibis.literal(EVERY_BIT, "int64")})


@dataclass
class _Court:
    """Chooses plans and materialises their tables."""

    facts: Facts
    plan: Plan
    by: tuple[str, ...]
    _fields: list[Field] = field(default_factory=list)  # the attributes that some events take from their report
    _changing: bool = True
    _source: ir.Table | None = None
    _whole: ir.Table | None = None

    def judge(self, ruleset: RuleSet) -> Judgement:
        facts, log = self.facts, self.facts.log
        events, set_aside = self._events()
        unjudged = {
            rule.id: "the log cannot record " + ", ".join(rule.when.events or ())
            for rule in ruleset.rules
            if rule.when.events is not None and not set(rule.when.events) & log.covers
        }
        active = [r for r in ruleset.rules if r.id not in unjudged and facts.activating(r)]
        measures = tuple(r for r in active if r.obligation.kind == "measure")
        counted = self._source = self._keyed(self._counted_events(events), active)
        needed = {c.name for rule in active for c in columns_used(rule)} | {key for rule in active for key in rule.per}
        needed |= {name for rule in measures for name in grouped_by(rule)}
        active = [rule for rule in active if rule not in measures]
        known = sorted((needed | set(self.by)) & set(log.fields))
        self._fields = [log.fields[name] for name in known if self._incomplete(name)]
        self._changing = self._learned_changes(counted)
        judged: list[Judged] = []
        groups: list[Group] = []
        for per in dict.fromkeys(rule.per for rule in active):
            self._judge_subjects(counted, tuple(r for r in active if r.per == per), per, judged, groups)
        if groups:
            judged += self._judge_rows(tuple(groups))
        counts, subjectless = self._counts(ruleset, judged)
        durations = self._durations(counted, measures) if measures else None
        return Judgement(
            log, ruleset, facts.as_of, counts, unjudged, set_aside, subjectless, facts, events, tuple(judged), durations
        )

    # Events

    def _events(self) -> tuple[ir.Table, int]:
        """The events up to A, latest times cut to A; and how many were set aside."""
        facts, events = self.facts, self.facts.log.events
        moment = ibis.literal(facts.as_of, type="timestamp(6)")
        set_aside = 0
        if facts.late_events:
            set_aside = rows_in(facts.log, events.filter(events.time > moment))
            events = events.filter(events.time <= moment)
        if not facts.precise:
            events = events.mutate(time_latest=ibis.least(events.time_latest, moment))
        return events, set_aside

    def _counted_events(self, events: ir.Table) -> ir.Table:
        """One row per mapped event id; without ids copies are found later, where a subject has several like events."""
        if self.facts.log.has_event_ids:
            order = ibis.window(
                group_by=events.identity, order_by=[events.time, events.time_latest, events.event, events.place]
            )
            rows = events.mutate(**{COPY: ibis.row_number().over(order)})
            events = rows.filter(rows[COPY] == 0).drop(COPY)
        return events

    def _keyed(self, events: ir.Table, rules: list[Rule]) -> ir.Table:
        """The events with an empty column for each key of the rules that the log does not have."""
        absent = {key for rule in rules for key in rule.per} - set(self.facts.log.fields)
        return events.mutate(**dict.fromkeys(sorted(absent), ibis.null("string"))) if absent else events

    # Subjects

    def _judge_subjects(
        self,
        events: ir.Table,
        rules: tuple[Rule, ...],
        per: tuple[str, ...],
        judged: list[Judged],
        groups: list[Group],
    ) -> None:
        """Judge what the case form can; leave the rest as groups of rows."""
        facts = self.facts
        whole = per == ("report_id",)
        cased = self.plan == "case" or (self.plan == "auto" and not facts.small)
        simple_rules = tuple(r for r in rules if case_form_holds(r)) if cased else ()
        others = tuple(r for r in rules if r not in simple_rules)
        filled = events if whole and not others else self._filled(events)
        if simple_rules:
            cases = usable(facts, per) if whole else None
            source = CaseRows(
                facts, events if whole else filled, simple_rules, per, resolved=not whole, by=self.by, cases=cases
            )
            rows = grouped(source, source.events) if cases is None else from_cases(source, cases)
            table = self._judge_cases(CaseFrame(source, rows), judged)
            if rows_in(facts.log, table.filter(table.repeats != 0)):
                left, masks = self._judge_repeats(source, table, judged)
                rest = _rest(source.events, left, per)
                groups.append(Group(len(groups), per, simple_rules, self._filled(rest) if whole else rest, masks))
        if others:
            every = _repeating(filled)
            groups.append(Group(len(groups), per, others, every, dict.fromkeys((r.id for r in others), EVERY_BIT)))

    def _judge_cases(self, frame: CaseFrame, judged: list[Judged]) -> ir.Table:
        table = self._materialise(with_codes(frame, frame.table, self.facts))
        judged.append(JudgedRows(frame, table, self.facts))
        return table

    def _judge_repeats(
        self, source: CaseRows, table: ir.Table, judged: list[Judged]
    ) -> tuple[ir.Table, dict[str, int]]:
        """Judge subjects where event names repeat with slots for several; give those that are left, with `REPEATS`,
        and by rule what of it leaves a subject to another plan."""
        several = table.filter(table.repeats != 0)
        everything = ibis.literal(EVERY_BIT, "int64")
        countable = occurrences.countable(source, several)
        some = several.filter(countable)
        number, room = occurrences.room(source, some)
        held = tuple(rule for rule in source.rules if slots_hold(self.facts, rule))
        if not number or not held or (self.plan == "auto" and number < occurrences.FEW):
            return _subjects(source, several, everything), dict.fromkeys((r.id for r in source.rules), EVERY_BIT)
        frame = with_room(source, some, held, room)
        again = self._judge_cases(frame, judged)
        masks = {rule.id: frame.mask(rule) if rule in held else REPEATING for rule in source.rules}
        large = _subjects(source, several.filter(~countable), everything)
        unheld = again if len(held) < len(source.rules) else again.filter(again.repeats != 0)
        return large.union(_subjects(frame.source, unheld, unheld.repeats | REPEATING)), masks

    def _filled(self, events: ir.Table) -> ir.Table:
        """The events with learned and standing values filled in; made once for the log, so that all groups share it."""
        if events is not self._source:
            return resolve(events, self._fields, changing=self._changing)
        if self._whole is None:
            made = resolve(events, self._fields, changing=self._changing)
            self._whole = view(self.facts.log.backend, made) if self.facts.small else made
        return self._whole

    def _incomplete(self, field: str) -> bool:
        return any(self.facts.missing(field, name) != "none" for name in self.facts.names)

    def _learned_changes(self, events: ir.Table) -> bool:
        """Whether a report states several values of a learned attribute; asked where asking costs less."""
        if not self.facts.small or "report_id" not in events.columns:
            return True
        learned = [field for field in self._fields if field.scope == "learned"]
        if not learned:
            return False
        values = {field.name: events[field.name].nunique() for field in learned}
        counted = events.group_by("report_id").agg(**values)
        most = {field.name: counted[field.name].max() for field in learned}
        return any((n or 0) > 1 for n in fetched(self.facts.log.backend, counted.aggregate(**most))[0].values())

    def _judge_rows(self, groups: tuple[Group, ...]) -> list[Judged]:
        facts = self.facts
        rules = tuple(rule for group in groups for rule in group.rules)
        bits = Bits.for_rules(rules)
        fields = sorted({*trigger_fields(rules), *self.by} & set(facts.log.fields))
        rows = self._counted_once(groups, bits, fields, rules)
        ordered = {rule.id for rule in rules if windows_hold(facts, rule)} if self._large(rows) else set()
        judged: list[Judged] = []
        for group in groups:
            some = tuple(rule for rule in group.rules if rule.id in ordered)
            if some:
                frame = WindowsFrame(facts, rows, group, some, bits, self.by)
                table = self._materialise(with_codes(frame, frame.table, facts))
                judged.append(JudgedRows(frame, table, facts, frame.located))
        left = [rule.id for rule in rules if rule.id not in ordered]
        most = facts.log.health.events * len(groups)
        number = most if most * len(left) <= PAIRED else rows_in(facts.log, rows)
        size = max(1, PAIRED // max(1, number))
        for chunk in (set(left[i : i + size]) for i in range(0, len(left), size)):
            parts = tuple(replace(g, rules=tuple(r for r in g.rules if r.id in chunk)) for g in groups)
            pairs = Pairs(facts, rows, tuple(part for part in parts if part.rules), bits, self.by)
            judged.append(JudgedPairs(pairs, pairs.judged()))
        return judged

    def _durations(self, events: ir.Table, measures: tuple[Rule, ...]) -> Durations:
        """What group verdicts on measures are made from: the rows that play a part in them."""
        from auditor.engine.durations import Durations

        every = _repeating(self._filled(events))
        keys = dict.fromkeys(rule.per for rule in measures)
        sorted_by = [tuple(rule for rule in measures if rule.per == per) for per in keys]
        groups = tuple(Group(n, some[0].per, some, every, {}) for n, some in enumerate(sorted_by))
        bits = Bits.for_rules(measures)
        grouping = fields_of(name for rule in measures for name in grouped_by(rule))
        rows = self._counted_once(groups, bits, sorted({*trigger_fields(measures), *grouping}), measures)
        return Durations(self.facts, rows, groups, bits)

    def _large(self, rows: ir.Table) -> bool:
        """Whether ordered windows are worth their sorts."""
        if self.plan != "auto":
            return self.plan == "windows"
        if self.facts.log.health.events <= LARGE:
            return False
        rows = rows.filter(rows.subject.notnull())  # what has no subject is not one large subject
        sizes = rows.group_by(["grp", "subject"]).agg(n=rows.count())
        return (fetched(self.facts.log.backend, sizes.aggregate(most=sizes.n.max()))[0]["most"] or 0) > LARGE

    def _counted_once(
        self, groups: tuple[Group, ...], bits: Bits, fields: list[str], rules: tuple[Rule, ...]
    ) -> ir.Table:
        """The narrow rows with exact duplicates collapsed, and with identities where these can matter."""
        if self.facts.small:
            return self._materialise(narrow(self.facts, groups, bits, fields, once=True))
        rows = self._materialise(narrow(self.facts, groups, bits, fields))
        places = self._materialise(tied(rows, rules))
        if not rows_in(self.facts.log, places):
            return identified(rows, None)
        return self._materialise(identified(rows, identities(self.facts.log, places)))

    def _materialise(self, table: ir.Table) -> ir.Table:
        return hold(self.facts.log.backend, table)

    # Counts

    def _counts(self, ruleset: RuleSet, judged: list[Judged]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        counts = {rule.id: dict.fromkeys(CODES, 0) for rule in ruleset.rules}
        subjectless = {rule.id: 0 for rule in ruleset.rules}
        names = {code: name for name, code in CODES.items()}
        for record in records(self.facts.log, [table for one in judged for table in one.counts()]):
            counts[record["rule_id"]][names[record["code"]]] += record["n"]
            subjectless[record["rule_id"]] += record["lost"]
        return counts, subjectless
