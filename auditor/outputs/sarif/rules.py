"""Rules as SARIF's reporting descriptors.

Not every tool heeds `kind`, `suppressions` and `baselineState`: to one that does not, each result would be a violation
with the severity of its rule.  So all that is not a standing violation has a descriptor of its own below that of the
rule (`referral-in-time/undetermined`; 3.27.5 allows ids with parts), which carries no severity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from auditor.outputs import rule_help
from auditor.outputs.sarif.texts import message, paragraphs
from auditor.results.marks import Status
from auditor.results.options import VERDICTS, Verdict
from auditor.rules import sentence
from auditor.rules.model import Rule, Severity

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

Level = Literal["error", "warning", "note", "none"]
Below = Literal["undetermined", "pending", "exempt", "met", "waived", "resolved"]
LEVELS: dict[Severity, Level] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"
}  # fmt: skip
_SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_SAYS: dict[Below, str] = {
    "undetermined": "Undetermined, the log does not show whether this is so",
    "pending": "Pending",
    "exempt": "Exempt",
    "met": "Met",
    "waived": "Waived",
    "resolved": "Found by an earlier audit, and no longer",
}
_LONGEST = 1000  # characters of a description; the help has it whole


def level(rule: Rule) -> Level:
    """How bad a violation of the rule is."""
    return "none" if rule.draft else LEVELS[rule.severity]


def id_of(rule: str, verdict: Verdict, status: Status | str = "") -> str:
    """The id of the descriptor that a finding refers to."""
    if verdict != "violated":
        return f"{rule}/{verdict}"
    return f"{rule}/waived" if status == "waived" else rule


def resolved_id(rule: str) -> str:
    """The id of the descriptor that a resolved finding refers to."""
    return f"{rule}/resolved"


def descriptors(audit: Audit) -> list[dict[str, Any]]:
    """A descriptor for each rule, followed by those below it that results refer to."""
    resolved = set[str]()
    if audit.comparison is not None:
        resolved = set(audit.comparison.resolved_findings["rule_id"].unique().to_pylist())
    found = []
    for outcome in audit.outcomes:
        found.append(_descriptor(outcome.rule))
        for below in _occurring(audit, outcome):
            found.append(_below(outcome.rule, below))
        if outcome.rule.id in resolved:
            found.append(_below(outcome.rule, "resolved"))
    return found


def _occurring(audit: Audit, outcome: RuleOutcome) -> Iterator[Below]:
    for verdict in VERDICTS:
        if verdict in audit.show and (outcome[verdict] or outcome.grouped(verdict)):
            if verdict != "violated":
                yield verdict
            elif outcome.waived:
                yield "waived"


def _descriptor(rule: Rule) -> dict[str, Any]:
    tags = [rule.pack, *([rule.basis.kind] if rule.basis else []), *(["draft"] if rule.draft else [])]
    properties: dict[str, Any] = {"severity": rule.severity, "precision": "very-high"}
    if not rule.draft and rule.severity in _SCORES:
        tags.insert(0, "security")  # hosts read the score only beside this tag
        properties["security-severity"] = _SCORES[rule.severity]
    if rule.verified:
        properties["verified"] = rule.verified
    title = f"{'Draft: ' if rule.draft else ''}{rule.title or rule.id}"
    return _made(rule, rule.id, title, level(rule), properties | {"tags": tags})


def _below(rule: Rule, below: Below) -> dict[str, Any]:
    level: Level = "note" if below in ("waived", "resolved") and not rule.draft else "none"
    properties = {"precision": "low", "problem.severity": "recommendation", "tags": [rule.pack, below]}
    return _made(rule, f"{rule.id}/{below}", f"{_SAYS[below]}: {rule.title or rule.id}", level, properties)


def _made(rule: Rule, id: str, title: str, level: Level, properties: dict[str, Any]) -> dict[str, Any]:
    address = rule_help.address(rule)
    return {
        "id": id,
        "name": "".join(part[:1].upper() + part[1:] for part in id.replace("/", "-").split("-")),
        "shortDescription": message(title, _LONGEST),
        "fullDescription": message(sentence(rule), _LONGEST),
        "help": paragraphs(rule_help.text(rule)) | {"markdown": rule_help.markdown(rule)},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }
