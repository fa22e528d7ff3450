"""Workflow commands for the job log of GitHub Actions: annotations, the worst first, and how many are not shown.

Of each kind a step shows ten annotations and drops the others without a word, so no more are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from auditor.outputs.hostile import safe
from auditor.outputs.log_health import compared, conclusion
from auditor.outputs.names import group_named, named
from auditor.outputs.places import Lines, relative, rule_place
from auditor.outputs.samples import LONGEST, doubts
from auditor.outputs.worst import worst
from auditor.results.facts import some
from auditor.results.groups import message, worst_first
from auditor.rules.model import Rule, Severity

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

Kind = Literal["error", "warning", "notice"]
KINDS: dict[Severity, Kind] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"
}  # fmt: skip
MOST: dict[Kind, int] = {"error": 10, "warning": 10, "notice": 9}  # the tenth notice is the conclusion


@dataclass(frozen=True)
class Annotation:
    """One workflow command; `line` 0: none."""

    kind: Kind
    title: str
    message: str
    file: str = ""
    line: int = 0
    case: bool = False  # one violated finding

    def __str__(self) -> str:
        values = {"file": self.file, "line": str(self.line or ""), "title": self.title}
        properties = ",".join(f"{name}={_property(value)}" for name, value in values.items() if value)
        return f"::{self.kind} {properties}::{_data(self.message)}"


def write(audit: Audit, stream: BinaryIO) -> None:
    """Errors, warnings, notices and the conclusion, a line each."""
    found = [*_findings(audit), *_of_rules(audit)]
    shown = [one for kind, most in MOST.items() for one in [one for one in found if one.kind == kind][:most]]
    last = Annotation("notice", "auditor", _conclusion(audit, found, shown))
    stream.write("".join(f"{one}\n" for one in [*shown, last]).encode())


def _findings(audit: Audit) -> Iterator[Annotation]:
    """Violations by severity, groups first: one of them stands for many cases."""
    lines, outcomes = Lines(), {outcome.rule.id: outcome for outcome in audit.outcomes}
    for severity, kind in KINDS.items():
        for outcome in audit.counted:
            if outcome.rule.severity == severity and outcome.grouped("violated") and "violated" in audit.show:
                yield _of_groups(outcome, kind)
        for record in worst(audit, severity, MOST[kind]):
            yield _of_finding(record, outcomes[record["rule_id"]], kind, lines)


def _of_finding(record: dict[str, Any], outcome: RuleOutcome, kind: Kind, lines: Lines) -> Annotation:
    first = next((item for item in record["evidence"] if item["role"] == "activation"), None)
    counts = f"{outcome['violated']:,} of {outcome.activations:,} violated"
    status = f" ({record['status']})" if record["status"] else ""
    said = f"{record['subject_key']} {named(record['subject'])}: {record['message']}"
    title = f"{record['severity']}: {record['rule_id']}{status}"
    if first is None:
        return Annotation(kind, title, f"{said} ({counts})", case=True)
    said += f" ({first['file']}, row {first['row']}; {counts})"
    line = lines.of(first["file"], first["row"])
    return Annotation(kind, title, said, relative(first["file"]) if line else "", line or 0, case=True)


def _of_groups(outcome: RuleOutcome, kind: Kind) -> Annotation:
    rule, groups = outcome.rule, worst_first(outcome.rule, outcome.groups)
    said = f"{outcome.grouped('violated'):,} of {len(groups):,} groups violated"
    said += f"; {group_named(groups[0]['group'])}: {message(rule, groups[0])}"
    return _of_rule(rule, kind, f"{rule.severity}: {rule.id}", said)


def _of_rules(audit: Audit) -> Iterator[Annotation]:
    """What is said once for a rule, or for the audit."""
    if unjudged := [outcome.rule.id for outcome in audit.counted if outcome.not_judged]:
        said = f"{len(unjudged)} of {len(audit.counted)} rules could not be judged on this log: {some(unjudged, 5)}"
        yield Annotation("warning", "could not be judged", said)
    for doubt in doubts(audit) if "undetermined" in audit.show else ():
        example = "(unknown)" if doubt.subject is None else safe(doubt.subject, LONGEST)
        said = f"{doubt.cases:,} undetermined: {doubt.why}; for example {example}"
        yield Annotation("notice", f"undetermined: {doubt.rule_id}", said)
    for outcome in audit.outcomes:
        rule = outcome.rule
        if outcome.waived:
            said = f"{outcome.waived:,} of {outcome['violated']:,} violated activations are waived"
            yield _of_rule(rule, "notice", f"waived: {rule.id}", said)
        if rule.draft and outcome["violated"]:
            said = f"{outcome['violated']:,} of {outcome.activations:,} activations violated; a draft fails no audit"
            yield _of_rule(rule, "notice", f"draft: {rule.id}", said)
    for note in audit.notes:
        yield Annotation("notice", "note", note)


def _of_rule(rule: Rule, kind: Kind, title: str, said: str) -> Annotation:
    place = rule_place(rule.place)
    return Annotation(kind, title, said) if place.shipped else Annotation(kind, title, said, place.path, place.line)


def _conclusion(audit: Audit, found: Sequence[Annotation], shown: Sequence[Annotation]) -> str:
    said = conclusion(audit)
    if audit.comparison is not None:
        said += f"; compared with {compared(audit.comparison)}"
    cases = sum(outcome["violated"] - outcome.waived for outcome in audit.counted) if "violated" in audit.show else 0
    left_out = {
        "violation": cases - sum(one.case for one in shown),
        "other remark": sum(not one.case for one in found) - sum(not one.case for one in shown),
    }
    if any(left_out.values()):
        many = " and ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for what, n in left_out.items() if n)
        said += f"; {many} not shown here: a step shows ten of a kind, --output findings.csv writes all findings"
    return said


def _data(text: str) -> str:
    """A message as the runner reads it: its line ends where it should, and nothing in it is read as an escape."""
    return safe(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
