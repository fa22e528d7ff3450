"""Time five rules over one subject of 10 thousand, 100 thousand and a million events against one hand-written query.

    python benchmarks/large_subjects.py --memory 1.2GB
    python benchmarks/large_subjects.py --events 1_000_000 --subjects 4 --runs 3

Both run as processes of their own, in turn, with the same memory limit; auditor writes its findings to Parquet as well,
the query only counts.  Fails when a count differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import duckdb
from generate import DATA, SEED
from run import HERE, QUERY, Counts, Run, compare, line, measure

RULES, BY_HAND = HERE / "rules_large.yaml", HERE / "handwritten_large.sql"
NAMES = ("report.received", "decision.made", "decision.made", "notice.sent")


def generate(events: int, subjects: int) -> Path:
    """A year of some platforms, unless it is there already; its path."""
    DATA.mkdir(exist_ok=True)
    path = DATA / f"large-{events}-{subjects}.parquet"
    if path.exists():
        return path
    unfinished = path.with_suffix(".part")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE MACRO spread(i, salt) AS CAST(hash(i * 1000 + salt + {SEED}) >> 1 AS BIGINT)")
        connection.execute(
            f"""COPY (
                SELECT 'R' || i AS report_id, 'platform-' || spread(i, 1) % {subjects} AS platform,
                    {list(NAMES)}[1 + spread(i, 2) % {len(NAMES)}] AS event,
                    CAST(TIMESTAMP '2025-01-01' + to_seconds(i * 31536000 // {events} + spread(i, 3) % 3600)
                        AS TIMESTAMPTZ) AS time,
                    'rev-' || spread(i, 4) % 40 AS actor, 'text-' || spread(i, 5) % 3 AS template
                FROM range({events}) AS numbers(i)
            ) TO '{unfinished}' (FORMAT parquet)"""
        )
    return unfinished.rename(path)


def audit(path: Path, memory: str, *more: str) -> Run:
    """One audit of a log."""
    auditor = str(Path(sys.executable).with_name("auditor"))
    command = [auditor, "check", str(path), "-r", str(RULES), "--memory", memory, *more]
    return measure(command, accepted=(0, 1))


def counts(path: Path, memory: str) -> Counts:
    """Counts by rule, from a run that lists no findings; not timed."""
    found = json.loads(audit(path, memory, "--show", "undetermined", "--format", "json").output)
    return {
        rule["id"]: {name: rule[name] for name in ("met", "violated", "pending", "exempt")} for rule in found["rules"]
    }


def main() -> None:
    """Generate, run in turn, compare, print one line per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--subjects", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--memory", default="1.2GB", help="memory limit of either side")
    given = parser.parse_args()
    print(f"{'events':10}{'auditor':>18}{'query':>18}{'ratio':>8}")
    for events in given.events:
        path = generate(events, given.subjects)
        by_hand = [sys.executable, "-c", QUERY, str(path), str(BY_HAND), "events", given.memory]
        audits, queries = [], []
        with tempfile.TemporaryDirectory() as folder:
            findings = Path(folder, "findings.parquet")
            for _ in range(given.runs):
                audits.append(audit(path, given.memory, "--quiet", "--output", f"parquet={findings}"))
                if not findings.exists():  # a crash ends with 1 as well
                    raise SystemExit("auditor wrote no findings")
                queries.append(measure(by_hand, accepted=(0,)))
        compare(counts(path, given.memory), json.loads(queries[-1].output))
        line(f"{events:<10,}", audits, queries)


if __name__ == "__main__":
    main()
