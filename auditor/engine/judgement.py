"""One pass for a rule set: plans are chosen per subject, verdict codes materialised, counts and findings read from them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from auditor.base.diagnostics import UnusableError
from auditor.engine.facts import Facts, columns_used
from auditor.engine.findings import Judged, details, fingerprints, identities, with_codes
from auditor.engine.logic import expression
from auditor.engine.plans.case import EVERY_BIT, CaseFrame, case_form_holds
from auditor.engine.plans.frame import Frame
from auditor.engine.plans.pairs import PairsFrame
from auditor.engine.plans.rows import identified, narrow, tied
from auditor.engine.plans.windows import WindowsFrame, windows_hold
from auditor.engine.values import resolve
from auditor.engine.verdicts import CODES
from auditor.log.log import Log
from auditor.rules.model import Rule, RuleSet

Plan = Literal["auto", "case", "windows", "pairs"]
_serial = itertools.count()


def judge(
    log: Log,
    ruleset: RuleSet,
    as_of: datetime | None = None,
    plan: Plan = "auto",
    by: Sequence[str] = (),
) -> Judgement:
    """Judge every rule on a log as of a moment (naive UTC; default and upper bound: the log's `observed_until`).

    `plan` forces how subjects are judged: `case` is one row per subject, and joined pairs where that is not exact; `windows` is ordered
    rows, and pairs where that is not exact; `pairs` is pairs for all.  `auto` tries them in this order.  The verdicts are the same.
    `by` names fields that `groups` may be asked for.
    """
    moment = min(as_of or log.observed_until, log.observed_until)
    return _Court(Facts(log, moment), plan, tuple(name for name in by if name not in PERIODS)).judge(ruleset)


PERIODS = ("month", "day")
LARGE = 200  # rows of one subject from which ordered windows cost less than joined pairs


@dataclass(frozen=True)
class Judgement:
    """The verdicts of one audit; see `docs/decisions.md` for the columns of `findings`."""

    log: Log
    ruleset: RuleSet
    as_of: datetime
    counts: dict[str, dict[str, int]]
    unjudged: dict[str, str]
    set_aside: int
    duplicates: int
    subjectless: dict[str, int]
    facts: Facts
    events: ir.Table
    judged: tuple[Judged, ...] = field(repr=False, default=())

    def findings(self, verdicts: Iterable[str], rules: Iterable[str] | None = None) -> ir.Table:
        """One row per activation with one of the verdicts, unordered, as a lazy table of the back end."""
        wanted = sorted(CODES[name] for name in verdicts)
        chosen = None if rules is None else set(rules)
        keys: list[ir.Table] = []
        found: list[ir.Table] = []
        for judged in self.judged:
            for code, rule, branch in judged.branches():
                if (chosen is not None and rule.id not in chosen) or not self._any(rule, wanted):
                    continue
                found.append(details(judged, code, rule, branch, wanted, self.facts))
                table = judged.table
                keys.append(table.filter(table[code].isin(wanted)).select(key=branch.place))
        if not found:
            return _nothing()
        asked = keys[0] if len(keys) == 1 else ibis.union(*keys)
        activating = identities(self.log, asked.distinct())
        return fingerprints(found[0] if len(found) == 1 else ibis.union(*found), activating)

    def _any(self, rule: Rule, wanted: list[int]) -> bool:
        names = {code: name for name, code in CODES.items()}
        return any(self.counts[rule.id][names[code]] for code in wanted)

    def groups(self, by: Sequence[str]) -> list[dict[str, Any]]:
        """Counts by rule and group: `{"rule_id", "group": {name: value}, "met", …}`, in order of rule and group.

        Raises UnusableError when a field was not named to `judge`.
        """
        rows: dict[tuple[Any, ...], dict[str, int]] = {}
        for judged in self.judged:
            for code, rule, branch in judged.branches():
                table = judged.table
                values = {f"g{i}": self._group_value(name, rule, branch).cast("string") for i, name in enumerate(by)}
                made = table.filter(table[code] > 0).select(code=table[code], **values)
                counted = made.group_by([*values, "code"]).agg(n=made.count())
                for record in self.log.backend.to_pyarrow(counted).to_pylist():
                    key = (rule.id, *(record[name] for name in values))
                    counts = rows.setdefault(key, dict.fromkeys(CODES, 0))
                    name = next(n for n, c in CODES.items() if c == record["code"])
                    counts[name] += record["n"]
        order = {rule.id: i for i, rule in enumerate(self.ruleset.rules)}
        ordered = sorted(rows, key=lambda key: (order[key[0]], tuple((v is not None, v or "") for v in key[1:])))
        return [{"rule_id": key[0], "group": dict(zip(by, key[1:], strict=True)), **rows[key]} for key in ordered]

    def _group_value(self, name: str, rule: Rule, branch: Any) -> Any:
        if name in PERIODS:
            local = self.facts.zone_clock(rule.zone).local(branch.candidate.earliest)
            return local.strftime("%Y-%m" if name == "month" else "%Y-%m-%d")
        if name not in branch.attributes:
            raise UnusableError("group-field", f"the log has no field `{name}` to group by")
        return branch.attributes[name]


def _nothing() -> ir.Table:
    return ibis.memtable(
        [],
        schema=ibis.schema(
            {
                "rule_id": "string", "verdict": "string", "reason": "string", "subject": "string",
                "activated_at": "timestamp(6)", "event": "string", "place": "int64", "due_at": "timestamp(6)",
                "met_at": "timestamp(6)", "late_seconds": "int64", "fingerprint": "string",
                "evidence": "array<struct<time: timestamp(6), place: int64, role: string, event: string>>",
            }
        ),
    )  # fmt: skip


def _rest(events: ir.Table, subjects: ir.Table, per: tuple[str, ...]) -> ir.Table:
    """The events of the subjects that the case form cannot judge, and those without a subject, with `repeats`."""
    joined = events.inner_join(subjects, [(key, f"c{i}") for i, key in enumerate(per)])
    known = joined.select(**{c: joined[c] for c in events.columns}, repeats=joined.repeats)
    unknown = reduce(lambda a, b: a | b, [events[key].isnull() for key in per])
    return known.union(events.filter(unknown).mutate(repeats=ibis.literal(EVERY_BIT, "int64")))


@dataclass
class _Court:
    """Chooses plans and materialises their tables."""

    facts: Facts
    plan: Plan
    by: tuple[str, ...]

    def judge(self, ruleset: RuleSet) -> Judgement:
        facts, log = self.facts, self.facts.log
        events, set_aside = self._events()
        unjudged = {
            rule.id: "the log cannot record " + ", ".join(rule.when.events or ())
            for rule in ruleset.rules
            if rule.when.events is not None and not set(rule.when.events) & log.covers
        }
        active = [r for r in ruleset.rules if r.id not in unjudged and facts.activating(r)]
        judged: list[Judged] = []
        for per in dict.fromkeys(rule.per for rule in active):
            judged += self._judge_subjects(events, tuple(r for r in active if r.per == per), per)
        counts, subjectless = self._counts(ruleset, judged)
        return Judgement(
            log, ruleset, facts.as_of, counts, unjudged, set_aside, self._duplicates(events), subjectless, facts, events,
            tuple(judged),
        )  # fmt: skip

    # Events

    def _events(self) -> tuple[ir.Table, int]:
        """The events up to A, latest times cut to A, one row per mapped event id; and how many were set aside."""
        facts, events = self.facts, self.facts.log.events
        moment = ibis.literal(facts.as_of, type="timestamp(6)")
        set_aside = 0
        if facts.late_events:
            set_aside = int(self._number(events.filter(events.time > moment)))
            events = events.filter(events.time <= moment)
        if not facts.precise:
            events = events.mutate(time_latest=ibis.least(events.time_latest, moment))
        if facts.log.has_event_ids:
            order = ibis.window(
                group_by=events.identity, order_by=[events.time, events.time_latest, events.event, events.place]
            )
            rows = events.mutate(copy=ibis.row_number().over(order))
            events = rows.filter(rows.copy == 0).drop("copy")
        return events, set_aside

    def _number(self, table: ir.Table) -> Any:
        return self.facts.log.backend.to_pyarrow(table.count()).as_py()

    def _duplicates(self, events: ir.Table) -> int:
        return 0

    # Subjects

    def _judge_subjects(self, events: ir.Table, rules: tuple[Rule, ...], per: tuple[str, ...]) -> list[Judged]:
        facts = self.facts
        found: list[Judged] = []
        whole = per == ("report_id",)
        needed = {c.name for rule in rules for c in columns_used(rule)} | set(per) | set(self.by)
        fields = [facts.log.fields[name] for name in sorted(needed & set(facts.log.fields)) if self._incomplete(name)]
        for key in per:
            if key not in facts.log.fields:
                events = events.mutate(**{key: ibis.null("string")})
        by = tuple(name for name in self.by if name in facts.log.fields)
        filled = events if whole else resolve(events, fields)
        simple_rules = tuple(r for r in rules if case_form_holds(r)) if self.plan in ("auto", "case") else ()
        others = tuple(r for r in rules if r not in simple_rules)
        if simple_rules:
            frame = CaseFrame(facts, filled, simple_rules, per, resolved=not whole, by=by)
            lazy = frame.table
            lazy = lazy.mutate(repeats=frame.repeats(lazy))
            table = self._materialise(with_codes(frame, lazy, facts))
            found.append(Judged(frame, table, None))
            keys = {f"c{i}": table[f"k{i}"] for i in range(len(per))}
            complex_subjects = table.filter(table.repeats != 0).select(**keys, repeats=table.repeats)
            if self._number(complex_subjects):
                rest = _rest(filled, complex_subjects, per)
                masks = {rule.id: frame.mask(rule) for rule in simple_rules}
                found += self._judge_rows(resolve(rest, fields) if whole else rest, simple_rules, masks, per, by)
        if others:
            every = (resolve(events, fields) if whole else filled).mutate(repeats=ibis.literal(EVERY_BIT, "int64"))
            found += self._judge_rows(every, others, dict.fromkeys((r.id for r in others), EVERY_BIT), per, by)
        return found

    def _incomplete(self, field: str) -> bool:
        return any(self.facts.missing(field, name) != "none" for name in self.facts.names)

    def _judge_rows(
        self,
        events: ir.Table,
        rules: tuple[Rule, ...],
        masks: Mapping[str, int],
        per: tuple[str, ...],
        by: tuple[str, ...],
    ) -> list[Judged]:
        facts = self.facts
        keys = [f"k{i}" for i in range(len(per))]
        rows = self._materialise(narrow(facts, events, rules, per, by))
        rows = self._counted_once(rows, rules, keys)
        large = self.plan == "windows"
        if self.plan == "auto" and any(windows_hold(facts, rule) for rule in rules):
            sizes = rows.group_by(keys).agg(n=rows.count())
            large = (facts.log.backend.to_pyarrow(sizes.n.max()).as_py() or 0) > LARGE
        ordered = tuple(rule for rule in rules if large and windows_hold(facts, rule))
        frames: list[Frame] = []
        if ordered:
            frames.append(WindowsFrame(facts, rows, ordered, tuple(masks[rule.id] for rule in ordered), by))
        frames += [PairsFrame(facts, rows, rule, masks[rule.id], by) for rule in rules if rule not in ordered]
        found = []
        for frame in frames:
            table = self._materialise(with_codes(frame, frame.table, facts))
            found.append(Judged(frame, table, rows))
        return found

    def _counted_once(self, rows: ir.Table, rules: tuple[Rule, ...], keys: list[str]) -> ir.Table:
        """The rows with exact duplicates collapsed, and with identities where these can matter."""
        places = self._materialise(tied(rows, rules, keys))
        if not self._number(places):
            return identified(rows, None, keys)
        return self._materialise(identified(rows, identities(self.facts.log, places), keys))

    def _materialise(self, table: ir.Table) -> ir.Table:
        return self.facts.log.backend.create_table(f"auditor_{next(_serial)}", table, temp=True)

    # Counts

    def _counts(self, ruleset: RuleSet, judged: list[Judged]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        counts = {rule.id: dict.fromkeys(CODES, 0) for rule in ruleset.rules}
        subjectless = {rule.id: 0 for rule in ruleset.rules}
        for one in judged:
            made: dict[str, Any] = {}
            for code, _, branch in one.branches():
                column = one.table[code]
                for value in CODES.values():
                    made[f"{code}_{value}"] = (column == value).sum()
                if one.rows is not None:
                    unknown = expression(False)
                    for key in branch.subject:
                        unknown = unknown | key.isnull()
                    made[f"{code}_unknown"] = ((column > 0) & unknown).sum()
            if not made:
                continue
            record = self.facts.log.backend.to_pyarrow(one.table.aggregate(**made)).to_pylist()[0]
            for code, rule, _ in one.branches():
                for name, value in CODES.items():
                    counts[rule.id][name] += int(record[f"{code}_{value}"] or 0)
                subjectless[rule.id] += int(record.get(f"{code}_unknown") or 0)
        return counts, subjectless
