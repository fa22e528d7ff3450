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
    entries: dict[str, tuple[Any, Any, Any]] = {}
    trigger = rows.rename({f"t_{column}": column for column in rows.columns})
    for part in parts:
        key = "time_latest" if part == "bound" else "time"
        asked = base.filter(base[f"w_{part}"].notnull()).select("row", f"w_{part}", *_keys(base))
        others = rows.rename({f"o_{column}": column for column in rows.columns})
        pairs = asked.inner_join(
            others,
            [asked[f"w_{part}"] == others[f"o_{key}"], asked.row != others.o_row]
            + [asked[k] == others[f"o_{k}"] for k in _keys(base)],
        )
        pairs = pairs.inner_join(trigger, pairs.row == trigger.t_row)
        resolver = RowResolver(facts, pairs, pairs, prefix="o_f_", trigger_prefix="t_f_")
        _, maybe = membership(facts, pairs, patterns(rule)[part], resolver, "o_")
        hits = pairs if maybe is True else pairs.filter(maybe)
        first = hits.group_by(hits.row).agg(place=hits.o_place.min())
        named = first.inner_join(hits, [first.row == hits.row, first.place == hits.o_place]).select(
            **{f"{part}_row": first.row, f"{part}_place": first.place, f"{part}_event": hits.o_event,
               f"{part}_time": hits.o_time}
        )  # fmt: skip
        named = named.group_by(f"{part}_row").agg(
            **{c: named[c].min() for c in (f"{part}_place", f"{part}_event", f"{part}_time")}
        )
        base = base.left_join(named, base.row == named[f"{part}_row"]).drop(f"{part}_row")
    for part in parts:
        entries[part] = (base[f"{part}_event"], base[f"{part}_time"], base[f"{part}_place"])
    columns = {name: base[name] for name in COLUMNS}
    return base.select(**columns, evidence=evidence(columns, entries))


COLUMNS = (
    "rule_id", "verdict", "reason", "subject", "activated_at", "event", "place", "due_at", "met_at", "late_seconds",
)  # fmt: skip


def _keys(table: ir.Table) -> list[str]:
    return [c for c in table.columns if c[0] == "k" and c[1:].isdigit()]


def evidence(columns: dict[str, Any], entries: dict[str, tuple[Any, Any, Any]]) -> Any:
    """The array of evidence structs: the activation and the witnesses, ordered by time and place."""
    parts = [("activation", columns["event"], columns["activated_at"], columns["place"])]
    parts += [(part, *entry) for part, entry in entries.items()]
    # sorted as structs: time and place come first, so the order of the result is theirs
    structs = [
        ibis.struct(
            {"time": time, "place": place, "role": ibis.literal(role), "event": event},
            type=ENTRY,
        )
        for role, event, time, place in parts
    ]
    if len(structs) == 1:
        return ibis.array(structs)
    return ibis.array(structs).filter(lambda entry: entry.place.notnull()).sort()


def subject_text(keys: tuple[Any, ...]) -> Any:
    """The subject as text: the value of one key, or a JSON array of several; null when any is unknown."""
    if len(keys) == 1:
        return keys[0].cast("string")
    quoted = [
        ibis.literal('"') + key.cast("string").replace("\\", "\\\\").replace('"', '\\"') + ibis.literal('"')
        for key in keys
    ]
    return ibis.literal("[") + reduce(lambda a, b: a + ibis.literal(", ") + b, quoted) + ibis.literal("]")


def fingerprints(table: ir.Table, identities: ir.Table) -> ir.Table:
    """`table` with the fingerprint of each row; `identities` has one row per (id_place, id_event)."""
    joined = table.left_join(identities, [table.place == identities.id_place, table.event == identities.id_event])
    mark = ibis.literal("\x1f")
    text = joined.rule_id + mark + ibis.coalesce(joined.subject, ibis.literal("")) + mark + joined.id_identity
    made = {name: joined[name] for name in COLUMNS}
    return joined.select(**made, fingerprint=text.hexdigest("sha256")[:32], evidence=joined.evidence)
