"""However a log is ordered, cut, copied and packed: the same findings, to the second and to the fingerprint."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import auditor
from auditor.log import load
from auditor.log.mapping import load_mapping
from auditor.log.spec import Mapping, Source
from auditor.rules import load_rules
from auditor.rules.model import RuleSet

SAMPLES = Path(__file__).parents[2] / "sample_data"
ITEMS = ("item-1443",)
# Times in the hour that the clocks show twice, an appeal, something put back, a report opened again.
REPORTS = ("R-101610", "R-101611", "R-100009", "R-100399", "R-100014")
RULES = (
    "acknowledged-in-time", "answered-in-time", "no-canned-answer-twice", "third-report-decided",
    "reopened-report-decided", "not-closed-undecided", "minor-not-no-violation", "appeal-four-eyes",
    "referral-in-time", "evidence-preserved", "not-restored", "account-acted-on",
)  # fmt: skip
VERDICTS = ("violated", "undetermined", "pending", "exempt", "met")
SAID = ["rule_id", "subject", "verdict", "reason", "activated_at", "due_at", "met_at", "late_seconds", "message"]
Row = dict[str, str]
Findings = Counter[tuple[Any, ...]]


@cache
def rows() -> tuple[list[str], list[Row]]:
    """The columns and rows of a small, rich and dirty log."""
    with (SAMPLES / "month_events.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        whole = [row for row in reader if None not in row.values()]
        names = list(reader.fieldnames or ())
    cases = {row["case"] for row in whole if row["item"] in ITEMS} | set(REPORTS)
    kept = [row for row in whole if row["case"] in cases]
    first = next(row for row in kept if row["activity"] == "Decided")
    filed = next(row for row in kept if row["activity"] == "Report filed" and row["minor"] == "Y")
    assert 60 < len(kept) < 120
    kept += [
        kept[0],  # an exact copy
        {**first, "at": "2025-10-30 12:00:00"},  # decided again
        {**first, "at": "2025-10-30 12:00:00", "outcome": "violation", "handled_by": ""},  # and again, at that moment
        {**first, "activity": "Report filed", "reason": "Not stated"},  # another category for the same report
        {**filed, "case": "R-new", "at": "2025-11-06 12:00:00"},
        {**first, "at": "31.02.2025"},
        {**first, "at": ""},
        {**first, "activity": "Coffee"},
        {**first, "minor": "perhaps"},
        {**first, "case": "", "item": "", "account": "", "reporter": ""},
        {**first, "case": "Ünïcode, \"quoted\"\nlines", "at": "2025-10-03 10:00:00"},
    ]  # fmt: skip
    return names, kept


@cache
def rules() -> RuleSet:
    return load_rules(["child-safety"], only=RULES)


@cache
def mapping() -> Mapping:
    """The sample's mapping, for files of any format."""
    return load_mapping(SAMPLES / "month_events.mapping.yaml").model.model_copy(update={"source": Source()})


def as_csv(path: Path, found: list[Row], order: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, order or rows()[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return path


def audited(log: Any) -> tuple[Findings, dict[str, dict[str, int]]]:
    """What the audit says of each activation, and its counts; where the evidence stands is left out."""
    loaded = load(log, mapping(), max_rejects=1)
    audit = auditor.check(loaded, rules())
    frame = audit.findings(VERDICTS)
    evidence = [
        tuple(sorted((item["role"], item["event"], item["time"].isoformat()) for item in items))
        for items in frame["evidence"]
    ]
    said = frame[[*SAID, "fingerprint"]].astype(object).where(frame[[*SAID, "fingerprint"]].notna(), None)
    found = Counter((*row, items) for row, items in zip(said.itertuples(index=False, name=None), evidence, strict=True))
    counts = {outcome.rule.id: dict(outcome.counts) for outcome in audit.outcomes}
    return found, counts


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, dict[str, dict[str, int]]]:
    found, counts = audited(as_csv(tmp_path_factory.mktemp("plain") / "log.csv", rows()[1]))
    assert {verdict for by_verdict in counts.values() for verdict, number in by_verdict.items() if number} == {
        *VERDICTS
    }
    assert sum(bool(sum(by_verdict.values())) for by_verdict in counts.values()) >= 10
    assert all(number == 1 for number in found.values())
    return found, counts


few = settings(
    max_examples=5, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@few
@given(seed=st.integers(0, 2**32), files=st.integers(1, 4), copies=st.integers(0, 60), turned=st.booleans())
def test_order_files_copies_and_columns(
    expected: Any, tmp_path: Path, seed: int, files: int, copies: int, turned: bool
) -> None:
    names, found = rows()
    chance = random.Random(seed)  # noqa: S311
    mixed = found + chance.choices(found, k=copies)
    chance.shuffle(mixed)
    order = chance.sample(names, len(names)) if turned else names
    cuts = [0, *sorted(chance.randrange(len(mixed) + 1) for _ in range(files - 1)), len(mixed)]
    paths = [
        as_csv(tmp_path / f"{seed}-{n}.csv", mixed[a:b], order)
        for n, (a, b) in enumerate(itertools.pairwise(cuts))
        if b > a
    ]
    assert audited(paths) == expected


def packed(kind: str, folder: Path) -> Any:
    """The same log in another dress."""
    names, found = rows()
    frame = pd.DataFrame(found, columns=names)
    empty = [{name: value or None for name, value in row.items()} for row in found]
    if kind == "frame":
        return frame
    if kind == "frame with nulls":
        return pd.DataFrame(empty, columns=names, index=range(7, 7 + len(found)))
    if kind == "arrow":
        return pa.Table.from_pylist(empty, pa.schema([(name, pa.string()) for name in names]))
    path = folder / f"log.{kind.removesuffix(' with nulls')}"
    if kind.startswith("parquet"):
        (pd.DataFrame(empty, columns=names) if "nulls" in kind else frame).to_parquet(path)
    elif kind.startswith("json") and not kind.startswith("jsonl"):
        path.write_text(json.dumps(empty, indent=1, ensure_ascii=False), encoding="utf-8")
    elif kind.startswith("jsonl"):
        sparse = [{k: v for k, v in row.items() if v is not None} for row in empty]
        lines = [empty[0], *sparse[1:]] if "nulls" in kind else found  # each key is named at least once
        text = "".join(json.dumps(row) + "\n" for row in lines).encode()
        path.write_bytes(gzip.compress(text) if kind.endswith("gz") else text)
    elif kind == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(as_csv(folder / "plain.csv", found).read_bytes()))
    else:  # every cell in quotes, lines that end as they do elsewhere, a mark at the start
        frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    "kind",
    ["frame", "frame with nulls", "arrow", "parquet", "parquet with nulls", "json", "jsonl", "jsonl with nulls",
     "jsonl.gz", "tsv", "csv.gz", "csv"],
)  # fmt: skip
def test_formats(expected: Any, tmp_path: Path, kind: str) -> None:
    assert audited(packed(kind, tmp_path)) == expected


def test_formats_mixed_in_one_run(expected: Any, tmp_path: Path) -> None:
    names, found = rows()
    third = len(found) // 3
    pd.DataFrame(found[:third], columns=names).to_parquet(tmp_path / "a.parquet")
    as_csv(tmp_path / "b.csv", found[third : 2 * third + 4])
    lines = "".join(json.dumps(row) + "\n" for row in reversed(found[2 * third :]))
    (tmp_path / "c.jsonl").write_text(lines, encoding="utf-8")
    assert audited([tmp_path / name for name in ("c.jsonl", "a.parquet", "b.csv")]) == expected


def test_what_the_mapping_leaves_out_may_hold_anything(expected: Any, tmp_path: Path) -> None:
    names, found = rows()
    extra = [{**row, "message": f'words {n}, \n"more"', "Case": "x"} for n, row in enumerate(found)]
    assert audited(as_csv(tmp_path / "log.csv", extra, ["message", *reversed(names), "Case"])) == expected
