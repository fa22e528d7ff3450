"""Findings, violated groups and resolved findings as SARIF's results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.outputs.hostile import safe
from auditor.outputs.names import group_named, named
from auditor.outputs.places import Lines, rule_place
from auditor.outputs.rows import records
from auditor.outputs.sarif.rules import id_of, level, resolved_id
from auditor.outputs.sarif.texts import artifact, location, message, rule_file
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit
    from auditor.results.waivers import Waiver
    from auditor.rules.model import Rule

_KINDS = {"violated": "fail", "undetermined": "open", "pending": "open", "exempt": "notApplicable", "met": "pass"}
_STATES = {"new": "new", "continuing": "unchanged"}
_TOLD = (
    "subject_key", "subject", "severity", "verdict", "reason", "status", "activated_at", "due_at", "met_at",
    "late_seconds",
)  # fmt: skip
_SAID = ("rule_id", "message")  # of a group, beside its other figures


class Results:
    """The results of one audit; `numbers` are those of the descriptors by id."""

    def __init__(self, audit: Audit, numbers: Mapping[str, int]) -> None:
        self._audit = audit
        self._numbers = numbers
        self._rules = {rule.id: rule for rule in audit.ruleset.rules}
        self._lines = Lines()
        self._logs = {label: artifact(label) for label in audit.log.health.files}

    def each(self) -> Iterator[dict[str, Any]]:
        """All results, those of findings as they come from the engine; each ready to be written and forgotten."""
        for record in records(self._audit):
            yield self._of_finding(record)
        for group in self._audit.group_verdicts:
            if group["verdict"] in self._audit.show:
                yield self._of_group(group)
        if self._audit.comparison is not None:
            for batch in self._audit.comparison.resolved_findings.to_batches(1000):
                yield from map(self._of_resolved, batch.to_pylist())

    def _of_finding(self, record: dict[str, Any]) -> dict[str, Any]:
        rule, verdict, status = self._rules[record["rule_id"]], record["verdict"], record["status"]
        waiver = self._audit.waiver_for(rule.id, record["subject"]) if status == "waived" else None
        said = f"{record['subject_key']} {named(record['subject'])}: {record['message']}"
        witnesses = [self._witness(item) for item in sorted(record["evidence"], key=_activation_first)]
        place = self._place_of(rule)
        first, others = (witnesses[0], [*witnesses[1:], place]) if witnesses else (place, [])
        return self._result(
            rule, verdict, id_of(rule.id, verdict, status), said + (f" (waived: {_answer(waiver)})" if waiver else ""),
            record["fingerprint"], waiver,
            locations=[first], relatedLocations=others,
            **({"baselineState": _STATES[status]} if status in _STATES else {}),
            properties={name: record[name] for name in _TOLD if record[name] not in (None, "")},
        )  # fmt: skip

    def _of_group(self, group: dict[str, Any]) -> dict[str, Any]:
        rule = self._rules[group["rule_id"]]
        named = group_named(group["group"])
        identity = json.dumps([rule.id, group["kind"], group["group"]]).encode()
        told = {name: value for name, value in group.items() if value is not None and name not in _SAID}
        return self._result(
            rule, group["verdict"], id_of(rule.id, group["verdict"]), f"{named}: {group['message']}",
            hashlib.sha256(identity).hexdigest()[:32], None, locations=[self._place_of(rule)],
            properties={"severity": rule.severity} | told,
        )  # fmt: skip

    def _of_resolved(self, known: dict[str, Any]) -> dict[str, Any]:
        assert self._audit.comparison is not None  # noqa: S101 - where resolved findings come from
        rule, source = self._rules[known["rule_id"]], self._audit.comparison.source
        said = f"{', '.join(rule.per)} {named(known['subject'])}: {known['verdict']} in {source}, and no longer"
        return self._result(
            rule, "violated", resolved_id(rule.id), said, known["fingerprint"], None, locations=[self._place_of(rule)],
            baselineState="absent",
            properties={name: known[name] for name in ("subject", "severity", "verdict") if known[name] is not None}
            | {"activated_at": iso_text(known["activated_at"])},
        )  # fmt: skip

    def _result(
        self, rule: Rule, verdict: str, id: str, said: str, fingerprint: str, waiver: Waiver | None, **parts: Any
    ) -> dict[str, Any]:
        kind = "informational" if rule.draft and verdict == "violated" else _KINDS[verdict]
        stands = id == rule.id
        result: dict[str, Any] = {
            "ruleId": id,
            "ruleIndex": self._numbers[id],
            "kind": kind,
            "level": "none" if kind != "fail" else level(rule) if stands else "note",
            "message": message(said),
            # the only one that GitHub compares, and only within one path
            "partialFingerprints": {"auditorFinding/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:1"},
        }
        if self._audit.marks.waivers is not None:  # on all results of a run or on none (3.27.23)
            result["suppressions"] = [self._suppression(waiver)] if waiver else []
        return result | parts

    def _suppression(self, waiver: Waiver) -> dict[str, Any]:
        assert self._audit.marks.waivers is not None  # noqa: S101 - the caller has looked
        place = location(artifact(self._audit.marks.waivers.file), waiver.line, "the waiver")
        return {"kind": "external", "status": "accepted", "justification": _answer(waiver), "location": place}

    def _witness(self, item: dict[str, Any]) -> dict[str, Any]:
        file, row = item["file"], item["row"]
        said = f"{item['event']} at {item['time']}, row {row} ({item['role']})"
        return location(self._logs[file], self._lines.of(file, row), said, row=row)

    def _place_of(self, rule: Rule) -> dict[str, Any]:
        return self._places[rule.id]

    @cached_property
    def _places(self) -> dict[str, dict[str, Any]]:
        found = ((rule, rule_place(rule.place)) for rule in self._audit.ruleset.rules)
        return {rule.id: location(rule_file(place), place.line, f"rule {rule.id}") for rule, place in found}


def _activation_first(item: Mapping[str, Any]) -> bool:
    return bool(item["role"] != "activation")


def _answer(waiver: Waiver) -> str:
    """Why a finding is waived, by whom and until when."""
    return safe(f"{waiver.reason}; approved by {waiver.approver}, until {waiver.expires}")
