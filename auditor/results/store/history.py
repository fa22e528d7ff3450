"""What a store tells: the runs of its series with their tallies, and the lives of findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Connection, func, select

from auditor.base.diagnostics import UnusableError
from auditor.base.suggest import did_you_mean
from auditor.results.store.address import address
from auditor.results.store.opening import reading
from auditor.results.store.schema import COUNTS, GROUPS, STATUSES, run, tally

COUNTED = (*COUNTS, *STATUSES, *GROUPS)


@dataclass(frozen=True)
class Tally:
    """What a run counted for one rule; `judged` is false where the log could not tell whether it ever activated."""

    rule: str
    severity: str
    draft: bool
    judged: bool
    counts: Mapping[str, int]  # by name in COUNTED


@dataclass(frozen=True)
class Night:
    """A run, with the tallies of the rules that are asked for."""

    number: int
    as_of: datetime  # naive UTC
    recorded_at: datetime
    provenance: Mapping[str, Any]
    tallies: tuple[Tally, ...] = field(default=())

    def __getitem__(self, count: str) -> int:
        """A count over all rules but drafts."""
        return sum(one.counts[count] for one in self.tallies if not one.draft)


@dataclass(frozen=True)
class Series:
    """A line of audits, oldest first; of a long one the newest."""

    name: str
    runs: int  # all of them
    nights: tuple[Night, ...]


@dataclass(frozen=True)
class History:
    """The series of a store."""

    store: str  # without password
    series: tuple[Series, ...]


def history(url: str, *, series: str | None = None, rules: Sequence[str] = (), limit: int) -> History:
    """The newest `limit` runs of each series, or of one, counting only these rules (ids or globs) where any are given.

    Raises UnusableError for a store that cannot be read, and for a series or rule that is not in it.
    """
    place = address(url)
    with reading(place) as connection:
        chosen = names(connection, series)
        wanted = rule_ids(connection, chosen, rules)
        return History(place.name, tuple(_series(connection, name, wanted, limit) for name in chosen))


def names(connection: Connection, series: str | None) -> list[str]:
    """The series that is named, or all of them."""
    known = list(connection.scalars(select(run.c.series).distinct().order_by(run.c.series)))
    if series is not None and series not in known:
        raise UnusableError("unknown-series", f"the store has no series `{series}`", help=did_you_mean(series, known))
    return known if series is None else [series]


def rule_ids(connection: Connection, series: Iterable[str], patterns: Sequence[str]) -> set[str]:
    """The rules of these series that ids and globs stand for; all without any."""
    known = set(connection.scalars(select(tally.c.rule).where(tally.c.series.in_(list(series))).distinct()))
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise UnusableError("unknown-rule", f"no run has a rule `{pattern}`", help=did_you_mean(pattern, known))
    return {name for name in known if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)}


def _series(connection: Connection, name: str, rules: set[str], limit: int) -> Series:
    mine = run.c.series == name
    total = connection.scalar(select(func.count()).select_from(run).where(mine)) or 0
    columns = (run.c.number, run.c.as_of, run.c.recorded_at, run.c.provenance)
    newest = list(connection.execute(select(*columns).where(mine).order_by(run.c.number.desc()).limit(limit)))[::-1]
    tallies = _tallies(connection, name, newest[0].number, rules)
    return Series(
        name,
        total,
        tuple(
            Night(number, as_of, recorded_at, _object(provenance), tuple(tallies.get(number, ())))
            for number, as_of, recorded_at, provenance in newest
        ),
    )


def _tallies(connection: Connection, series: str, first: int, rules: set[str]) -> dict[int, list[Tally]]:
    columns = (tally.c.number, tally.c.rule, tally.c.severity, tally.c.draft, tally.c.judged)
    query = select(*columns, *(tally.c[name] for name in COUNTED)).order_by(tally.c.number, tally.c.rule)
    found: dict[int, list[Tally]] = {}
    for number, rule, severity, draft, judged, *counts in connection.execute(
        query.where(tally.c.series == series, tally.c.number >= first)
    ):
        if rule in rules:
            counted = dict(zip(COUNTED, counts, strict=True))
            found.setdefault(number, []).append(Tally(rule, severity, draft, judged, counted))
    return found


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnusableError("store-damaged", "the provenance of a run in this store is no JSON object")
    return found
