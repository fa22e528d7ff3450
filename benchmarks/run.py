"""Time `auditor check` against one hand-written DuckDB query that computes the same counts.

    python benchmarks/run.py --reports 1_000_000 --repeats 0.3 --runs 3

Both run as processes of their own, in turn, with the same memory limit; start-up is included.  auditor writes its
findings to Parquet as well, the query only counts.  Fails when a count differs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from generate import arguments, generate

HERE = Path(__file__).parent
RULES = HERE / "rules20.yaml"
QUERY = """
import json, sys, duckdb
path, query, form, memory = sys.argv[1:]
connection = duckdb.connect(config={"memory_limit": memory})
connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")  # the bar would go to stdout
connection.execute(f"CREATE VIEW {form} AS FROM '{path}'")
rows = connection.execute(open(query).read()).fetchall()
print(json.dumps({rule: dict(zip(["met", "violated", "pending", "exempt"], counts)) for rule, *counts in rows}))
"""
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Run:
    """One process: how long it took, its largest resident size, what it printed."""

    seconds: float
    megabytes: float
    output: str


def measure(command: list[str], *, accepted: tuple[int, ...]) -> Run:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            raise SystemExit(f"{command[0]} ended with exit code {process.returncode}")
        output.seek(0)
        return Run(seconds, usage.ru_maxrss / 1024, output.read().decode())


def query_command(path: Path, form: str, memory: str) -> list[str]:
    """The hand-written query, in a Python of its own."""
    query = HERE / ("handwritten.sql" if form == "events" else "handwritten_cases.sql")
    return [sys.executable, "-c", QUERY, str(path), str(query), form, memory]


def audit_command(path: Path, form: str, memory: str, *more: str) -> list[str]:
    """The audit, from the command line."""
    mapping = ["-m", str(HERE / "cases.mapping.yaml")] if form == "cases" else []
    auditor = str(Path(sys.executable).with_name("auditor"))
    return [auditor, "check", str(path), "-r", str(RULES), *mapping, "--memory", memory, *more]


def audit_counts(path: Path, form: str, memory: str) -> Counts:
    """Counts by rule, from a run of their own that lists next to no findings; not timed."""
    command = audit_command(path, form, memory, "--show", "undetermined", "--format", "json")
    audit = json.loads(measure(command, accepted=(0, 1)).output)
    if any(rule["undetermined"] for rule in audit["rules"]):
        raise SystemExit("a verdict is undetermined: the generated log should leave nothing open")
    return {
        rule["id"]: {name: rule[name] for name in ("met", "violated", "pending", "exempt")} for rule in audit["rules"]
    }


def compare(audited: Counts, queried: Counts) -> None:
    """Stop when the two disagree on a rule."""
    differing = [rule for rule in {**audited, **queried} if audited.get(rule) != queried.get(rule)]
    for rule in differing:
        print(f"{rule}: auditor {audited.get(rule)}, query {queried.get(rule)}", file=sys.stderr)
    if differing:
        raise SystemExit(f"{len(differing)} of {len(queried)} rules have other counts")


def main() -> None:
    """Generate, run in turn, print one line per run and the medians."""
    parser = arguments()
    parser.description = __doc__
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="1.2GB", help="memory limit of either side")
    parser.add_argument("--no-counts", action="store_true", help="leave out the untimed run that compares the counts")
    given = parser.parse_args()
    path = generate(given.reports, given.repeats, given.form, given.format, given.memory)
    print(
        f"{given.reports:,} reports, {given.repeats:.0%} with repeats, {path.name}, {path.stat().st_size / 1e6:,.0f} MB"
    )

    findings = path.with_suffix(".findings.parquet")
    audits, queries = [], []
    print(f"{'':8}{'auditor':>18}{'query':>18}{'ratio':>8}")
    for number in range(given.runs):
        findings.unlink(missing_ok=True)
        command = audit_command(path, given.form, given.memory, "--quiet", "--output", f"parquet={findings}")
        audits.append(measure(command, accepted=(0, 1)))
        if not findings.exists():  # a crash ends with 1 as well
            raise SystemExit("auditor wrote no findings")
        queries.append(measure(query_command(path, given.form, given.memory), accepted=(0,)))
        line(f"run {number + 1}", audits[-1:], queries[-1:])
    line("median", audits, queries)
    findings.unlink()

    if not given.no_counts:
        queried: Counts = json.loads(queries[-1].output)
        compare(audit_counts(path, given.form, given.memory), queried)
        print(f"the counts of all {len(queried)} rules agree")


def line(name: str, audits: list[Run], queries: list[Run]) -> None:
    """Medians of seconds and megabytes, and the ratio of the times."""
    cells, seconds = [], []
    for runs in (audits, queries):
        seconds.append(statistics.median(run.seconds for run in runs))
        cells.append(f"{seconds[-1]:7.2f} s {statistics.median(run.megabytes for run in runs):5,.0f} MB")
    print(f"{name:8}{cells[0]:>18}{cells[1]:>18}{seconds[0] / seconds[1]:>8.2f}")


if __name__ == "__main__":
    main()
