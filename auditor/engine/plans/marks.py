"""Marks: for every pattern of the rules, the times of the rows that match it; null where a row does not.

A pattern has a mark of what matches certainly and, where its condition can be unknown, one of what does so possibly.
A pattern that ties its events to the activating one by a shared value is looked for among the rows of that value; in
doubt, what has no value matches every activation (`keyless`), and one without a value is matched by all (`every`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns
from auditor.engine.logic import Truth, both, expression
from auditor.engine.plans.frame import absent, strict_at
from auditor.engine.plans.rows import Bits, names_trigger
from auditor.engine.plans.ties import tied_by
from auditor.engine.terms import STAMP
from auditor.rules.model import Pattern, Rule

Read = Callable[[str], Any]  # what a plan has found for a mark, by its name
Join = Callable[..., Any]  # makes one of what it has found for two marks


@dataclass(frozen=True)
class Mark:
    """A column of times; `keys` are the columns in which an activation and its matches are alike."""

    name: str
    mask: str
    keys: tuple[str, ...] = ("subject",)
    without: str | None = None  # only rows that lack this column


@dataclass(frozen=True)
class Marks:
    """The patterns that some rules look for, numbered."""

    facts: Facts
    rules: tuple[Rule, ...]
    bits: Bits

    @cached_property
    def numbers(self) -> dict[Pattern, int]:
        """The number of each pattern."""
        return {pattern: number for number, (pattern, _) in enumerate(self._sought.items())}

    @cached_property
    def strict(self) -> frozenset[Pattern]:
        """The patterns that some rule looks for strictly before or after its activation."""
        return frozenset(
            pattern for rule in self.rules for part, pattern in patterns(rule).items() if strict_at(rule, part)
        )

    @cached_property
    def _sought(self) -> dict[Pattern, set[str]]:
        """By pattern, the names of the events for which it is looked for."""
        found: dict[Pattern, set[str]] = {}
        for rule in self.rules:
            for pattern in patterns(rule).values():
                found.setdefault(pattern, set()).update(self.facts.activating(rule))
        return found

    def doubtful(self, pattern: Pattern) -> bool:
        """Whether the pattern's condition can be unknown on these rows."""
        names, activating = self.facts.occurring(pattern), self._sought[pattern]
        return any(self.facts.may_be_unknown(pattern.where, name, activating) for name in names)

    def has(self, table: ir.Table, mask: str, test: Pattern | None) -> Truth:
        """Whether rows certainly (`known`) or possibly (`maybe`) pass a test, as far as it is theirs alone."""
        if test is None:
            return True
        word, bit = self.bits.of[test]
        found: Truth = (table[f"{mask}{word}"] & bit) != 0
        return found

    def of(self, pattern: Pattern) -> list[Mark]:
        """The marks of a pattern."""
        number, tie, doubtful = self.numbers[pattern], _key(pattern), self.doubtful(pattern)
        keys = ("subject",) if tie is None else ("subject", tie)
        made = [Mark(f"known{number}_at", "known", keys)]
        if doubtful:
            made.append(Mark(f"maybe{number}_at", "maybe", keys))
        if doubtful and tie is not None:
            made += [Mark(f"keyless{number}_at", "maybe", without=tie), Mark(f"every{number}_at", "maybe")]
        return made

    def keyed(self, rows: ir.Table) -> ir.Table:
        """`rows` with the columns that tie events, empty where the log does not have them."""
        ties = {name for pattern in self.numbers if (name := tied_by(pattern))} - set(self.facts.log.fields)
        return rows.mutate(
            **{f"f_{name}": absent(self.facts, name) for name in sorted(ties - set(self.facts.log.fields))}
        )

    def marked(self, rows: ir.Table) -> dict[str, Any]:
        """The columns of all marks over `keyed` rows."""
        return {mark.name: self._times(rows, pattern, mark) for pattern in self.numbers for mark in self.of(pattern)}

    def _times(self, rows: ir.Table, pattern: Pattern, mark: Mark) -> Any:
        wanted = [self.has(rows, mark.mask, pattern), *(rows[key].notnull() for key in mark.keys)]
        if mark.without is not None:
            wanted.append(rows[mark.without].isnull())
        return ibis.ifelse(expression(both(*wanted)), rows.time, ibis.null(STAMP))

    def told(self, table: ir.Table, pattern: Pattern, read: Read, join: Join, *, loose: bool) -> Any:
        """What `read` has found for what matches certainly, or possibly (`loose`)."""
        number, tie = self.numbers[pattern], _key(pattern)
        if not loose or not self.doubtful(pattern):
            return read(f"known{number}_at")
        found = read(f"maybe{number}_at")
        if tie is None:
            return found
        known = join(found, read(f"keyless{number}_at"))
        return ibis.ifelse(table[tie].isnull(), read(f"every{number}_at"), known)


def answerable(pattern: Pattern) -> bool:
    """Whether marks can say what matches: the condition ties an event to the activating one by one value at most."""
    return not names_trigger(pattern) or tied_by(pattern) is not None


def _key(pattern: Pattern) -> str | None:
    tie = tied_by(pattern)
    return None if tie is None else f"f_{tie}"
