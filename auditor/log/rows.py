"""The row table: one row per source row, with cells, values, times and the reason of its rejection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from auditor.base.diagnostics import UnusableError
from auditor.log import sql
from auditor.log.gaps import segments
from auditor.log.log import ROWS_PER_FILE
from auditor.log.plan import Plan
from auditor.log.scans import UNREADABLE, Scan, fresh
from auditor.log.text_scans import CsvScan
from auditor.log.times import Check

IGNORED = "unmapped_event"
FEW_RUNS = 400


@dataclass(frozen=True)
class Lost:
    """A record that could not even be split into cells."""

    reason: str
    file: int
    row: int
    lines: int


@dataclass
class Rows:
    """The row table of one part of a mapping."""

    plan: Plan
    name: str
    place: str  # expression
    checks: list[Check]  # reason number n (from 2) is checks[n - 2]; 0 is accepted, 1 ignored
    files: list[int]
    lost: list[Lost] = field(default_factory=list)
    faultless: bool = False  # every row was accepted: nothing needs to be asked again

    @property
    def accepted(self) -> str:
        """The condition on accepted rows."""
        return "true" if self.faultless else "reason = 0"


def read(
    connection: duckdb.DuckDBPyConnection, plan: Plan, scans: dict[int, Scan], nulls: Sequence[str], *, keep_lazy: bool
) -> Rows:
    """Read the scans (by file number) into a row table: a view where that is cheap, else a table."""
    used = dict(plan.cells.used)
    checks = _checks(plan, scans)
    name = fresh("rows")
    rows = Rows(plan, name, "place", checks, list(scans))
    for head, body in plan.layers.macros.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {head} AS {body}")
    selects = {number: scan.select(used, plan.cells.kinds, nulls) for number, scan in scans.items()}
    if keep_lazy and not plan.layers.heavy and all(scan.lazy for scan in scans.values()):
        parts = [
            f"SELECT * EXCLUDE (row_number), {number * ROWS_PER_FILE} + row_number AS place FROM ({select})"
            for number, select in selects.items()
        ]
        connection.execute(f"CREATE TEMP VIEW {name} AS {_layered(plan, checks, ' UNION ALL '.join(parts), 'place')}")
        return rows
    runs: list[tuple[int, int]] = []  # (first rowid, place of rowid 0 in that run's numbering)
    start = 0
    for number, select in selects.items():
        scan = scans[number]
        query = _layered(plan, checks, select, "row_number" if scan.row else "")
        verb = f"INSERT INTO {name}" if start or runs else f"CREATE TEMP TABLE {name} AS"
        if scan.row:
            query = f"SELECT * EXCLUDE (row_number) FROM ({query}) ORDER BY row_number"
        try:
            connection.execute(f"{verb} {query}")
        except UNREADABLE as error:
            raise scan.explain(error) from None
        lost = scan.lost()
        rows.lost += [Lost(reason, number, row, lines) for row, reason, lines in lost]
        gaps = [row for row, _, _ in lost] + [*scan.blank]
        shift = scan.first_row - 2
        runs += [
            (start + index, number * ROWS_PER_FILE + first + shift - start)
            for index, first in segments(row - shift for row in gaps)
        ]
        start = _count(connection, name)
    rows.place = _place(connection, rows, runs)
    return rows


def _checks(plan: Plan, scans: dict[int, Scan]) -> list[Check]:
    first: list[Check] = []
    broken = [scan for scan in scans.values() if scan.broken_reason]
    if broken:
        first.append(Check(broken[0].broken_reason, "", "broken", None))
    if any(isinstance(scan, CsvScan) for scan in scans.values()) and plan.cells.used:
        repeated = " AND ".join(f"{alias} = {sql.text(name)}" for name, alias in plan.cells.used.items())
        first.append(Check("repeated_header", "", repeated, None))
    return first + plan.layers.checks


def _layered(plan: Plan, checks: Sequence[Check], select: str, extra: str) -> str:
    """The query from cells to rows: parsed times, local bounds, UTC, values, and last the reason."""
    query = select
    for layer in (plan.layers.cells, plan.layers.parsed, plan.layers.local, plan.layers.utc, plan.computed):
        if layer:
            added = ", ".join(f"{expression} AS {alias}" for alias, expression in layer.items())
            query = f"SELECT *, {added} FROM ({query})"
    whens = [f"WHEN {check.when} THEN {number}" for number, check in enumerate(checks, 2)]
    if plan.ignore:
        whens.insert(
            sum(check.reason in ("bad_json", "repeated_header") for check in checks[:2]), f"WHEN {plan.ignore} THEN 1"
        )
    reason = f"CASE {' '.join(whens)} ELSE 0 END" if whens else "0"
    kept = [*plan.cells.used.values(), *plan.computed, *([extra] if extra else [])]
    return f"SELECT {', '.join(kept)}, CAST({reason} AS UTINYINT) AS reason FROM ({query})"


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(found[0]) if found else 0


def _place(connection: duckdb.DuckDBPyConnection, rows: Rows, runs: list[tuple[int, int]]) -> str:
    """The expression for `place`; where files have very many gaps, a column of the table is made first."""
    if len(runs) <= FEW_RUNS:
        return _tree([first for first, _ in runs[1:]], [base for _, base in runs])
    listed = ", ".join(f"({first}, {base})" for first, base in runs)
    numbered = fresh("rows")
    connection.execute(
        f"CREATE TEMP TABLE {numbered} AS SELECT t.*, t.number + run.base AS place "
        f"FROM (SELECT *, rowid AS number FROM {rows.name}) AS t "
        f"ASOF JOIN (VALUES {listed}) AS run(first, base) ON t.number >= run.first"
    )
    connection.execute(f"DROP TABLE {rows.name}")
    rows.name = numbered
    return "place"


def _tree(bounds: list[int], bases: list[int]) -> str:
    if not bounds:
        return f"rowid + {bases[0]}"
    middle = len(bounds) // 2
    left = _tree(bounds[:middle], bases[: middle + 1])
    right = _tree(bounds[middle + 1 :], bases[middle + 1 :])
    return f"CASE WHEN rowid < {bounds[middle]} THEN {left} ELSE {right} END"


def fail_without_zone(connection: duckdb.DuckDBPyConnection, rows: Rows, labels: Sequence[str]) -> None:
    """Raise when a time without offset was met and no zone is stated: which zone is never guessed."""
    from auditor.base.diagnostics import Place

    numbers = {n: check for n, check in enumerate(rows.checks, 2) if check.reason == "no_timezone"}
    if not numbers:
        return
    query = (
        f"SELECT reason, {rows.place} AS place FROM {rows.name} "
        f"WHERE reason IN ({', '.join(map(str, numbers))}) ORDER BY place LIMIT 1"
    )
    found = connection.execute(query).fetchone()
    if found is None:
        return
    file, row = divmod(int(found[1]), ROWS_PER_FILE)
    raise UnusableError(
        "timezone-needed",
        f"the times in `{numbers[int(found[0])].column}` carry no offset, and the mapping states no zone",
        place=Place(labels[file], row),
        help="state the zone of the source in the mapping, for example `timezone: UTC` or `timezone: Europe/Paris`",
    )
