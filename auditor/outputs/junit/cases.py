"""What passes, fails and is skipped.

Only a violation that counts is a failure.  What is open, waived or said by a draft is skipped with its reason; a rule
that has nothing to list passes only where it was judged, since silence is not compliance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from auditor.outputs.figures import grouped
from auditor.outputs.names import group_named, named
from auditor.outputs.tallies import in_words
from auditor.results.force import window

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

Outcome = Literal["passed", "failure", "skipped"]
Numbers = Mapping[Outcome, int]


@dataclass(frozen=True)
class Case:
    """One test case; `details` are lines below the message."""

    name: str
    outcome: Outcome
    kind: str = ""
    message: str = ""
    details: tuple[str, ...] = ()


def numbers(audit: Audit, outcome: RuleOutcome) -> Numbers:
    """How many cases of a rule end how, known before they are written."""
    listed = {verdict: outcome[verdict] + outcome.grouped(verdict) for verdict in audit.show}
    if not any(listed.values()):
        end = _nothing(audit, outcome).outcome
        return {"passed": int(end == "passed"), "failure": 0, "skipped": int(end == "skipped")}
    violated, passed = listed.get("violated", 0), listed.get("met", 0) + listed.get("exempt", 0)
    failing = 0 if outcome.rule.draft or not violated else violated - outcome.waived
    skipped = sum(listed.values()) - passed - failing + bool(_unlisted(audit, outcome))
    return {"passed": passed, "failure": failing, "skipped": skipped}


def cases(audit: Audit, outcome: RuleOutcome, listed: Iterable[dict[str, Any]]) -> Iterator[Case]:
    """The cases of a rule: its listed findings as they come, its groups, or one that says why there is neither."""
    some = False
    for record in listed:
        some = True
        yield _of_finding(audit, outcome, record)
    for group in audit.group_verdicts if outcome.groups else ():
        if group["rule_id"] == outcome.rule.id and group["verdict"] in audit.show:
            some = True
            yield _of_group(outcome, group)
    if not some:
        yield _nothing(audit, outcome)
    elif unlisted := _unlisted(audit, outcome):
        yield _not_listed(outcome, unlisted)


def _of_finding(audit: Audit, outcome: RuleOutcome, record: dict[str, Any]) -> Case:
    name = f"{named(record['subject'])} at {record['activated_at']} [{record['fingerprint'][:8]}]"
    message, kind = record["message"], record["verdict"]
    if record["status"] == "waived":
        waiver = audit.waiver_for(outcome.rule.id, record["subject"])
        assert waiver is not None  # noqa: S101 - the status says so
        message = f"waived until {waiver.expires} by {waiver.approver}: {waiver.reason}; {kind}: {message}"
        kind = "waived"
    elif record["status"]:
        kind = f"{kind}, {record['status']}"
    details = [
        f"{item['file']}, row {item['row']}: {item['event']} at {item['time']} ({item['role']})"
        for item in record["evidence"]
    ]
    return _judged(outcome, name, record["verdict"], kind, message, (*details, f"fingerprint {record['fingerprint']}"))


def _of_group(outcome: RuleOutcome, group: Mapping[str, Any]) -> Case:
    name = group_named(group["group"])
    return _judged(outcome, name, group["verdict"], group["verdict"], group["message"], ())


def _judged(outcome: RuleOutcome, name: str, verdict: str, kind: str, message: str, details: tuple[str, ...]) -> Case:
    if verdict in ("met", "exempt"):
        return Case(name, "passed")
    if verdict != "violated" or kind == "waived":
        return Case(name, "skipped", kind, message)
    if outcome.rule.draft:
        return Case(name, "skipped", f"{kind}, draft", f"a draft fails no audit: {message}")
    return Case(name, "failure", kind, message, details)


def _unlisted(audit: Audit, outcome: RuleOutcome) -> list[str]:
    """The verdicts that keep a rule from passing, and that the audit has and does not list."""
    found = ("violated", "undetermined")
    return [one for one in found if one not in audit.show and (outcome[one] or outcome.grouped(one))]


def _not_listed(outcome: RuleOutcome, verdicts: list[str]) -> Case:
    counts = ", ".join(filter(None, (in_words(outcome.__getitem__), grouped(outcome))))
    said = f"{' and '.join(verdicts)} ones are not to be listed (--show): {counts}"
    return Case(counts, "skipped", "not listed", said)


def _nothing(audit: Audit, outcome: RuleOutcome) -> Case:
    """What is said of a rule without anything to list."""
    if outcome.not_judged:
        return Case("not judged", "skipped", "not judged", f"cannot be judged on this log: {outcome.not_judged}")
    if outcome.silent and not outcome.in_force:
        said = f"in force {window(outcome.rule)}, at no time that this log tells of"
        return Case("never activated", "skipped", "not in force", said)
    if outcome.silent:
        return Case("never activated", "skipped", "never activated", "never activated; silence is not compliance")
    if unlisted := _unlisted(audit, outcome):
        return _not_listed(outcome, unlisted)
    return Case(in_words(outcome.__getitem__), "passed")
