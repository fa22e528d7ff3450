"""The verdicts of one audit: their counts, and the findings as queries that are read from materialised codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from auditor.base.diagnostics import UnusableError
from auditor.engine.evidence import ENTRY, Words
from auditor.engine.facts import Facts
from auditor.engine.findings import (
    ACTIVATION,
    PERIODS,
    JudgedPairs,
    JudgedRows,
    fingerprints,
    group_value,
    identities,
    union,
)
from auditor.engine.groups import verdicts
from auditor.engine.tables import fetched
from auditor.engine.verdicts import CODES
from auditor.log.log import Log
from auditor.log.queries import hold
from auditor.log.schema import ID_FIELDS
from auditor.rules.model import Rule, RuleSet

if TYPE_CHECKING:
    from auditor.engine.durations import Durations

Judged = JudgedRows | JudgedPairs


@dataclass(frozen=True)
class Judgement:
    """The verdicts of one audit; see `docs/decisions.md` for the columns of `findings`."""

    log: Log
    ruleset: RuleSet
    as_of: datetime
    counts: dict[str, dict[str, int]]
    unjudged: dict[str, str]
    set_aside: int
    subjectless: dict[str, int]
    facts: Facts
    events: ir.Table
    judged: tuple[Judged, ...] = field(repr=False, default=())
    durations: Durations | None = field(repr=False, default=None)

    @property
    def words(self) -> Words:
        """What the numbers of `decided` stand for."""
        return Words(self.facts.names)

    def findings(
        self, verdicts: Iterable[str], rules: Iterable[str] | None = None, among: ir.Table | None = None
    ) -> ir.Table:
        """One row per activation with one of the verdicts, unordered, as a lazy table of the back end.

        `among` has `rule_id place`: only the activations of these rules at these places are wanted.
        """
        wanted = self._wanted(verdicts, rules)
        if not wanted:
            return _nothing(self.words)
        if among is not None:
            places = among.select(key="place")
        else:
            places = union([table for judged in self.judged for table in judged.places(wanted)])
            if self.log.cases is None:  # else a place holds many events that nobody asks for
                places = places.select("key")
        activating = identities(self.log, places.distinct())
        if len(self.judged) > 1:
            # each plan's part is joined by itself: over all at once an engine may hash the wide side, not the narrow
            activating = hold(self.log.backend, activating)
        made = [judged.findings(wanted, among) for judged in self.judged]
        found = [union(tables) for tables in made if tables]
        known_as = {rule.id: rule.version_of for rule in self.ruleset.rules if rule.version_of}
        told = union([fingerprints(table, activating, known_as, several=self.log.several) for table in found])
        return told.mutate(evidence=self.words.spelled(told.decided))

    def activations(self, rules: Iterable[str]) -> ir.Table:
        """One row per activation of these rules, whatever its verdict, unordered and lazy: `rule_id verdict subject
        event place due_at`, as in `findings`.
        """
        chosen = self._wanted(CODES, rules)
        made = [table for judged in self.judged for table in judged.activations(list(chosen))]
        return union(made) if made else _nothing(self.words).select(ACTIVATION)

    def _wanted(self, verdicts: Iterable[str], rules: Iterable[str] | None) -> dict[str, list[int]]:
        """By rule, of those named or of all, the codes of these verdicts that some activation has."""
        named = None if rules is None else set(rules)
        names = sorted(verdicts, key=CODES.__getitem__)
        found = {
            rule.id: [CODES[name] for name in names if self.counts[rule.id][name]]
            for rule in self.ruleset.rules
            if named is None or rule.id in named
        }
        return {rule: codes for rule, codes in found.items() if codes}

    def groups(self, by: Sequence[str]) -> list[dict[str, Any]]:
        """Counts by rule and group: `{"rule_id", "group": {name: value}, "met", …}`, in order of rule and group.

        Raises UnusableError when a field was not named to `judge`, or the log does not have it.
        """
        for name in by:
            if name not in PERIODS and name not in self.log.fields:
                raise UnusableError("group-field", f"the log has no field `{name}` to group by")

        def value(name: str, rule: Rule, activated_at: Any, attributes: Any) -> Any:
            return group_value(self.facts, name, rule, activated_at, attributes)

        tables = [table for judged in self.judged for table in judged.groups(by, value)]
        names = {code: name for name, code in CODES.items()}
        rows: dict[tuple[Any, ...], dict[str, int]] = {}
        for record in records(self.log, tables):
            key = (record["rule_id"], *(record[f"g{i}"] for i in range(len(by))))
            rows.setdefault(key, dict.fromkeys(CODES, 0))[names[record["code"]]] += record["n"]
        order = {rule.id: i for i, rule in enumerate(self.ruleset.rules)}
        ordered = sorted(rows, key=lambda key: (order[key[0]], tuple((v is not None, v or "") for v in key[1:])))
        return [{"rule_id": key[0], "group": dict(zip(by, key[1:], strict=True)), **rows[key]} for key in ordered]

    @cached_property
    def group_verdicts(self) -> list[dict[str, Any]]:
        """The verdicts on groups of `service_level` and `measure` rules, see `docs/decisions.md`; costs queries."""
        return verdicts(self.facts, self.ruleset.rules, self.judged, self.durations)

    @cached_property
    def duplicates(self) -> int:
        """How many events up to A are copies of another and were counted once; costs a query."""
        events, log = self.events, self.log
        if log.has_event_ids:
            return rows_in(log, events) - rows_in(log, events.select("identity").distinct())
        keys = ["event", "time", *(name for name in ID_FIELDS if name in log.fields)]
        if self.facts.small:
            like = events.select("identity", n=events.count().over(ibis.window(group_by=keys)))
            like = like.filter(like.n > 1)
            copies = like.group_by("identity").agg(n=like.count() - 1)
            return int(fetched(log.backend, copies.aggregate(n=copies.n.sum()))[0]["n"] or 0)
        several = events.group_by(keys).agg(n=events.count()).filter(ibis._.n > 1)
        several = several.rename({f"same_{column}": column for column in [*keys, "n"]})
        same = [events[key].identical_to(several[f"same_{key}"]) for key in keys]
        suspects = hold(log.backend, events.inner_join(several, same).select(events.event, key=events.place))
        found = identities(log, suspects.select("key").distinct())
        joined = suspects.inner_join(found, [suspects.key == found.id_place, suspects.event == found.id_event])
        copies = joined.group_by("id_identity").agg(n=joined.count() - 1)
        return int(fetched(log.backend, copies.aggregate(n=copies.n.sum()))[0]["n"] or 0)


def records(log: Log, tables: list[ir.Table]) -> list[dict[str, Any]]:
    """The rows of several small tables with the same columns."""
    return fetched(log.backend, union(tables)) if tables else []


def rows_in(log: Log, table: ir.Table) -> int:
    """How many rows a table has."""
    return int(fetched(log.backend, table.aggregate(n=table.count()))[0]["n"])


def _nothing(words: Words) -> ir.Table:
    stamps = dict.fromkeys(("activated_at", "due_at", "met_at"), "timestamp(6)")
    texts = dict.fromkeys(("rule_id", "verdict", "reason", "subject", "event", "fingerprint"), "string")
    order = (
        "rule_id", "verdict", "reason", "subject", "activated_at", "event", "place", "due_at", "met_at", "late_seconds",
        "fingerprint", "decided",
    )  # fmt: skip
    types = {**stamps, **texts, "place": "int64", "late_seconds": "int64", "decided": f"array<{ENTRY}>"}
    empty = ibis.memtable([], schema=ibis.schema({name: types[name] for name in order}))
    return empty.mutate(evidence=words.spelled(empty.decided))
