"""History for machines: one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

from auditor.outputs.formats import Look
from auditor.outputs.history import lines
from auditor.outputs.hostile import safe_json
from auditor.results.store import COUNTED, History, Life, Night
from auditor.results.wording import iso_text


def runs(found: History, stream: BinaryIO, _: Look) -> None:
    """Each run with its counts, the tallies of its rules and its provenance."""
    series = [
        {"series": one.name, "runs": one.runs, "listed": [_night(night) for night in one.nights]}
        for one in found.series
    ]  # fmt: skip
    _write({"store": found.store, "series": series}, stream)


def trend(found: History, stream: BinaryIO, _: Look) -> None:
    """For each severity and rule a list with a number for each run, null where it was not judged."""
    series = [
        {
            "series": one.name,
            "runs": [{"run": night.number, "as_of": iso_text(night.as_of)} for night in one.nights],
            "severities": lines.severities(one),
            "rules": [
                {"rule": line.newest.rule, "severity": line.newest.severity, "draft": line.newest.draft,
                 "violated": line.violated, "undetermined": line.undetermined}
                for line in lines.rules(one)
            ],
        }
        for one in found.series
    ]  # fmt: skip
    _write({"store": found.store, "series": series}, stream)


def lives(found: Sequence[Life], stream: BinaryIO, _: Look) -> None:
    """Findings with their spells."""
    _write({"findings": [{**asdict(life), "open": life.open} for life in found]}, stream)


def _night(night: Night) -> dict[str, Any]:
    rules = [
        {"rule": one.rule, "severity": one.severity, "draft": one.draft, "judged": one.judged, **one.counts}
        for one in night.tallies
    ]  # fmt: skip
    times = {"as_of": iso_text(night.as_of), "recorded_at": iso_text(night.recorded_at)}
    counts = {name: night[name] for name in COUNTED}
    return {"run": night.number, **times, **counts, "rules": rules, "provenance": night.provenance}


def _write(content: dict[str, Any], stream: BinaryIO) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2, default=iso_text)
    stream.write(bytes(safe_json(text.encode())) + b"\n")
