"""The findings of an audit as one query: contract fields, contract order, total order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from auditor.log.log import ROWS_PER_FILE, Log
from auditor.results.facts import facts
from auditor.results.messages import message, why
from auditor.results.options import VERDICTS

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_UTC = pa.timestamp("us", tz="UTC")
EVIDENCE = pa.list_(
    pa.struct(
        [("file", pa.string()), ("row", pa.int64()), ("event", pa.string()), ("time", _UTC), ("role", pa.string())]
    )
)
SCHEMA = pa.schema(
    [
        ("rule_id", pa.string()), ("severity", pa.string()), ("verdict", pa.string()), ("reason", pa.string()),
        ("subject_key", pa.string()), ("subject", pa.string()),
        ("activated_at", _UTC), ("due_at", _UTC), ("met_at", _UTC), ("late_seconds", pa.int64()),
        ("message", pa.string()), ("refs", pa.string()), ("fingerprint", pa.string()), ("status", pa.string()),
        ("evidence", EVIDENCE),
    ]
)  # fmt: skip
FIELDS: list[str] = SCHEMA.names


def told(audit: Audit, show: Sequence[str], places: Sequence[int] | None = None) -> ir.Table:
    """The findings with these verdicts (of activating events in the rows `places`), messages and sort keys included.

    Beside the fields of the contract: `rule_number`, `severity_number`, and `why` (of an undetermined one).
    """
    log = audit.log
    found = audit.judgement.findings(show)
    if places is not None:
        found = found.filter(found.place.isin(places))
    found = found.mutate(vague=ibis.literal(False)) if not log.health.imprecise else _with_vagueness(found, log)
    constants = ibis.memtable(facts(audit.ruleset.rules, log))
    joined = found.join(constants, found.rule_id == constants.rule)
    said = joined.mutate(
        why=why(joined, log.observed_from),
        message=message(joined, audit.judgement.as_of, log.observed_from),
        status=ibis.literal(""),
        reason=joined.reason.fill_null(""),
        evidence=joined.evidence.map(lambda item: _evidence(item, log.health.files)),
    )
    return said.select([*FIELDS, "rule_number", "severity_number", "why"])


def ordered(findings: ir.Table) -> ir.Table:
    """Findings, worst first: a total order."""
    return findings.order_by(order(findings)).select(FIELDS)


def order(t: ir.Table) -> list[Any]:
    """Sort keys: severity, rule, verdict, time, subject, fingerprint."""
    verdict = ibis.cases(*((t.verdict == name, number) for number, name in enumerate(VERDICTS)), else_=len(VERDICTS))
    return [
        t.severity_number.asc(), t.rule_number.asc(), verdict.asc(), t.activated_at.asc(),
        t.subject.asc(nulls_first=False), t.fingerprint.asc(),
    ]  # fmt: skip


def _evidence(item: Any, files: tuple[str, ...]) -> ir.StructValue:
    file: ir.StringValue = ibis.literal(files[0] if files else "")
    if len(files) > 1:
        file = ibis.literal(list(files), "array<string>")[(item.place // ROWS_PER_FILE).cast("int64")]
    return ibis.struct(
        {"file": file, "row": item.place % ROWS_PER_FILE, "event": item.event, "time": item.time, "role": item.role}
    )


def _with_vagueness(found: ir.Table, log: Log) -> ir.Table:
    """Beside each finding: `vague`, whether the time of its activation, match or bound is an interval."""
    if log.health.imprecise == log.health.events:
        return found.mutate(vague=ibis.literal(True))
    events = log.events
    places = events.filter(events.time_latest > events.time).select("place").distinct()
    columns = found.columns
    found = found.mutate(
        place_0=found.place, **{f"place_{n}": _place(found, role) for n, role in ((1, "match"), (2, "bound"))}
    )
    for number in range(3):
        flags = places.select(**{f"at_{number}": places.place})
        found = found.left_join(flags, found[f"place_{number}"] == flags[f"at_{number}"])
    vague = found.at_0.notnull() | found.at_1.notnull() | found.at_2.notnull()
    return found.mutate(vague=vague).select([*columns, "vague"])


def _place(found: ir.Table, role: str) -> ir.IntegerValue:
    return found.evidence.filter(lambda item: item.role == role)[0].place
