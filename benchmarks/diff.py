"""Time `auditor diff` of a changed deadline against one audit of the same pack, and compare it with two audits.

    python benchmarks/diff.py --reports 1_000_000 --runs 3

The pack is `rules20.yaml`; the change makes 12 h of its 24 h, in seven rules.  Each runs in a process of its own, in
turn, with the same memory limit; findings go to Parquet, the diff to JSON.  Fails when the findings that the diff lists
are not those that differ between an audit by the old rules and one by the new ones, by fingerprint.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
from generate import arguments, generate
from run import RULES, Run, measure

DIFFERENCES = """
SELECT coalesce(old.fingerprint, new.fingerprint),
       CASE WHEN old.fingerprint IS NULL THEN 'appears' WHEN new.fingerprint IS NULL THEN 'vanishes'
            WHEN old.verdict <> new.verdict THEN 'verdict' ELSE 'due' END
FROM '{old}' AS old FULL JOIN '{new}' AS new USING (fingerprint)
WHERE old.fingerprint IS NULL OR new.fingerprint IS NULL OR old.verdict <> new.verdict
   OR old.due_at IS DISTINCT FROM new.due_at
"""


def changed(folder: Path) -> Path:
    """The rules with half the length wherever it was a day."""
    path = folder / "new.yaml"
    path.write_text(re.sub(r"\b24h\b", "12h", RULES.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def timed(command: str, log: Path, output: str, memory: str, *more: str) -> Run:
    """One run of a command that writes a file."""
    auditor = str(Path(sys.executable).with_name("auditor"))
    path = Path(output.partition("=")[2])
    path.unlink(missing_ok=True)
    run = measure([auditor, command, str(log), "--memory", memory, "-q", "--output", output, *more], accepted=(0, 1))
    if not path.exists():  # a crash ends with 1 as well
        raise SystemExit(f"{command} wrote nothing")
    return run


def listed(path: Path) -> dict[str, str]:
    """The changes that the diff lists: fingerprint → what changes.  A case is one line of the file."""
    found: dict[str, str] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"rule_id"'):
                case = json.loads(line.rstrip(",\n"))
                found[case["fingerprint"]] = case["change"]
    return found


def compare(folder: Path) -> Counter[str]:
    """Stop when the changes are not the differences of the two audits; else how many there are of each kind."""
    query = DIFFERENCES.format(old=folder / "old.parquet", new=folder / "new.parquet")
    with duckdb.connect() as connection:
        expected = dict(connection.execute(query).fetchall())
    found = listed(folder / "diff.json")
    if found != expected:
        raise SystemExit(f"{len(found.items() ^ expected.items()):,} changes differ from those between the audits")
    return Counter(found.values())


def main() -> None:
    """Generate, run in turn, compare, print one line per run and the medians."""
    parser = arguments()
    parser.description = __doc__
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="1.2GB", help="memory limit of each process")
    given = parser.parse_args()
    path = generate(given.reports, given.repeats, given.form, given.format, given.memory)
    print(f"{given.reports:,} reports, {given.repeats:.0%} with repeats, {path.name}")
    audits, diffs = [], []
    print(f"{'':8}{'audit':>18}{'diff':>18}{'ratio':>8}")
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        old, new = ["-r", str(RULES)], ["-r", str(changed(folder))]
        for number in range(given.runs):
            audits.append(timed("check", path, f"parquet={folder / 'new.parquet'}", given.memory, *new))
            diffs.append(timed("diff", path, f"json={folder / 'diff.json'}", given.memory, *new, "--against", old[1]))
            line(f"run {number + 1}", audits[-1:], diffs[-1:])
        line("median", audits, diffs)
        timed("check", path, f"parquet={folder / 'old.parquet'}", given.memory, *old)
        kinds = compare(folder)
    print(f"the same {sum(kinds.values()):,} changes as between two audits: {dict(kinds)}")


def line(name: str, audits: list[Run], diffs: list[Run]) -> None:
    """Medians of seconds and megabytes, and how many times as long the diff takes."""
    seconds = [statistics.median(run.seconds for run in runs) for runs in (audits, diffs)]
    sizes = [statistics.median(run.megabytes for run in runs) for runs in (audits, diffs)]
    cells = [f"{s:7.2f} s {m:5,.0f} MB" for s, m in zip(seconds, sizes, strict=True)]
    print(f"{name:8}{cells[0]:>18}{cells[1]:>18}{seconds[1] / seconds[0]:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
