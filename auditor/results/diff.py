"""What another version of rules changes on a log: findings that appear, vanish, or have another verdict or due time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.base.diagnostics import UnusableError
from auditor.results.audit import RuleOutcome
from auditor.results.check import DEFAULT_RULES, check, open_log
from auditor.results.diff_cases import SIDES, Cases, Kind, known_as
from auditor.results.diff_groups import GroupChange, group_changes
from auditor.results.diff_rules import Sides, read, sides
from auditor.results.gaps import gaps
from auditor.results.options import SHOWN, Verdict, instant, severity, verdicts
from auditor.results.streams import batches
from auditor.rules.changes import Changes, RuleChange, changes
from auditor.rules.model import SEVERITIES, RuleSet, Severity

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from auditor.log.log import Log

_NUMBERS = {"integer", "number"}  # types of fields that serve for each other


@dataclass(frozen=True)
class RuleDiff:
    """What the change of one rule does: both outcomes, the cases that differ, and the groups."""

    change: RuleChange
    before: RuleOutcome | None = None
    after: RuleOutcome | None = None
    ways: Mapping[tuple[Kind, str | None, str | None], int] = field(default_factory=dict)  # cases; see Cases.counted
    groups: tuple[GroupChange, ...] = ()

    def number(self, kind: Kind) -> int:
        """How many cases change in this way."""
        return sum(n for (way, _, _), n in self.ways.items() if way == kind)

    @property
    def total(self) -> int:
        """How many cases and groups change."""
        return sum(self.ways.values()) + len(self.groups)

    @property
    def notes(self) -> Iterator[str]:
        """Why a version of the rule could not be judged at all."""
        for when, outcome in (("was", self.before), ("is now", self.after)):
            if outcome is not None and outcome.not_judged:
                yield f"{self.change.rule.id}, as it {when}, could not be judged on this log: {outcome.not_judged}"


@dataclass(frozen=True)
class Diff:
    """The result of `diff`."""

    sides: Sides
    changes: Changes
    log: Log
    as_of: datetime  # naive UTC
    show: tuple[Verdict, ...]
    fail_on: Severity
    rules: tuple[RuleDiff, ...]  # worst first
    cases: Cases | None  # None: no rule had to be judged

    @property
    def groups(self) -> tuple[GroupChange, ...]:
        """The groups whose verdict is another, by rule."""
        return tuple(group for rule in self.rules for group in rule.groups)

    def number(self, kind: Kind) -> int:
        """How many cases change in this way."""
        return sum(rule.number(kind) for rule in self.rules)

    def counted(self, side: str, verdict: str | None = None) -> int:
        """The activations of all changed rules on one side, or those with a verdict."""
        outcomes = [outcome for rule in self.rules if (outcome := getattr(rule, side)) is not None]
        return sum(outcome.activations if verdict is None else outcome[verdict] for outcome in outcomes)

    def fails(self, rule: RuleDiff) -> bool:
        """Whether changes of this rule count for the exit code: at or above `fail_on`, and not of a draft."""
        change = rule.change
        return not change.draft and SEVERITIES.index(change.severity) <= SEVERITIES.index(self.fail_on)

    @property
    def total(self) -> int:
        """How many cases and groups change."""
        return sum(rule.total for rule in self.rules)

    @property
    def failures(self) -> int:
        """How many of these count for the exit code."""
        return sum(rule.total for rule in self.rules if self.fails(rule))

    @property
    def exit_code(self) -> int:
        """1: something changes at or above `fail_on`; 0: nothing does."""
        return 1 if self.failures else 0

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Warnings in plain words: on the two rule sets, on the log, and on what it lacks."""
        now = [rule.after for rule in self.rules if rule.after is not None]
        missing = (gap.note() for gap in gaps(self.log, now))
        return (*self.sides.notes, *(n for rule in self.rules for n in rule.notes), *self.log.health.notes, *missing)

    def cases_table(self, most: int | None = None) -> ir.Table | None:
        """The cases as a lazy, totally ordered query, fields as in `docs/formats.md`; `most` of each rule."""
        return self.cases.told(most) if self.cases is not None and any(rule.ways for rule in self.rules) else None

    def batches(self, table: ir.Table) -> Iterator[pa.RecordBatch]:
        """A query's rows as record batches, in bounded memory."""
        return batches(self.log.backend, table)


def diff(
    log: Any,
    rules: Sequence[str] = (DEFAULT_RULES,),
    against: Sequence[str] = (),
    mapping: Any = None,
    *,
    as_of: datetime | str | None = None,
    show: Sequence[str] = SHOWN,
    fail_on: str = "low",
    only: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    max_rejects: float = 0.001,
    memory: str | None = None,
) -> Diff:
    """Judge a log by two versions of rules in one pass, and find where the verdicts differ.

    `rules` are the new ones: files, folders and shipped packs; `against` the old ones: likewise, or the one git
    revision of `rules` to compare with.  Rules that mean the same in both are not judged.

    Raises UnusableError and DiagnosticsError as `check` does, and UnusableError for a revision that cannot be read.
    """
    shown, bound = verdicts(show), severity(fail_on)
    moment = instant(as_of) if as_of is not None else None
    old, new = sides(rules, against)
    loaded = open_log(log, mapping, max_rejects=max_rejects, memory=memory)
    both = read(old, new, loaded, settings or {}, only)
    made = changes(both.before, both.after)
    judged = sorted(made.judged, key=lambda change: SEVERITIES.index(change.severity))
    rest = tuple(RuleDiff(change) for change in made.rules if not change.judged)
    if not judged:
        judged_at = min(moment or loaded.observed_until, loaded.observed_until)
        return Diff(both, made, loaded, judged_at, shown, bound, rest, None)
    at = None if moment is None else moment.replace(tzinfo=UTC)
    audit = check(loaded, _joint(both, judged), as_of=at, show=shown, fail_on=fail_on)
    cases = Cases(audit, judged)
    return Diff(both, made, loaded, audit.judgement.as_of, shown, bound, (*_rules(cases), *rest), cases)


def _joint(both: Sides, judged: Sequence[RuleChange]) -> RuleSet:
    """Both versions of the rules whose verdicts can change."""
    fields = both.before.fields, both.after.fields
    for name in fields[0].keys() & fields[1].keys():
        types = {declared[name].type for declared in fields}
        if len(types) > 1 and not types <= _NUMBERS:
            message = f"`{name}` is a {' in one of the rule sets, and a '.join(sorted(types))} in the other"
            raise UnusableError("fields-differ", message, help="choose another name for a field of another type")
    versions = [(rule, side) for change in judged for side in SIDES if (rule := getattr(change, side)) is not None]
    rules = tuple(replace(rule, id=known_as(rule, side), version_of=rule.id) for rule, side in versions)
    return RuleSet(rules, fields={**fields[0], **fields[1]})


def _rules(cases: Cases) -> Iterator[RuleDiff]:
    outcomes = {outcome.rule.id: outcome for outcome in cases.audit.outcomes}
    for change in cases.changes:
        rule_id = change.rule.id
        before, after = (
            None if getattr(change, side) is None else outcomes[known_as(change.rule, side)] for side in SIDES
        )
        said = [() if outcome is None else outcome.groups for outcome in (before, after)]
        groups = tuple(group_changes(change, said[0], said[1], cases.audit.show))
        yield RuleDiff(change, before, after, cases.counted.get(rule_id, {}), groups)
