"""Public holidays, from the calendars of the `holidays` library (loaded when a clock names one)."""

from __future__ import annotations

from datetime import date
from functools import cache

from auditor.rules.model import NamedClock


@cache
def calendars() -> frozenset[str]:
    """The calendars that a clock can name: countries (`DE`) and their parts (`DE-BE`), by ISO 3166 code."""
    import holidays

    countries = holidays.list_supported_countries(include_aliases=False)
    return frozenset(countries) | {f"{country}-{part}" for country, parts in countries.items() for part in parts}


@cache
def holidays_of(calendar: str, year: int) -> frozenset[date]:
    """The public holidays of a calendar in one year, substitute days included; none outside the years it knows."""
    import holidays

    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def closed_days(clock: NamedClock, first: date, last: date) -> frozenset[date]:
    """The holidays and further closed days of a clock from `first` to `last`, both included."""
    years = range(first.year, last.year + 1) if first <= last else ()
    days = {day for calendar in clock.holidays for year in years for day in holidays_of(calendar, year)}
    return frozenset(day for day in (*days, *clock.closed) if first <= day <= last)
