"""Findings: for chosen verdicts, the details of each activation and the events that decided it, as one lazy table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.engine.facts import Facts, patterns
from auditor.engine.plans.frame import Branch, Frame
from auditor.engine.plans.rows import RowResolver, membership
from auditor.engine.verdicts import CODES, EXEMPT, MET, PENDING, UNDETERMINED, Verdicts
from auditor.log.log import Log
from auditor.rules import expressions as ex
from auditor.rules.model import Rule

ENTRY = "struct<time: timestamp(6), place: int64, role: string, event: string>"
STAMP = "timestamp(6)"


@dataclass(frozen=True)
class Judged:
    """A materialised table of a plan with one code column for each branch of each rule."""

    frame: Frame
    table: ir.Table
    rows: ir.Table | None  # the narrow rows, where evidence is looked up later

    def branches(self) -> list[tuple[str, Rule, Branch]]:
        """(code column, rule, branch), in order."""
        return [
            (code_column(i, j), rule, branch)
            for i, rule in enumerate(self.frame.rules)
            for j, branch in enumerate(self.frame.branches(self.table, rule))
        ]


def code_column(rule: int, branch: int) -> str:
    """The name of the column that holds the verdict code of a branch."""
    return f"code{rule}_{branch}"


def with_codes(frame: Frame, table: ir.Table, facts: Facts) -> ir.Table:
    """`table` with the code columns of all branches of the frame."""
    made = {
        code_column(i, j): Verdicts(branch.candidate, facts).code()
        for i, rule in enumerate(frame.rules)
        for j, branch in enumerate(frame.branches(table, rule))
    }
    return table.mutate(**{name: code.cast("int8") for name, code in made.items()}) if made else table


def details(judged: Judged, code: str, rule: Rule, branch: Branch, wanted: list[int], facts: Facts) -> ir.Table:
    """One row per activation of one branch with a wanted verdict: all columns of a finding but the fingerprint."""
    verdicts = Verdicts(branch.candidate, facts)
    table = judged.table
    verdict = table[code]
    due = verdicts.due_at()
    due = ibis.null(STAMP) if due is None else due
    met = verdicts.met_at(verdict)
    reason = ibis.ifelse(verdict == UNDETERMINED, verdicts.reason(), ibis.null("string"))
    parts = _witnesses(verdicts, rule, verdict)
    columns: dict[str, Any] = {
        "rule_id": ibis.literal(rule.id),
        "verdict": verdict.cases(*((value, name) for name, value in CODES.items())),
        "reason": reason,
        "subject": subject_text(branch.subject),
        "activated_at": branch.candidate.earliest,
        "event": branch.event,
        "place": branch.place,
        "due_at": due.cast(STAMP),
        "met_at": met.cast(STAMP),
        "late_seconds": verdicts.late_seconds(verdict, due, met),
    }
    chosen = table.filter(verdict.isin(wanted))
    if branch.located is not None:
        located = {part: branch.located[part](time) for part, time in parts.items()}
        entries = {part: (event, parts[part], place) for part, (place, event) in located.items() if place is not None}
        return chosen.select(**columns, evidence=evidence(columns, entries))
    base = chosen.select(
        **columns, row=table.row, **{f"w_{part}": time for part, time in parts.items()},
        **{f"k{i}": key for i, key in enumerate(branch.subject)},
    )  # fmt: skip
    return _looked_up(base, judged, rule, list(parts), facts)


def _witnesses(verdicts: Verdicts, rule: Rule, verdict: Any) -> dict[str, Any]:
    """The witness times of the parts that speak for the verdict; null where a part does not take part in it."""
    found: dict[str, Any] = {}
    nothing = ibis.null(STAMP)
    negated = rule.obligation.kind.startswith("not_")
    for part in patterns(rule):
        time = verdicts.witness(part)
        if time is None:
            continue
        if part == "match":
            silent = [MET, PENDING] if negated else [PENDING]
            time = ibis.ifelse(verdict.isin(silent), nothing, time)
        elif part == "exemption":
            time = ibis.ifelse(verdict.isin([EXEMPT, UNDETERMINED]), time, nothing)
        else:
            time = ibis.ifelse(verdict == MET, nothing, time)
        found[part] = time
    return found


def _looked_up(base: ir.Table, judged: Judged, rule: Rule, parts: list[str], facts: Facts) -> ir.Table:
    """Find the witnesses among the narrow rows, by subject and time."""
    rows = judged.rows
    assert rows is not None  # noqa: S101 - plans that locate nothing themselves keep their rows
    for part in parts:
        found = _witness_rows(base, rows, rule, part, facts)
        base = base.left_join(found, [("row", f"{part}_row")]).drop(f"{part}_row")
    entries = {part: (base[f"{part}_event"], base[f"{part}_time"], base[f"{part}_place"]) for part in parts}
    columns = {name: base[name] for name in COLUMNS}
    return base.select(**columns, evidence=evidence(columns, entries))


def _witness_rows(base: ir.Table, rows: ir.Table, rule: Rule, part: str, facts: Facts) -> ir.Table:
    """One row per finding that has a witness of this part: the first place that has the witness time."""
    pattern = patterns(rule)[part]
    by_latest = part == "bound" and not facts.precise
    keys = _keys(base)
    asked = base.filter(base[f"w_{part}"].notnull()).select("row", f"w_{part}", *keys)
    others = rows.rename({f"o_{column}": column for column in rows.columns})
    same = [(key, f"o_{key}") for key in keys]
    pairs = asked.inner_join(others, [(f"w_{part}", "o_time_latest" if by_latest else "o_time"), *same]).view()
    pairs = pairs.filter(pairs.row != pairs.o_row)
    if any(column.trigger for column in ex.columns(pattern.where)):
        trigger = rows.rename({f"t_{column}": column for column in rows.columns})
        pairs = pairs.inner_join(trigger, [("row", "t_row")]).view()
    resolver = RowResolver(facts, pairs, pairs, prefix="o_f_", trigger_prefix="t_f_")
    _, maybe = membership(facts, pairs, pattern, resolver, "o_")
    hits = pairs if maybe is True else pairs.filter(maybe)
    names = facts.occurring(pattern)
    return hits.group_by(**{f"{part}_row": hits.row}).agg(
        **{
            f"{part}_place": hits.o_place.min(),
            f"{part}_event": ibis.literal(names[0]) if len(names) == 1 else hits.o_event.argmin(hits.o_place),
            f"{part}_time": hits.o_time.argmin(hits.o_place) if by_latest else hits.o_time.min(),
        }
    )


COLUMNS = (
    "rule_id", "verdict", "reason", "subject", "activated_at", "event", "place", "due_at", "met_at", "late_seconds",
)  # fmt: skip


def _keys(table: ir.Table) -> list[str]:
    return [c for c in table.columns if c[0] == "k" and c[1:].isdigit()]


def evidence(columns: dict[str, Any], entries: dict[str, tuple[Any, Any, Any]]) -> Any:
    """The array of evidence structs: the activation and the witnesses, ordered by time and place."""
    first = _entry("activation", columns["event"], columns["activated_at"], columns["place"])
    others = [(_entry(part, *entry), entry[1], entry[2]) for part, entry in entries.items()]
    if not others:
        return ibis.array([first])
    if len(others) == 1:
        other, time, place = others[0]
        began = columns["activated_at"]
        earlier = (time < began) | ((time == began) & (place < columns["place"]))
        return ibis.cases(
            (place.isnull(), ibis.array([first])), (earlier, ibis.array([other, first])),
            else_=ibis.array([first, other]),
        )  # fmt: skip
    # sorted as structs: time and place come first, so the order of the result is theirs
    return ibis.array([first, *(other for other, _, _ in others)]).filter(lambda e: e.place.notnull()).sort()


def _entry(role: str, event: Any, time: Any, place: Any) -> Any:
    return ibis.struct({"time": time, "place": place, "role": ibis.literal(role), "event": event}, type=ENTRY)


def subject_text(keys: tuple[Any, ...]) -> Any:
    """The subject as text: the value of one key, or a JSON array of several; null when any is unknown."""
    if len(keys) == 1:
        return keys[0].cast("string")
    quoted = [
        ibis.literal('"') + key.cast("string").replace("\\", "\\\\").replace('"', '\\"') + ibis.literal('"')
        for key in keys
    ]
    return ibis.literal("[") + reduce(lambda a, b: a + ibis.literal(", ") + b, quoted) + ibis.literal("]")


def identities(log: Log, places: ir.Table) -> ir.Table:
    """One row `id_place id_event id_identity` per event at the places in column `key`."""
    found = log.identities(places) if log.identities else log.events.semi_join(places, [("place", "key")])
    return found.select(id_place=found.place, id_event=found.event, id_identity=found.identity)


def fingerprints(table: ir.Table, identities: ir.Table) -> ir.Table:
    """`table` with the fingerprint of each row; `identities` has one row per (id_place, id_event)."""
    joined = table.left_join(identities, [table.place == identities.id_place, table.event == identities.id_event])
    mark = ibis.literal("\x1f")
    text = joined.rule_id + mark + ibis.coalesce(joined.subject, ibis.literal("")) + mark + joined.id_identity
    made = {name: joined[name] for name in COLUMNS}
    return joined.select(**made, fingerprint=text.hexdigest("sha256")[:32], evidence=joined.evidence)
