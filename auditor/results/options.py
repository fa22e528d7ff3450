"""The words that a caller chooses from, checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, get_args

from auditor.base.diagnostics import UnusableError
from auditor.base.suggest import did_you_mean
from auditor.rules.model import SEVERITIES, Severity

Verdict = Literal["violated", "undetermined", "pending", "exempt", "met"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
NOW = "now"
SHOWN: tuple[Verdict, ...] = ("violated", "undetermined")


def verdicts(names: Iterable[str]) -> tuple[Verdict, ...]:
    """The verdicts named, in their fixed order; `all` names them all."""
    wanted = set(names)
    if unknown := sorted(wanted - {*VERDICTS, "all"}):
        raise UnusableError(
            "unknown-verdict", f"there is no verdict `{unknown[0]}`", help=did_you_mean(unknown[0], (*VERDICTS, "all"))
        )
    return tuple(verdict for verdict in VERDICTS if verdict in wanted or "all" in wanted)


def severity(name: str) -> Severity:
    """A severity by name."""
    if name not in SEVERITIES:
        raise UnusableError("unknown-severity", f"there is no severity `{name}`", help=did_you_mean(name, SEVERITIES))
    return name


def understood(show: Iterable[str], fail_on: str, as_of: datetime | str | None) -> None:
    """Raises UnusableError for a word that no audit understands."""
    verdicts(show)
    severity(fail_on)
    if as_of is not None:
        instant(as_of)


def instant(moment: datetime | str) -> datetime:
    """A moment as naive UTC; `now` is read from the clock, to the second.

    One without an offset is an error: a zone is never guessed.
    """
    if moment == NOW:
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    try:
        parsed = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    except ValueError:
        raise UnusableError(
            "bad-instant", f"`{moment}` is not a moment in time", help="write it like 2025-05-17T00:00:00Z, or `now`"
        ) from None
    if parsed.tzinfo is None:
        raise UnusableError(
            "bad-instant",
            f"`{moment}` has no offset from UTC",
            help=f"add one: {parsed.isoformat()}Z, or for example {parsed.isoformat()}+02:00",
        )
    return parsed.astimezone(UTC).replace(tzinfo=None)
