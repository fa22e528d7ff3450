"""A finding as a timeline: its evidence, when it was due, when it was met, and when it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from auditor.results.wording import span_text

_ORDER = ("activation", "exemption", "match", "bound", "met", "due", "judged")


@dataclass(frozen=True)
class Moment:
    """One line of a timeline; `script/timeline.js` makes the same."""

    role: str  # of the evidence; `due`, `met` or `judged`
    time: str
    event: str = ""
    place: str = ""  # `log.csv, row 7`
    gap: str = ""  # time since the moment before


def moments(finding: Mapping[str, Any], as_of: str) -> list[Moment]:
    """The moments of a finding in order of time; a match that met the duty is not told twice."""
    found = [
        Moment(one["role"], one["time"], one["event"], f"{one['file']}, row {one['row']:,}")
        for one in finding["evidence"]
    ]
    if finding["met_at"] and all(one.time != finding["met_at"] for one in found if one.role == "match"):
        found.append(Moment("met", finding["met_at"]))
    if finding["due_at"]:
        found.append(Moment("due", finding["due_at"]))
    found.append(Moment("judged", as_of))
    found.sort(key=lambda one: (one.time.removesuffix("Z"), _ORDER.index(one.role)))
    told = found[:1]
    for before, one in pairwise(found):
        seconds = (datetime.fromisoformat(one.time) - datetime.fromisoformat(before.time)).total_seconds()
        told.append(Moment(one.role, one.time, one.event, one.place, span_text(seconds) if seconds else ""))
    return told
