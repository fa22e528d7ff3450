"""Clocks of packs: hours, holidays, pauses."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from auditor.rules import load_rules
from auditor.rules.calendars import closed_days
from auditor.rules.model import NamedClock, Pattern, Pause, Rule

H = 3600
WEEKDAY = ((9 * H, 17 * H),)


def one(folder: Path, rule: str, head: str = "", **named: object) -> Rule:
    path = folder / "one.yaml"
    text = f"pack: p\nversion: '1'\ntimezone: Europe/Paris\n{head}\nrules:\n  - {{id: a, {rule}}}\n"
    path.write_text(text, encoding="utf-8")
    return load_rules([path], **named).rules[0]  # type: ignore[arg-type]


def clock(folder: Path, text: str) -> NamedClock:
    rule = "clock: c, when: report.received, followed_by: {event: report.closed, within: 1h}"
    found = one(folder, rule, f"clocks: {{c: {{{text}}}}}").clock
    assert found is not None
    return found


def test_a_clock_in_full(tmp_path: Path) -> None:
    head = """clocks:
  office:
    timezone: Europe/Berlin
    hours: {mon-fri: "09:00-17:00", sat: ["13:00-24:00", "10:00 - 12:00"]}
    holidays: [DE-BE, FR]
    closed: [2025-12-31, 2025-12-24]
    pause:
      - {from: information.requested, to: [information.provided, report.withdrawn]}
      - {from: clock.paused, to: {event: clock.resumed, where: actor_type == "human"}}
"""
    found = one(tmp_path, "clock: office, when: report.received, preceded_by: {event: notice.sent, within: 2h}", head)
    assert found.clock is not None
    assert (found.zone, found.clock.zone, found.clock.name) == ("Europe/Paris", "Europe/Berlin", "office")
    assert found.clock.hours == (*(WEEKDAY,) * 5, ((10 * H, 12 * H), (13 * H, 24 * H)), ())
    assert (found.clock.holidays, found.clock.closed) == (("DE-BE", "FR"), (date(2025, 12, 24), date(2025, 12, 31)))
    first, second = found.clock.pauses
    assert first == Pause(Pattern(("information.requested",)), Pattern(("information.provided", "report.withdrawn")))
    assert second.end.text == 'actor_type == "human"'


@pytest.mark.parametrize(
    ("text", "open_days"),
    [("hours: {mon: '09:00-17:00'}", "1000000"), ("hours: {fri-mon: '09:00-17:00'}", "1000111"),
     ("hours: {mon-sun: '09:00-17:00'}", "1111111")],
)  # fmt: skip
def test_days_and_ranges_of_days(text: str, open_days: str, tmp_path: Path) -> None:
    assert [("0", "1")[bool(day)] for day in clock(tmp_path, text).hours] == list(open_days)


def test_hours_that_touch_are_one_span(tmp_path: Path) -> None:
    hours = clock(tmp_path, "hours: {mon: ['12:00-24:00', '00:00-12:00']}").hours
    assert hours[0] == ((0, 24 * H),)


def test_a_clock_with_closed_days_alone_is_open_all_day_on_the_others(tmp_path: Path) -> None:
    assert clock(tmp_path, "closed: 2025-12-24").hours == (((0, 24 * H),),) * 7
    assert clock(tmp_path, "pause: {from: clock.paused, to: clock.resumed}").hours == ()


@pytest.mark.parametrize("unit", ["week", "month", "year"])
def test_a_clock_that_only_pauses_counts_all_units(unit: str, tmp_path: Path) -> None:
    head = "clocks: {c: {pause: {from: clock.paused, to: clock.resumed}}}"
    rule = f"clock: c, when: report.received, followed_by: {{event: report.closed, within: 1 {unit}}}"
    found = one(tmp_path, rule, head)
    assert found.clock is not None
    assert found.obligation.within is not None
    assert found.obligation.within.calendar


def test_holidays_and_closed_days() -> None:
    clock = NamedClock("c", "UTC", holidays=("DE", "DE-BE"), closed=(date(2024, 12, 24), date(2026, 1, 2)))
    days = closed_days(clock, date(2024, 12, 24), date(2025, 3, 8))
    assert days == {date(2024, 12, 24), date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1), date(2025, 3, 8)}
    assert closed_days(clock, date(2025, 1, 2), date(2025, 1, 1)) == frozenset()
    assert date(2025, 3, 8) not in closed_days(NamedClock("c", "UTC", holidays=("DE",)), *[date(2025, 3, 8)] * 2)


def test_the_calendars_are_loaded_only_for_clocks_with_holidays() -> None:
    script = (
        "import sys; from auditor.rules import load_rules; load_rules(['child-safety']);"
        "print('holidays' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
