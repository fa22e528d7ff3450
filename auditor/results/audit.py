"""What an audit found: counts for each rule, the exit code, and the findings as a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.log.statements import ahead
from auditor.results import findings as _findings
from auditor.results.gaps import Gap, gaps
from auditor.results.groups import message
from auditor.results.marks import Comparison, Known, Marks, compare, marked, tallies
from auditor.results.options import Verdict
from auditor.results.streams import batches
from auditor.rules.model import SEVERITIES, Rule, RuleSet, Severity

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

    from auditor.engine import Judgement
    from auditor.log.log import Log
    from auditor.results.asserted import Comparisons
    from auditor.results.waivers import Waiver, Waivers


@dataclass(frozen=True)
class RuleOutcome:
    """How often a rule activated on the log, and with which verdicts."""

    rule: Rule
    counts: Mapping[str, int] = field(default_factory=dict)  # by verdict
    unjudged: str = ""  # why the log cannot show whether the rule ever activated
    in_force: bool = True  # at some moment that the log tells of
    violations: Mapping[str, int] = field(default_factory=dict)  # violated ones by status, where the audit is marked
    groups: tuple[Mapping[str, Any], ...] = ()  # verdicts on groups, of a service level or measure

    @property
    def activations(self) -> int:
        """All activations, whatever their verdict."""
        return sum(self.counts.values())

    @property
    def never_activated(self) -> bool:
        """The log could have shown an activation, and shows none."""
        return not self.unjudged and self.silent

    @property
    def silent(self) -> bool:
        """Nothing is said of any activation or group."""
        return not self.activations and not self.groups

    @property
    def not_judged(self) -> str:
        """Why the rule could not be judged at all on this log; '' when it could, or had nothing to judge."""
        if self.silent:
            return self.unjudged if self.in_force else ""
        if self.activations and self["undetermined"] == self.activations:
            return "all activations are undetermined"
        return "all groups are undetermined" if self.groups and self.grouped("undetermined") == len(self.groups) else ""

    @property
    def waived(self) -> int:
        """Violated activations that a waiver covers."""
        return self.violations.get("waived", 0)

    def grouped(self, verdict: str) -> int:
        """The number of groups with this verdict."""
        return sum(group["verdict"] == verdict for group in self.groups)

    def failing(self, *, new: bool) -> int:
        """Violations that fail an audit, those of groups included: all but waived ones, or only `new` ones."""
        violated = self.violations.get("new", 0) if new else self["violated"] - self.waived
        return violated + self.grouped("violated")

    def __getitem__(self, verdict: str) -> int:
        return self.counts.get(verdict, 0)

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "id": self.rule.id, "severity": self.rule.severity, "activations": self.activations,
            "met": self["met"], "violated": self["violated"], "pending": self["pending"],
            "undetermined": self["undetermined"], "exempt": self["exempt"], "waived": self.waived,
            "in_force": self.in_force, "not_judged": self.not_judged or None,
            "draft": self.rule.draft, "verified": self.rule.verified or None,
            **{name: self.violations[name] for name in ("new", "continuing") if name in self.violations},
        }  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """What was asked of an audit, as given; what was read stands in its log and rules."""

    as_of: str | None = None  # `now`, or a moment; None: the end of the log
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """The result of `check`."""

    ruleset: RuleSet
    log: Log
    judgement: Judgement
    outcomes: tuple[RuleOutcome, ...]  # in the order of the rules
    show: tuple[Verdict, ...]
    fail_on: Severity
    groups: tuple[Mapping[str, Any], ...] = ()  # counts per rule and group, with `by`
    fail_on_new: bool = False  # only new violations fail; for audits that are compared
    inputs: Inputs = Inputs()
    marks: Marks = field(default_factory=Marks)
    comparison: Comparison | None = None  # with an earlier audit, where it is marked with one
    trend: tuple[Mapping[str, Any], ...] = ()  # of a store, oldest first: `run as_of violated undetermined`
    _found: dict[tuple[str, ...], ir.Table] = field(default_factory=dict, repr=False, compare=False)
    _marked: dict[tuple[str, ...], ir.Table] = field(default_factory=dict, repr=False, compare=False)

    @property
    def failures(self) -> int:
        """Violations, those of groups included, of rules at or above `fail_on` that are not drafts.

        Waived ones do not count, and with `fail_on_new` those that continue do not either.
        """
        bound = SEVERITIES.index(self.fail_on)
        failing = (o for o in self.counted if SEVERITIES.index(o.rule.severity) <= bound)
        return sum(outcome.failing(new=self.fail_on_new) for outcome in failing)

    @property
    def counted(self) -> tuple[RuleOutcome, ...]:
        """The outcomes of rules that are not drafts."""
        return tuple(outcome for outcome in self.outcomes if not outcome.rule.draft)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The fields that rules read and of which the log has no value at all."""
        return gaps(self.log, self.outcomes)

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings in plain words: on the log, on what it lacks for these rules, and on waivers."""
        return (*self.log.health.notes, *(gap.note() for gap in self.gaps), *self.waiver_notes)

    @cached_property
    def waiver_notes(self) -> tuple[str, ...]:
        """Waivers that waive nothing, and why."""
        from auditor.results.waivers import notes

        return () if self.marks.waivers is None else notes(self.marks.waivers, self)

    def waiver_for(self, rule_id: str, subject: str | None) -> Waiver | None:
        """The waiver that covers the findings of a rule on a subject."""
        if self.marks.waivers is None or subject is None:
            return None
        standing = self.marks.waivers.standing(self.judgement.as_of)
        return next((waiver for waiver in standing if waiver.covers(rule_id, subject)), None)

    def marked(self, known: Known | None = None, waivers: Waivers | None = None) -> Audit:
        """The same audit, its findings marked as known or new, and as waived; nothing is written anywhere.

        Marks that are not given stay as they are.
        """
        marks = Marks(known or self.marks.known, waivers or self.marks.waivers)
        bare = replace(self, marks=marks, comparison=None, _marked={})
        counted = tallies(bare)
        outcomes = tuple(
            replace(outcome, violations=_violations(outcome, counted, compared=marks.known is not None))
            for outcome in self.outcomes
        )
        comparison = None if marks.known is None else compare(bare, marks.known, counted)
        return replace(bare, outcomes=outcomes, comparison=comparison)

    @property
    def group_verdicts(self) -> list[dict[str, Any]]:
        """The verdicts on groups of service levels and measures, fields as in `docs/formats.md`."""
        return [
            {**group, "message": message(outcome.rule, group)} for outcome in self.outcomes for group in outcome.groups
        ]

    @property
    def exit_code(self) -> int:
        """1: violations at or above `fail_on`; 3: none, but a rule could not be judged at all; 0: neither."""
        if self.failures:
            return 1
        return 3 if any(outcome.not_judged for outcome in self.counted) else 0

    @property
    def out_of_order(self) -> int:
        """Source rows that stand before rows of an earlier time in their file; counted when it is asked for."""
        from auditor.log.order import out_of_order

        known = self.log.health.out_of_order
        return out_of_order(self.log) if known is None else known

    @cached_property
    def asserted(self) -> Comparisons:
        """The source's own verdicts beside ours; asked for, it costs a query where the mapping names any."""
        from auditor.results.asserted import compare

        return compare(self)

    def total(self, verdict: str) -> int:
        """Activations with this verdict, over all rules but drafts."""
        return sum(outcome[verdict] for outcome in self.counted)

    def grouped(self, verdict: str) -> int:
        """Groups with this verdict, over all rules but drafts."""
        return sum(outcome.grouped(verdict) for outcome in self.counted)

    def findings(self, show: Sequence[Verdict] | None = None) -> pd.DataFrame:
        """One row per finding, fields as in `docs/formats.md`, worst first; times in UTC, `late_seconds` in seconds.

        `show`: the verdicts wanted (default: those of the audit).
        """
        import pandas as pd
        import pyarrow as pa

        from auditor.results.arrow import SCHEMA

        rows = self.typed(self.findings_table(show))
        frame: pd.DataFrame = pa.Table.from_batches(rows, SCHEMA).to_pandas(
            types_mapper={pa.int64(): pd.Int64Dtype()}.get
        )
        return frame

    def findings_table(self, show: Sequence[Verdict] | None = None) -> ir.Table:
        """The findings as a lazy, totally ordered query in the log's engine; times are UTC without zone."""
        verdicts = tuple(show if show is not None else self.show)
        return _findings.told(self, verdicts, self.held(verdicts))

    def held(self, show: Sequence[Verdict] | None = None) -> ir.Table:
        """What the engine found, in order and with ranks, computed once and kept in the engine for all outputs."""
        key = tuple(show if show is not None else self.show)
        if key not in self._found:
            with ahead(self.log.backend):
                self._found[key] = _findings.held(self, key, self.judgement.findings(key))
        if not self.marks:
            return self._found[key]
        if key not in self._marked:
            self._marked[key] = marked(self, self._found[key], key)
        return self._marked[key]

    def batches(self, table: ir.Table) -> Iterator[pa.RecordBatch]:
        """A query's rows as record batches, in bounded memory."""
        return batches(self.log.backend, table)

    def typed(self, findings: ir.Table) -> Iterator[pa.RecordBatch]:
        """The rows of a findings table with the documented schema: times know that they are UTC."""
        from auditor.results.arrow import SCHEMA

        return (batch.cast(SCHEMA) for batch in self.batches(findings))


def _violations(
    outcome: RuleOutcome, counted: Mapping[tuple[str, str], Mapping[str, int]], *, compared: bool
) -> Mapping[str, int]:
    """Violated activations of a rule by status; each status that the audit can have is there."""
    names = ("new", "continuing", "waived") if compared else ("waived",)
    found = counted.get((outcome.rule.id, "violated"), {})
    return {name: found.get(name, 0) for name in names}
