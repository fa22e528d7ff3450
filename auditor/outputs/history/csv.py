"""History for spreadsheets: a row for each run, each rule of a run, or each spell of a finding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO

from auditor.outputs.formats import Look
from auditor.outputs.hostile import FORMULA, safe
from auditor.results.store import COUNTED, History, Life, Moment
from auditor.results.wording import iso_text


def runs(found: History, stream: BinaryIO, _: Look) -> None:
    """A row for each run; drafts do not count."""
    rows = (
        [series.name, night.number, night.as_of, night.recorded_at, *(night[name] for name in COUNTED)]
        for series in found.series
        for night in series.nights
    )
    _write(["series", "run", "as_of", "recorded_at", *COUNTED], rows, stream)


def trend(found: History, stream: BinaryIO, _: Look) -> None:
    """A row for each rule of each run."""
    rows = (
        [series.name, night.number, night.as_of, one.rule, one.severity, one.draft, one.judged, *one.counts.values()]
        for series in found.series
        for night in series.nights
        for one in night.tallies
    )
    _write(["series", "run", "as_of", "rule", "severity", "draft", "judged", *COUNTED], rows, stream)


def lives(found: Sequence[Life], stream: BinaryIO, _: Look) -> None:
    """A row for each spell."""
    names = ["series", "rule", "severity", "draft", "subject", "activated_at", "fingerprint", "verdict"]
    times = [f"{name}_{what}" for name in ("first", "last", "ended") for what in ("run", "as_of")]
    rows = (
        [life.series, life.rule, life.severity, life.draft, life.subject, life.activated_at, life.fingerprint,
         one.verdict, *_moment(one.first), *_moment(one.last), *_moment(one.ended), one.ended_as]
        for life in found
        for one in life.spells
    )  # fmt: skip
    _write([*names, *times, "ended_as"], rows, stream)


def _moment(moment: Moment | None) -> list[object]:
    return [None, None] if moment is None else [moment.run, moment.as_of]


def _write(header: list[str], rows: Iterable[list[object]], stream: BinaryIO) -> None:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    stream.write(page.getvalue().encode())


def _cell(value: object) -> object:
    """A value as text, no formula; nothing is an empty cell."""
    if value is None or isinstance(value, int):
        return str(value).lower() if isinstance(value, bool) else value
    text = iso_text(value) if isinstance(value, datetime) else safe(value)
    return f"'{text}" if text.startswith(tuple(FORMULA)) else text
