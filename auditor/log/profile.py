"""What the log holds, counted in one pass over the events and one over the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from auditor.log import sql
from auditor.log.log import ROWS_PER_FILE, EventProfile
from auditor.log.rows import IGNORED, Rows

GRAINS = (1_000_000, 1_000)  # microseconds


@dataclass(frozen=True)
class Profiled:
    """Profiles by event, and what they add up to."""

    profile: Mapping[str, EventProfile]
    newest: datetime | None
    before_newest: datetime | None  # the next older time
    imprecise: int
    grain: int  # microseconds that every time is a multiple of: those of a second, of a millisecond, or one
    last_row: int  # the highest number of a row

    @property
    def events(self) -> int:
        return sum(item.count for item in self.profile.values())


def profiled(connection: duckdb.DuckDBPyConnection, view: str, fields: Sequence[str]) -> Profiled:
    """Count, first, last and missing values by event name."""
    missing = "".join(f", count(*) - count({sql.name(name)})" for name in fields)
    finer = "".join(f", bool_or(epoch_us(time) % {grain} <> 0)" for grain in GRAINS)
    query = (
        "SELECT event, count(*), min(time), max(time), max(time_latest, 2), count_if(time_latest > time)"
        f"{finer}, max(place % {ROWS_PER_FILE}){missing} FROM {view} GROUP BY event ORDER BY event"
    )
    found = connection.execute(query).fetchall()
    profile = {row[0]: EventProfile(row[1], row[2], row[3], dict(zip(fields, row[9:], strict=True))) for row in found}
    grain = next((size for i, size in enumerate(GRAINS) if not any(row[6 + i] for row in found)), 1)
    last_row = max((row[8] for row in found), default=0)
    newest, before, *_ = [*sorted((time for row in found for time in row[4]), reverse=True)[:2], None, None]
    return Profiled(profile, newest, before, sum(row[5] for row in found), grain, last_row)


@dataclass(frozen=True)
class Counted:
    """Rows by what became of them."""

    rows: int
    rejected: Mapping[str, int]
    ignored: Mapping[str, int]


def counted(connection: duckdb.DuckDBPyConnection, parts: Sequence[Rows]) -> Counted:
    """Rows read, rejected and ignored, by reason."""
    total = 0
    rejected: dict[str, int] = {}
    ignored: dict[str, int] = {}
    for rows in parts:
        before = sum(rejected.values()) + sum(ignored.values())
        for number, count in connection.execute(f"SELECT reason, count(*) FROM {rows.name} GROUP BY reason").fetchall():
            total += count
            if number == 1:
                ignored[IGNORED] = ignored.get(IGNORED, 0) + count
            elif number:
                reason = rows.checks[number - 2].reason
                rejected[reason] = rejected.get(reason, 0) + count
        rows.faultless = before == sum(rejected.values()) + sum(ignored.values())
        for item in rows.lost:
            total += item.lines
            rejected[item.reason] = rejected.get(item.reason, 0) + item.lines
    return Counted(total, dict(sorted(rejected.items())), ignored)
