"""Rejected rows as a table: reason, file, row, column and the value of that one cell; never the whole row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from auditor.base.diagnostics import Place, UnusableError
from auditor.log import sql
from auditor.log.log import ROWS_PER_FILE
from auditor.log.profile import Counted
from auditor.log.rows import Rows
from auditor.log.scans import fresh

CLIP = 80
SHOWN = 5
REMEDIES = {
    "bad_time": 'the mapping states how times are written: `time: {column: …, format: "%d/%m/%Y %H:%M"}`',
    "no_time": "an event needs a time; a case table, where a row has several, stands under `events`",
    "nonexistent_time": "the clock of `timezone` skips these times; perhaps the source counts in another zone",
    "no_id": "`fields` states which columns hold references, such as `report_id`",
    "unknown_event": "the mapping says what the names stand for: `event: {column: …, values: {…}, else: ignore}`",
    "unknown_value": "the mapping says what the values stand for: `{column: …, values: {…}, else: …}`",
    "ragged_row": "these rows have more or fewer cells than the header",
    "bad_quotes": "a quote inside a quoted cell is doubled",
}


def table(connection: duckdb.DuckDBPyConnection, parts: Sequence[Rows], labels: Sequence[str]) -> str:
    """The name of a temporary table of rejected rows, in file order."""
    name = fresh("rejected")
    connection.execute(
        f'CREATE TEMP TABLE {name} (reason VARCHAR, file INTEGER, row BIGINT, "column" VARCHAR, value VARCHAR)'
    )
    for rows in parts:
        connection.execute(f"INSERT INTO {name} {_query(rows)}")
        if rows.lost:
            connection.executemany(
                f"INSERT INTO {name} VALUES (?, ?, ?, NULL, NULL)",
                [[item.reason, item.file, item.row] for item in rows.lost],
            )
    ordered = fresh("rejects")
    names = sql.case("CAST(file AS VARCHAR)", {str(i): label for i, label in enumerate(labels)}, "NULL")
    connection.execute(
        f'CREATE TEMP TABLE {ordered} AS SELECT reason, {names} AS file, row, "column", value '
        f"FROM {name} AS r ORDER BY r.file, row"
    )
    connection.execute(f"DROP TABLE {name}")
    return ordered


def _query(rows: Rows) -> str:
    reasons: Mapping[str, str | None] = {str(n): check.reason for n, check in enumerate(rows.checks, 2)}
    columns: Mapping[str, str | None] = {str(n): check.column or None for n, check in enumerate(rows.checks, 2)}
    shown = [
        f"WHEN {n} THEN left(CAST({check.raw} AS VARCHAR), {CLIP})"
        for n, check in enumerate(rows.checks, 2)
        if check.raw
    ]
    value = f"CASE reason {' '.join(shown)} END" if shown else "NULL"
    number = "CAST(reason AS VARCHAR)"
    return (
        f"SELECT {sql.case(number, reasons, 'NULL')}, place // {ROWS_PER_FILE}, place % {ROWS_PER_FILE}, "
        f"{sql.case(number, columns, 'NULL')}, {value} "
        f"FROM (SELECT * {'' if rows.place == 'place' else f', {rows.place} AS place'} "
        f"FROM {rows.name} WHERE reason > 1)"
    )


def fail_above(connection: duckdb.DuckDBPyConnection, counted: Counted, rejects: str | None, share: float) -> None:
    """Raise when more than `share` of the rows were rejected: the counts by reason, and the first places."""
    total = sum(counted.rejected.values())
    if rejects is None or total <= share * counted.rows:
        return
    by_reason = ", ".join(f"{reason} {count}" for reason, count in counted.rejected.items())
    query = f'SELECT file, row, reason, "column" FROM {rejects} LIMIT {SHOWN}'
    first = [
        f"{file}:{row} {reason}" + (f" in `{column}`" if column else "")
        for file, row, reason, column in connection.execute(query).fetchall()
    ]
    most = max(counted.rejected, key=lambda reason: counted.rejected[reason])
    remedy = f"{REMEDIES[most]}. " if most in REMEDIES else ""
    raise UnusableError(
        "too-many-rejects",
        f"{total} of {counted.rows} rows cannot be read ({by_reason}); "
        f"more than {100 * share:.4g} % of them are not accepted",
        place=Place(first[0].partition(" ")[0].rpartition(":")[0]) if first else None,
        help=f"{remedy}First: {'; '.join(first)}. --rejects FILE writes all with their values; "
        "--max-rejects SHARE accepts more",
    )
