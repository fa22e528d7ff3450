"""What an audit was made of and what came out, in so few bytes that they can be kept, and compared with another run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from auditor.results.findings import Ranks
from auditor.results.marks import MARKED
from auditor.results.options import VERDICTS
from auditor.results.provenance import provenance
from auditor.results.streams import text
from auditor.results.wording import iso

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

VERSION = 1  # of the form of a manifest
NOTHING = hashlib.sha256().hexdigest()  # the digest of no findings


def manifest(audit: Audit) -> dict[str, Any]:
    """Provenance and result; keys as in `docs/formats.md`.  Raises UnusableError as `provenance` does."""
    health, found = audit.log.health, digests(audit)
    return {
        "manifest": VERSION,
        "provenance": provenance(audit),
        "result": {
            "rows": health.rows,
            "events": health.events,
            "rejected": sum(health.rejected.values()),
            "rules": [_rule(outcome, found.get(outcome.rule.id, NOTHING)) for outcome in audit.outcomes],
        },
    }


def _rule(outcome: RuleOutcome, findings: str) -> dict[str, Any]:
    return {
        "id": outcome.rule.id,
        "severity": outcome.rule.severity,
        "activations": outcome.activations,
        **{verdict: outcome[verdict] for verdict in VERDICTS},
        "not_judged": outcome.not_judged or None,
        "findings_sha256": findings,
        "groups": _groups(outcome.groups),
    }


def _groups(groups: tuple[Mapping[str, Any], ...]) -> dict[str, Any] | None:
    if not groups:
        return None
    verdicts = [group["verdict"] for group in groups]
    told = json.dumps([dict(group) for group in groups], sort_keys=True)
    counts = {verdict: verdicts.count(verdict) for verdict in ("violated", "undetermined", "met")}
    return {**counts, "sha256": hashlib.sha256(told.encode()).hexdigest()}


def digests(audit: Audit) -> dict[str, str]:
    """The SHA-256 of each rule's violated and undetermined findings, where it has any.

    One line for each finding: fingerprint, verdict, reason, due_at, met_at and late_seconds as `docs/formats.md` writes
    them, empty where there is none, with tabs between them and a line feed at the end; lines in the order of their
    bytes.
    """
    ranks, rows = Ranks(audit, MARKED), audit.held(MARKED)
    verdict = ranks.constant([verdict for _, verdict in ranks.entries], rows.rank)
    cells = [
        rows.fingerprint, verdict, rows.reason, iso(rows.due_at), iso(rows.met_at), rows.late_seconds.cast("string")
    ]  # fmt: skip
    rules = [one.rule_number for one, _ in ranks.entries]
    lines = rows.select(
        rule=ranks.constant(rules, rows.rank, "int64"),
        line=ibis.literal("\t").join([cell.fill_null("") for cell in cells]) + "\n",
    )
    import pyarrow.compute as pc

    found: dict[int, Any] = {}
    for batch in audit.batches(lines.order_by("rule", "line")):
        for number in pc.unique(batch.column("rule")).to_pylist():
            mine = batch.filter(pc.equal(batch.column("rule"), number)).select(["line"])
            digest = found.setdefault(number, hashlib.sha256())
            digest.update(text(mine))
    return {audit.ruleset.rules[number].id: digest.hexdigest() for number, digest in found.items()}
