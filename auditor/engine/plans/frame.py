"""What every plan hands over: a table, and the terms of its rules on the rows of that table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir

from auditor.engine.conditions import IBIS_TYPES
from auditor.engine.facts import Facts
from auditor.engine.logic import Truth
from auditor.engine.terms import Ends, Finder, Shape, Terms, shape_of, unrecorded_parts
from auditor.rules.model import Rule

RECEIVED = "report.received"
Shift = Callable[[int], Ends]  # the activation moved by the rule's length: forwards with 1, back with -1


@dataclass(frozen=True)
class Branch:
    """The terms of one rule on the rows of a table, and what a finding tells of the activating event.

    `event`, `place` and `subject` (text, null where unknown) are those of the activating event, `attributes` its
    values by field, for groups.  `locate(part, time)` gives place and name (packed in one number) and time of the event
    of a part that has this witness time; None where there can be none.
    """

    rule: Rule
    terms: Terms
    event: Any
    place: Any
    subject: Any
    attributes: Mapping[str, Any]
    locate: Any = None


class Frame(Protocol):
    """A table of a plan that has one row per subject or per event, and the branches of its rules over it."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that it judges, in order."""

    @property
    def table(self) -> ir.Table:
        """The rows, lazy."""

    def branches(self, table: ir.Table, rule: Rule) -> list[Branch]:
        """The branches of a rule over `table`, which has at least the columns of `self.table`."""


def terms_of(
    rule: Rule,
    facts: Facts,
    *,
    present: Truth,
    unsure: Truth,
    straddles: Truth,
    start: Ends,
    subject_known: Truth,
    protected: Truth,
    finder: Finder,
    shift: Shift | None = None,
) -> Terms:
    """The terms of one rule, known when the query is made; `shift` moves its activation where a clock does."""
    shape, shift = Shape(**shape_of(rule)), shift or plain_shift(rule, facts, start)
    lo, due = lower(rule, start, shift), upper(rule, start, shift)
    return Terms(
        shape, present, unsure, straddles, start, lambda _: lo, lambda _: due, subject_known,
        protected, unrecorded_parts(rule, facts), finder, facts.precise,
    )  # fmt: skip


def lower(rule: Rule, start: Ends, shift: Shift) -> Ends | None:
    """Where the window begins: at the activation, a duration before it, or nowhere."""
    shape = shape_of(rule)
    if not (shape["backward"] or shape["around"]):
        return start
    return shift(-1) if rule.obligation.within else None


def upper(rule: Rule, start: Ends, shift: Shift) -> Ends | None:
    """Where a window that does not end at the activation ends by its duration; an assertion's ends at once."""
    shape = shape_of(rule)
    if shape["asserts"]:
        return start
    return shift(1) if rule.obligation.within and not shape["backward"] else None


def signs(rule: Rule) -> tuple[int, ...]:
    """The directions in which a length of time moves the activation: 1 to the window's end, -1 to its beginning."""
    shape = shape_of(rule)
    return (-1, 1) if shape["around"] else (-1,) if shape["backward"] else (1,)


def plain_shift(rule: Rule, facts: Facts, start: Ends) -> Shift:
    """Moves the activation by elapsed or calendar time."""

    def shifted(sign: int) -> Ends:
        within = rule.obligation.within
        assert within is not None  # noqa: S101 - asked only where a duration is given
        clock = facts.clock(rule)
        earliest = clock.shift(start[0], within, sign)
        return earliest, earliest if facts.precise else clock.shift(start[1], within, sign)

    return shifted


def strict_at(rule: Rule, part: str) -> bool:
    """Whether the window of a part is open at the activation."""
    if part == "bound":
        return rule.obligation.before == "next"
    return part == "match" and rule.obligation.kind in ("not_followed_by", "not_preceded_by")


def ordered(left: Any, right: Any, strict: Truth) -> Any:
    """left <= right, or < where strict."""
    if isinstance(strict, bool):
        return left < right if strict else left <= right
    return ibis.ifelse(strict, left < right, left <= right)


def absent(facts: Facts, name: str) -> Any:
    """The value of a field that the log does not have: unknown, except that nothing is a test."""
    if name == "is_test" and name not in facts.log.fields:
        return ibis.literal(False)
    nothing = ibis.null(IBIS_TYPES[facts.declared(name).type])
    # compared with a bare null, Ibis asks IS NULL instead, which is true or false but never unknown
    return ibis.coalesce(nothing, nothing)


def subject_text(keys: list[Any]) -> Any:
    """The subject as text: the value of one key, or a JSON array of several; null when any is unknown."""
    if len(keys) == 1:
        return keys[0].cast("string")
    made: Any = ibis.literal("[")
    for i, key in enumerate(keys):
        text = key.cast("string").replace("\\", "\\\\").replace('"', '\\"')
        made = made + ibis.literal(', "' if i else '"') + text + ibis.literal('"')
    return made + ibis.literal("]")
