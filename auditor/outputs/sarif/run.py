"""A SARIF log with one run: the audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from auditor.outputs.hostile import safe_json
from auditor.outputs.log_health import compared, conclusion
from auditor.outputs.places import is_file, rule_place
from auditor.outputs.sarif.results import Results
from auditor.outputs.sarif.rules import descriptors
from auditor.outputs.sarif.texts import SHIPPED, SOURCE, artifact, message, rule_file
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TOGETHER = 500  # results that are written at once
ACCEPTED, SHOWN = 25_000, 5_000  # results of a run that GitHub takes, and shows
_STREAMS = {"<stdin>": ["analysisTarget", "standardStream"]}
_MEMORY = ["analysisTarget", "memoryContents"]


def write(audit: Audit, stream: BinaryIO) -> None:
    """The head as one piece; the results stream from the engine, one on each line."""
    rules = descriptors(audit)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    _put(stream, '{"$schema": ' + json.dumps(SCHEMA) + ',\n"version": "2.1.0",\n"runs": [{\n')
    for name, value in _head(audit, rules, numbers).items():
        _put(stream, f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n")
    _put(stream, '"results": [')
    before, results = "\n", Results(audit, numbers).each()
    while some := list(islice(results, TOGETHER)):
        _put(stream, before + ",\n".join(json.dumps(result, ensure_ascii=False) for result in some))
        before = ",\n"
    _put(stream, "\n]}]}\n")


def _put(stream: BinaryIO, text: str) -> None:
    stream.write(safe_json(text.encode()))


def _head(audit: Audit, rules: list[dict[str, Any]], numbers: dict[str, int]) -> dict[str, Any]:
    from auditor import __version__

    return {
        "tool": {"driver": {"name": "auditor", "semanticVersion": __version__, "rules": rules}},
        "originalUriBaseIds": {
            SOURCE: {"description": message("the folder in which the audit ran")},
            SHIPPED: {"description": message("the packs that come with auditor")},
        },
        "artifacts": list(_artifacts(audit)),
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(audit, numbers))}
        ],
        "properties": {
            "as_of": iso_text(audit.judgement.as_of),
            "packs": [pack.as_dict() for pack in audit.ruleset.packs],
            "rules": [outcome.as_dict() for outcome in audit.outcomes],
        },
    }


def _artifacts(audit: Audit) -> Iterator[dict[str, Any]]:
    for label in audit.log.health.files:
        roles = ["analysisTarget"] if is_file(label) else _STREAMS.get(label, _MEMORY)
        yield {"location": artifact(label), "roles": roles}
    for place in _once(rule_place(rule.place) for rule in audit.ruleset.rules):
        yield {"location": rule_file(place), "roles": ["policy"]}


def _once(places: Iterable[Any]) -> list[Any]:
    return list({place.path: place for place in places}.values())


def _notifications(audit: Audit, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    """What a reader should hear before the results: the conclusion, warnings, rules that say nothing."""
    yield {"level": "note", "message": message(conclusion(audit))}
    if audit.comparison is not None:
        yield {"level": "note", "message": message(f"compared with {compared(audit.comparison)}")}
    if (number := _results(audit)) > SHOWN:
        limits = f"GitHub shows {SHOWN:,} and accepts {ACCEPTED:,} of a run: choose rules (--rule) or verdicts (--show)"
        yield {"level": "warning", "message": message(f"this run has {number:,} results; {limits}")}
    for note in audit.notes:
        yield {"level": "warning", "message": message(note)}
    for outcome in audit.outcomes:
        rule = {"id": outcome.rule.id, "index": numbers[outcome.rule.id]}
        if outcome.not_judged:
            said = f"{outcome.rule.id} could not be judged on this log: {outcome.not_judged}"
            yield {"level": "warning", "message": message(said), "associatedRule": rule}
        elif outcome.never_activated and outcome.in_force:
            said = f"{outcome.rule.id} never activated; silence is not compliance"
            yield {"level": "note", "message": message(said), "associatedRule": rule}


def _results(audit: Audit) -> int:
    found = sum(outcome[v] + outcome.grouped(v) for outcome in audit.outcomes for v in audit.show)
    return found + (audit.comparison.resolved if audit.comparison else 0)
