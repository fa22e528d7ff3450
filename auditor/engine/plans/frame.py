"""What every plan hands over: a table, and for each rule the candidates on its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import IBIS_TYPES
from auditor.engine.facts import Facts
from auditor.engine.verdicts import Candidate
from auditor.rules.model import Rule


@dataclass(frozen=True)
class Branch:
    """A candidate together with what a finding tells of its activating event.

    `event` and `place` are those of the activating event; `subject` has one text expression per key of the rule;
    `evidence(part, time)` gives (place, event name) of the event of a part that has this earliest (for `bound`: latest) time, or None
    when the plan looks it up later by the table's `row`.  `attributes` are values of the activating event by field, for groups.
    """

    candidate: Candidate
    event: Any
    place: Any
    subject: tuple[Any, ...]
    attributes: Mapping[str, Any]
    located: Mapping[str, Any] | None = None


class Frame(Protocol):
    """A table of a plan, and the branches of its rules as expressions over it."""

    rules: tuple[Rule, ...]

    @property
    def table(self) -> ir.Table:
        """The rows, lazy; one row per subject or per possible activation."""

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The branches of a rule over `table`, which has at least the columns of `self.table`."""


def absent(facts: Facts, name: str) -> Any:
    """The value of a field that the log does not have: unknown, except that nothing is a test."""
    if name == "is_test" and name not in facts.log.fields:
        return ibis.literal(False)
    nothing = ibis.null(IBIS_TYPES[facts.declared(name).type])
    # compared with a bare null, Ibis asks IS NULL instead, which is true or false but never unknown
    return ibis.coalesce(nothing, nothing)
