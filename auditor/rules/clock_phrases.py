"""Lengths of time and named clocks in words."""

from __future__ import annotations

from auditor.base.durations import Duration
from auditor.rules.model import NamedClock
from auditor.rules.phrases import listed, pattern
from auditor.rules.shapes import DAYS

_NAMES = [day.capitalize() for day in DAYS]
_ALL_DAY = ((0, 24 * 3600),)


def on_clock(length: str, within: Duration | None, clock: NamedClock | None) -> str:
    """`16 h of clock office`, `3 working days of clock office`."""
    if clock is None:
        return length
    if clock.hours and within is not None and within.days:
        length = length.replace("day", "working day")
    return f"{length} of clock {clock.name}"


def clock_described(clock: NamedClock) -> list[str]:
    """`Mon-Fri 09:00-17:00 Europe/Berlin`, `closed on holidays of DE-BE`, `standing from … to …`."""
    said = [f"{_week(clock)} {clock.zone}"] if clock.hours else []
    closed = [f"holidays of {listed(clock.holidays, 'and')}"] if clock.holidays else []
    closed += [day.isoformat() for day in clock.closed]
    if closed:
        said.append(f"closed on {listed(closed, 'and')}")
    return said + [f"standing from {pattern(pause.start)} to {pattern(pause.end)}" for pause in clock.pauses]


def _week(clock: NamedClock) -> str:
    """Runs of days with the same hours."""
    runs: list[tuple[list[str], tuple[tuple[int, int], ...]]] = []
    for name, spans in zip(_NAMES, clock.hours, strict=True):
        if runs and runs[-1][1] == spans:
            runs[-1][0].append(name)
        else:
            runs.append(([name], spans))
    return ", ".join(
        f"{names[0]}-{names[-1]}{_spans(spans)}" if len(names) > 1 else f"{names[0]}{_spans(spans)}"
        for names, spans in runs
        if spans
    )


def _spans(spans: tuple[tuple[int, int], ...]) -> str:
    if spans == _ALL_DAY:
        return ""
    return " " + listed([f"{_time(opens)}-{_time(closes)}" for opens, closes in spans], "and")


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
