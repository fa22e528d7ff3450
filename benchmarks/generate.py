"""A log of any size, made by DuckDB from a seed: canonical columns, so that the event form needs no mapping.

    python benchmarks/generate.py --reports 1_000_000 --repeats 0.3 --form events --format parquet

About 6.7 events per report.  With `--repeats 0.3`, a second decision and a second notice stand in 30 % of the reports.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

DATA = Path(__file__).parent / "data"
SEED = 20251101

# event → (how many reports of 1000 have it, shortest and longest delay in seconds after the event it follows)
STEPS = {
    "report.acknowledged": ("report.received", 950, 1, 88_000),
    "review.assigned": ("report.received", 900, 60, 200_000),
    "decision.made": ("report.received", 920, 600, 270_000),
    "notice.sent": ("decision.made", 920, 10, 88_000),
    "report.closed": ("decision.made", 960, -20_000, 400_000),
    "content.removed": ("decision.made", 430, -90_000, 100_000),
    "referral.opened": ("report.received", 200, 60, 90_000),
    "referral.submitted": ("referral.opened", 900, 60, 95_000),
    "appeal.received": ("decision.made", 110, 600, 500_000),
    "appeal.decided": ("appeal.received", 800, 600, 700_000),
    "account.suspended": ("decision.made", 160, 60, 100_000),
    "preservation.started": ("content.removed", 350, -190_000, 190_000),
}
# event → column → value
DETAILS = {
    "report.received": {
        "category": "list_value('csam', 'grooming', 'sextortion', 'minor_harassment', 'minor_privacy', 'ncii', 'ncii',"
        " 'terror', 'other')[1 + least(chance(i, 71) % 16, 8)]",
        "minor_involved": "chance(i, 72) < 300",
        "platform": "list_value('north', 'south', 'east', 'west')[1 + chance(i, 73) % 4]",
    },
    "decision.made": {
        "decision": "list_value('violation', 'violation', 'no_violation', 'no_action')[1 + chance(i, 74) % 4]",
        "actor": "'rev-' || chance(i, 75) % 40",
    },
    "notice.sent": {
        "recipient": "CASE WHEN chance(i, 76) < 950 THEN 'reporter' ELSE 'affected_user' END",
        "template": "'text-' || chance(i, 77) % 5",
    },
    "referral.submitted": {
        "recipient": "CASE WHEN chance(i, 78) < 900 THEN 'NCMEC' ELSE 'police' END",
        "is_test": "chance(i, 79) < 20",
    },
    "appeal.decided": {
        "decision": "CASE WHEN chance(i, 80) < 700 THEN 'upheld' ELSE 'overturned' END",
        "actor": "'rev-' || chance(i, 81) % 40",
    },
}
AGAIN = {
    "decision.made": {
        "decision": "list_value('violation', 'no_violation')[1 + chance(i, 82) % 2]",
        "actor": "'rev-' || chance(i, 83) % 40",
    },
    "notice.sent": {"recipient": "'reporter'", "template": "'text-' || chance(i, 84) % 5"},
}
COLUMNS = {
    "category": "VARCHAR",
    "minor_involved": "BOOLEAN",
    "platform": "VARCHAR",
    "decision": "VARCHAR",
    "actor": "VARCHAR",
    "recipient": "VARCHAR",
    "template": "VARCHAR",
    "is_test": "BOOLEAN",
}


def time_column(event: str) -> str:
    """The column that holds an event's time in the case form."""
    return event.replace(".", "_") + "_at"


def layer(query: str, column: str, moment: str, condition: str) -> str:
    """One more time: never before the receipt, and only if the year's export still sees it."""
    condition += f" AND {moment} < TIMESTAMP '2026-01-01'"
    moment = f"greatest(report_received_at + to_seconds(1), {moment})"
    return f"SELECT *, CASE WHEN {condition} THEN {moment} END AS {column} FROM ({query})"


def case_query(reports: int, repeats: float) -> str:
    """One row per report: `i` and the time of each event; `_again` is a second occurrence."""
    layers = [f"SELECT i, TIMESTAMP '2025-01-01' + to_seconds(i * 31536000 // {reports}) AS report_received_at"]
    layers[0] += f" FROM range({reports}) AS numbers(i)"
    for salt, (event, (after, share, low, high)) in enumerate(STEPS.items()):
        moment = f"{time_column(after)} + to_seconds({low} + spread(i, {100 + salt}) % {high - low})"
        layers.append(layer(layers[-1], time_column(event), moment, f"chance(i, {salt}) < {share}"))
    for salt, (event, shortest) in enumerate({"decision.made": 3600, "notice.sent": 7200}.items(), 90):
        moment = f"{time_column(event)} + to_seconds({shortest} + spread(i, {salt}) % 900000)"
        layers.append(
            layer(layers[-1], f"{time_column(event)}_again", moment, f"chance(i, 89) < {round(repeats * 1000)}")
        )
    return layers[-1]


def event_struct(event: str, column: str, details: dict[str, str]) -> str:
    """One event as a struct of all columns."""
    values = ", ".join(f"'{name}': CAST({details.get(name, 'NULL')} AS {type_})" for name, type_ in COLUMNS.items())
    return f"{{'event': '{event}', 'time': CAST({column} AS TIMESTAMPTZ), {values}}}"


def events_query(reports: int, repeats: float) -> str:
    """One row per event, report after report, as they came in."""
    first = [event_struct(event, time_column(event), DETAILS.get(event, {})) for event in ("report.received", *STEPS)]
    second = [event_struct(event, time_column(event) + "_again", details) for event, details in AGAIN.items()]
    columns = ", ".join(f"e.{column}" for column in COLUMNS)
    return f"""
        SELECT 'R' || i AS report_id, 'c' || i // 3 AS content_id, e.event, e.time, {columns}
        FROM (SELECT i, unnest([{", ".join(first + second)}]) AS e FROM ({case_query(reports, repeats)}))
        WHERE e.time IS NOT NULL"""


def cases_query(reports: int) -> str:
    """One row per report, one column for each time and detail; read with `cases.mapping.yaml`."""
    parts = ["'R' || i AS report_id", "'c' || i // 3 AS content_id"]
    for event in ("report.received", *STEPS):
        moment = time_column(event)
        parts.append(moment)
        for column, value in DETAILS.get(event, {}).items():
            parts.append(f"CASE WHEN {moment} IS NOT NULL THEN {value} END AS {event.replace('.', '_')}_{column}")
    return f"SELECT {', '.join(parts)} FROM ({case_query(reports, 0)})"


def generate(reports: int, repeats: float, form: str, format: str, memory: str = "1.2GB") -> Path:
    """Write the log unless it is there already; its path."""
    DATA.mkdir(exist_ok=True)
    path = DATA / f"{form}-{reports}-{round(repeats * 100)}.{format}"
    if path.exists():
        return path
    if form == "cases" and repeats:
        raise SystemExit("a case table has one column per event, so no event can repeat: use --repeats 0")
    query = cases_query(reports) if form == "cases" else events_query(reports, repeats)
    unfinished = path.with_suffix(".part")
    with duckdb.connect(config={"memory_limit": memory, "preserve_insertion_order": True}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE MACRO spread(i, salt) AS CAST(hash(i * 1000 + salt + {SEED}) >> 1 AS BIGINT)")
        connection.execute("CREATE MACRO chance(i, salt) AS spread(i, salt) % 1000")
        connection.execute(f"COPY ({query}) TO '{unfinished}' (FORMAT {format})")
    return unfinished.rename(path)


def arguments() -> argparse.ArgumentParser:
    """The options that say what the log is like."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=float, default=0.0, help="share of reports in which events repeat")
    parser.add_argument("--form", choices=["events", "cases"], default="events")
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    return parser


if __name__ == "__main__":
    given = arguments().parse_args()
    print(generate(given.reports, given.repeats, given.form, given.format))
