"""Time five rules on business hours against the same five on elapsed time.

    python benchmarks/clocks.py --reports 1_500_000 --runs 3 --memory 1.5GB

Both are `auditor check` in a process of its own, in turn, with the same memory limit; findings go to Parquet.  With the
same lengths the elapsed side finds, and writes, far more violations; `--times 2` gives it about as many to write.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from generate import arguments, generate
from run import HERE, Run, line, measure

RULES = HERE / "rules5.yaml"


def elapsed(folder: Path, times: int) -> Path:
    """The same rules without their clock, with so many times the length."""
    lines = RULES.read_text(encoding="utf-8").splitlines(keepends=True)
    begin, end = lines.index("clocks:\n"), lines.index("rules:\n")
    plain = folder / RULES.name
    text = "".join(kept for kept in lines[:begin] + lines[end:] if kept.strip() != "clock: office")
    plain.write_text(re.sub(r"(\d+)h", lambda found: f"{times * int(found[1])}h", text), encoding="utf-8")
    return plain


def audit(path: Path, rules: Path, folder: Path, memory: str) -> Run:
    """One audit of a log."""
    findings = folder / "findings.parquet"
    findings.unlink(missing_ok=True)
    auditor = str(Path(sys.executable).with_name("auditor"))
    command = [
        auditor,
        "check",
        str(path),
        "-r",
        str(rules),
        "--memory",
        memory,
        "-q",
        "--output",
        f"parquet={findings}",
    ]
    run = measure(command, accepted=(0, 1))
    if not findings.exists():  # a crash ends with 1 as well
        raise SystemExit("auditor wrote no findings")
    return run


def main() -> None:
    """Generate, run in turn, print one line per run and the medians."""
    parser = arguments()
    parser.description = __doc__
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="1.2GB", help="memory limit of either side")
    parser.add_argument("--times", type=int, default=1, help="how many times the length on the elapsed side")
    given = parser.parse_args()
    path = generate(given.reports, given.repeats, given.form, given.format, given.memory)
    print(f"{given.reports:,} reports, {path.name}, {path.stat().st_size / 1e6:,.0f} MB")
    hours, plain = [], []
    found = []
    print(f"{'':8}{'business hours':>18}{'elapsed':>18}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(given.runs):
            hours.append(audit(path, RULES, folder, given.memory))
            found.append(pq.read_metadata(folder / "findings.parquet").num_rows)
            plain.append(audit(path, elapsed(folder, given.times), folder, given.memory))
            found.append(pq.read_metadata(folder / "findings.parquet").num_rows)
            line(f"run {number + 1}", hours[-1:], plain[-1:])
    line("median", hours, plain)
    print(f"findings: {found[0]:,} on business hours, {found[1]:,} on elapsed time")


if __name__ == "__main__":
    main()
