"""JSON: the whole diff in one object, the cases last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

import ibis
import ibis.expr.types as ir

from auditor.outputs.hostile import safe_json
from auditor.results.diff_cases import KINDS, SIDES, TOLD
from auditor.results.streams import text
from auditor.results.wording import iso, iso_text

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.audit import RuleOutcome
    from auditor.results.diff import Diff, RuleDiff

_COUNTS = (
    "activations", "met", "violated", "pending", "undetermined", "exempt", "in_force", "not_judged"
)  # fmt: skip


def write(found: Diff, stream: BinaryIO, look: Look) -> None:  # noqa: ARG001 - as other formats
    """The head as one piece; the cases stream from the engine, one on each line."""
    for key, value in head(found).items():
        opening = "{" if key == "auditor" else ""
        stream.write(safe_json(f"{opening}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n".encode()))
    stream.write(b'"changes": [')
    table = found.cases_table()
    if table is not None:
        for number, batch in enumerate(found.batches(_lines(table))):
            chunk = safe_json(text(batch))
            stream.write(chunk if number else chunk[1:])
    stream.write(b"\n]}\n")


def head(found: Diff) -> dict[str, Any]:
    """Everything but the cases."""
    from auditor import __version__

    changes = found.changes
    return {
        "auditor": __version__,
        "as_of": iso_text(found.as_of),
        "before": found.sides.old.as_dict() | {"packs": [pack.as_dict() for pack in found.sides.before.packs]},
        "after": found.sides.new.as_dict() | {"packs": [pack.as_dict() for pack in found.sides.after.packs]},
        "show": list(found.show),
        "fail_on": found.fail_on,
        "log": found.log.health.as_dict(),
        "notes": list(found.notes),
        "totals": {
            **{kind: changes.number(kind) for kind in ("added", "removed", "edited", "described")},
            "unchanged": changes.unchanged,
            "activations": {side: found.counted(side) for side in SIDES},
            "violated": {side: found.counted(side, "violated") for side in SIDES},
            "changes": {kind: found.number(kind) for kind in KINDS},
            "groups": len(found.groups),
            "failing": found.failures,
        },
        "parameters": [edit.as_dict() for edit in changes.parameters],
        "versions": [edit.as_dict() for edit in changes.packs],
        "fields": [edit.as_dict() for edit in changes.fields],
        "rules": [_rule(one) for one in found.rules],
        "groups": [group.as_dict() for group in found.groups],
    }


def _rule(one: RuleDiff) -> dict[str, Any]:
    change = one.change
    steps = sorted(one.ways.items(), key=lambda item: (KINDS.index(item[0][0]), *map(str, item[0])))
    return {
        "id": change.rule.id, "change": change.kind, "severity": change.severity, "draft": change.draft,
        "renamed_from": change.renamed or None, "parts": list(change.parts),
        "sentence": dict(zip(SIDES, change.sentences, strict=True)),
        "edits": [edit.as_dict() for edit in change.edits],
        "before": _outcome(one.before), "after": _outcome(one.after),
        "changes": {kind: one.number(kind) for kind in KINDS},
        "steps": [{"change": kind, "before": before, "after": after, "cases": n} for (kind, before, after), n in steps],
        "groups": len(one.groups),
    }  # fmt: skip


def _outcome(outcome: RuleOutcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    told = outcome.as_dict()
    return {name: told[name] for name in _COUNTS}


def _lines(table: ir.Table) -> ir.Table:
    """The cases as text, each after a comma."""

    def side(value: ir.StructValue) -> ir.Value:
        whole = ibis.struct({name: iso(value[name]) if name == "due_at" else value[name] for name in TOLD})
        return ibis.ifelse(value["verdict"].notnull(), whole, ibis.null(whole.type()))

    texts = table.mutate(activated_at=iso(table.activated_at), **{name: side(table[name]) for name in SIDES})
    whole = ibis.struct({name: texts[name] for name in texts.columns}).cast("json").cast("string")
    return texts.select(line=ibis.literal(",\n") + whole)
