"""The life of a finding: when it was first seen, how long it was open with which verdict, when it was resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from auditor.base.diagnostics import UnusableError
from auditor.results.store.address import address
from auditor.results.store.history import names, rule_ids
from auditor.results.store.opening import reading
from auditor.results.store.runs import graded
from auditor.results.store.schema import finding, run, spell
from auditor.results.store.values import damaged

SHORTEST = 4  # characters of the beginning of a fingerprint


@dataclass(frozen=True)
class Moment:
    """A run, and the moment that it judged as of (naive UTC)."""

    run: int
    as_of: datetime


@dataclass(frozen=True)
class Spell:
    """A time in which a finding was open with one verdict."""

    verdict: str
    first: Moment
    last: Moment  # that saw it
    ended: Moment | None  # that found it otherwise; None: open
    ended_as: str | None  # resolved, or the verdict that it then had


@dataclass(frozen=True)
class Life:
    """A finding and its spells, oldest first."""

    series: str
    fingerprint: str
    rule: str
    severity: str  # where the rule was judged last
    draft: bool
    subject: str | None
    activated_at: datetime
    newest: Moment  # the newest run of the series
    spells: tuple[Spell, ...]

    @property
    def open(self) -> bool:
        """No run has found it resolved since it was last seen."""
        return self.spells[-1].ended is None


def by_fingerprint(url: str, beginning: str, *, series: str | None = None, rules: Sequence[str] = ()) -> list[Life]:
    """The finding whose fingerprint begins so, in each series that has it.

    Raises UnusableError where there is none, or more than one.
    """
    text = beginning.lower()
    if len(text) < SHORTEST or not set(text) <= set("0123456789abcdef"):
        help = f"give {SHORTEST} or more of its hexadecimal digits"
        raise UnusableError("bad-fingerprint", f"`{beginning}` is no beginning of a fingerprint", help=help)
    found = _lives(url, finding.c.fingerprint.startswith(text), series, rules)
    several = {life.fingerprint for life in found}
    if len(several) > 1:
        help = "give more digits: " + ", ".join(sorted(several)[:5])
        raise UnusableError("ambiguous-fingerprint", f"{len(several)} findings begin with `{beginning}`", help=help)
    if not found:
        raise UnusableError("unknown-fingerprint", f"the store has no finding `{beginning}`")
    return found


def by_subject(url: str, subject: str, *, series: str | None = None, rules: Sequence[str] = ()) -> list[Life]:
    """All findings on a subject, by series, activation and rule.  Raises UnusableError where there is none."""
    found = _lives(url, finding.c.subject == subject, series, rules)
    if not found:
        raise UnusableError("unknown-subject", f"the store has no finding on `{subject}`")
    return found


def _lives(url: str, which: ColumnElement[bool], series: str | None, rules: Sequence[str]) -> list[Life]:
    with reading(address(url)) as connection:
        chosen = names(connection, series)
        wanted = rule_ids(connection, chosen, rules)
        return [life for name in chosen for life in _of_series(connection, name, which, wanted)]


def _of_series(connection: Connection, series: str, which: ColumnElement[bool], rules: set[str]) -> list[Life]:
    columns = [finding.c[name] for name in ("id", "fingerprint", "rule", "subject", "activated_at")]
    query = select(*columns, *(column for column in spell.c if column is not spell.c.finding))
    query = query.join(spell, spell.c.finding == finding.c.id).where(finding.c.series == series, which)
    query = query.order_by(finding.c.activated_at, finding.c.rule, finding.c.id, spell.c.first_run)
    rows: dict[int, list[Any]] = {}
    for row in connection.execute(query):
        if row.rule in rules:
            rows.setdefault(row.id, []).append(row)
    runs_of_series = select(run.c.number, run.c.as_of).where(run.c.series == series).order_by(run.c.number)
    moments = {number: Moment(number, as_of) for number, as_of in connection.execute(runs_of_series)}
    grades = {row.rule: row for row in connection.execute(graded(series))}
    return [_life(series, found, grades, moments) for found in rows.values()]


def _life(series: str, rows: Sequence[Any], grades: Mapping[str, Any], moments: Mapping[int, Moment]) -> Life:
    first, spells = rows[0], []
    for one in rows:
        began, seen = (_of(moments, number, "a run") for number in (one.first_run, one.last_run))
        ended = None if one.ended_run is None else _of(moments, one.ended_run, "a run")
        spells.append(Spell(one.verdict, began, seen, ended, one.ended_as))
    grade, newest = _of(grades, first.rule, "a rule"), moments[max(moments)]
    return Life(series, first.fingerprint, first.rule, grade.severity, grade.draft, first.subject, first.activated_at,
                newest, tuple(spells))  # fmt: skip


def _of(known: Mapping[Any, Any], key: object, what: str) -> Any:
    if key not in known:
        raise damaged(key, what)
    return known[key]
