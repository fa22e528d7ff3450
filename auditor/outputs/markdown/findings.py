"""The first findings of each rule, and those of an earlier audit that are resolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.outputs.figures import worst_first
from auditor.outputs.markdown.rules import measured
from auditor.outputs.markdown.tables import more
from auditor.outputs.markdown.text import code, prose
from auditor.outputs.samples import LONGEST, PER_RULE, Sample, samples

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

MOST_RESOLVED = 20


def findings(audit: Audit, room: int) -> Iterator[str]:
    """A section for each rule, as long as there is `room` (characters); undetermined findings stand by reason under
    what could not be judged.
    """
    found = samples(audit)
    yield from ("", "## Findings", "")
    yield f"Up to {PER_RULE} of each rule." if found else "None is listed."
    if audit.total("undetermined"):
        yield "Undetermined ones stand by reason under “What could not be judged”."
    left_out = 0
    for outcome in worst_first(audit.outcomes):
        if mine := found.get(outcome.rule.id):
            section = "\n".join(_section(audit, outcome, mine))
            room -= len(section)
            left_out += room < 0
            if room >= 0:
                yield section
    yield from more(left_out, "rules with findings have no room here", "audit.html")


def _section(audit: Audit, outcome: RuleOutcome, found: list[Sample]) -> Iterator[str]:
    rule = outcome.rule
    yield from ("", f"### {code(rule.id)} ({rule.severity}{', draft, not counted' if rule.draft else ''})", "")
    if rule.title:
        yield from (f"**{prose(rule.title)}**", "")
    yield from measured(rule)
    yield ""
    for one in found:
        status = f", {one.status}" if one.status else ""
        yield f"- **{one.verdict}**{status}: {subject(one.subject)}: {prose(one.message)}"
    total = sum(outcome[verdict] for verdict in audit.show if verdict != "undetermined")
    yield from more(total - len(found), "of this rule", "findings.csv")


def resolved(audit: Audit) -> Iterator[str]:
    """What the earlier audit found, and this one does not, though it could have."""
    if audit.comparison is None or not audit.comparison.resolved:
        return
    yield from ("", "## Resolved", "")
    rows = audit.comparison.resolved_findings.slice(0, MOST_RESOLVED).to_pylist()
    yield from (f"- {code(row['rule_id'])} {subject(row['subject'])}: it was {row['verdict']}" for row in rows)
    yield from more(audit.comparison.resolved - len(rows), "resolved findings", "findings.json")


def subject(text: str | None) -> str:
    """The subject of a finding."""
    return "(unknown)" if text is None else code(text, LONGEST)
