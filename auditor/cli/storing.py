"""The store of an audit: looked at before the log is read, written before any output."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.base.diagnostics import UnusableError

if TYPE_CHECKING:
    from auditor.results import Audit


def ready(store: str | None, series: str | None, *, again: bool, baseline: str | None) -> list[Path]:
    """The files that the store is in.  Raises UnusableError for one that no run can be recorded in."""
    if store is None:
        for option in [*(["--series"] if series else []), *(["--again"] if again else [])]:
            raise UnusableError("usage", f"{option} says how to record an audit", help="give a --store")
        return []
    if baseline is not None:
        raise UnusableError(
            "usage", "--baseline and --store do not go together", help="the store compares with its own last run"
        )
    from auditor.results import store as stores

    place = stores.address(store)
    stores.named(series or stores.SERIES)
    stores.usable(place)
    return [place.path] if place.path else []


def recorded(audit: Audit, store: str | None, series: str | None, *, again: bool) -> Audit:
    """The audit as recorded, which is the audit itself where there is no store."""
    if store is None:
        return audit
    from auditor.results import store as stores

    now = datetime.now(UTC).replace(tzinfo=None)
    return stores.record(audit, store, series=series or stores.SERIES, again=again, recorded_at=now)
