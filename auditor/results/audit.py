"""What an audit found: counts for each rule, the exit code, and the findings as a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.results import findings as _findings
from auditor.results.gaps import Gap, gaps
from auditor.results.groups import message
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


@dataclass(frozen=True)
class RuleOutcome:
    """How often a rule activated on the log, and with which verdicts."""

    rule: Rule
    counts: Mapping[str, int] = field(default_factory=dict)  # by verdict
    unjudged: str = ""  # why the log cannot show whether the rule ever activated
    in_force: bool = True  # at some moment that the log tells of
    waived: int = 0
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

    def grouped(self, verdict: str) -> int:
        """The number of groups with this verdict."""
        return sum(group["verdict"] == verdict for group in self.groups)

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
        }  # fmt: skip


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
    _held: dict[tuple[str, ...], ir.Table] = field(default_factory=dict, repr=False, compare=False)

    @property
    def failures(self) -> int:
        """Violations, those of groups included, of rules at or above `fail_on` that are not drafts."""
        bound = SEVERITIES.index(self.fail_on)
        failing = (o for o in self.counted if SEVERITIES.index(o.rule.severity) <= bound)
        return sum(o["violated"] + o.grouped("violated") for o in failing)

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
        """Warnings in plain words: on the log, and on what it lacks for these rules."""
        return (*self.log.health.notes, *(gap.note() for gap in self.gaps))

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

        rows = self.typed(self.findings_table(show))
        frame: pd.DataFrame = pa.Table.from_batches(rows, _findings.SCHEMA).to_pandas(
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
        if key not in self._held:
            self._held[key] = _findings.held(self, key, self.judgement.findings(key))
        return self._held[key]

    def batches(self, table: ir.Table) -> Iterator[pa.RecordBatch]:
        """A query's rows as record batches, in bounded memory."""
        return batches(self.log.backend, table)

    def typed(self, findings: ir.Table) -> Iterator[pa.RecordBatch]:
        """The rows of a findings table with the documented schema: times know that they are UTC."""
        return (batch.cast(_findings.SCHEMA) for batch in self.batches(findings))
