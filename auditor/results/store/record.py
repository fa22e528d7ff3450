"""Recording an audit: compared with the last run of its series, written as the next, marked with what was known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from auditor.base.diagnostics import UnusableError
from auditor.results import marks, provenance
from auditor.results.findings import Ranks
from auditor.results.marks import MARKED, Known, Recorded
from auditor.results.options import VERDICTS
from auditor.results.store import runs, spells
from auditor.results.store.address import Address, address
from auditor.results.store.opening import writing
from auditor.results.store.runs import Run
from auditor.results.store.schema import STATUSES
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    import pyarrow as pa

    from auditor.results.audit import Audit
    from auditor.results.facts import Facts

SERIES = "main"
LONGEST_NAME = 100  # characters of a series' name


def record(audit: Audit, url: str, *, series: str = SERIES, again: bool = False, recorded_at: datetime) -> Audit:
    """The audit marked as new or continuing beside the last run of the series, which it follows in the store.

    The same audit again is recorded only with `again`; it is marked as it was the first time.  `recorded_at` is the
    moment of recording (naive UTC).  Raises UnusableError; then the store is as it was.
    """
    place = address(url)
    named(series)
    made_of = provenance.provenance(audit)
    key = provenance.key(made_of)
    audit.held(MARKED)  # before the store is locked, since it takes long
    with writing(place) as connection:
        this = None if again or key is None else runs.of_key(connection, series, key)
        if this is not None:
            found = _marked(connection, audit, place, series, this)
        else:
            this = _next(connection, audit, place, series)
            found = _marked(connection, audit, place, series, this)
            assert found.marks.known is not None  # noqa: S101 - it has just been marked with that
            gone = marks.resolved(found, found.marks.known, found.outcomes)
            runs.add(connection, series, this, key, recorded_at, made_of, list(_tallies(found, gone)))
            spells.write(connection, series, this.number, _seen(found), gone["fingerprint"].to_pylist())
        return replace(found, trend=runs.trend(connection, series, this.number))


def named(series: str) -> None:
    """Raises UnusableError for what is no name of a series."""
    if not series.strip() or len(series) > LONGEST_NAME or not series.isprintable():
        raise UnusableError("bad-series", "a series has a name of 1 to 100 printable characters")


def _next(connection: Connection, audit: Audit, place: Address, series: str) -> Run:
    """The run that this audit becomes.  Raises UnusableError where the series has got further already."""
    this, before = audit.judgement.as_of, runs.last(connection, series)
    if before is not None and this < before.as_of:
        raise UnusableError(
            "store-earlier",
            f"this audit is judged as of {iso_text(this)}, but run {before.number} of the series {series} as of "
            f"{iso_text(before.as_of)}: it cannot know what has become of later findings",
            place=place.place,
            help="check that the log is whole; an audit of another log, or of the past, needs a --series of its own",
        )
    return Run(before.number + 1 if before else 1, this)


def _marked(connection: Connection, audit: Audit, place: Address, series: str, this: Run) -> Audit:
    """The audit beside what was open before this run."""
    earlier = f"run {this.number - 1} of series" if this.number > 1 else "the empty series"
    source = f"{earlier} {series} in {place.name}"
    found = audit.marked(Known(source, runs.open_before(connection, series, this.number)))
    assert found.comparison is not None  # noqa: S101 - it has just been made
    recorded = Recorded(place.name, series, this.number)
    return replace(found, comparison=replace(found.comparison, recorded=recorded))


def _tallies(audit: Audit, resolved: pa.Table) -> Iterator[dict[str, Any]]:
    counted, gone = marks.tallies(audit), resolved["rule_id"].to_pylist()
    for outcome in audit.outcomes:
        rule = outcome.rule
        statuses = [counted.get((rule.id, verdict), {}) for verdict in MARKED]
        yield {
            "rule": rule.id, "severity": rule.severity, "draft": rule.draft,
            "judged": not outcome.unjudged,
            **{name: outcome[name] for name in VERDICTS}, "activations": outcome.activations,
            **{name: sum(each.get(name, 0) for each in statuses) for name in STATUSES}, "resolved": gone.count(rule.id),
            **{f"groups_{verdict}": outcome.grouped(verdict) for verdict in MARKED},
        }  # fmt: skip


def _seen(audit: Audit) -> Iterator[Iterator[spells.Seen]]:
    """The violated and undetermined findings in batches, whatever verdicts the audit shows."""
    entries, held = Ranks(audit, MARKED).entries, audit.held(MARKED)
    for batch in audit.batches(held.select("rank", "fingerprint", "subject", "activated_at")):
        ranks, *others = (column.to_pylist() for column in batch.columns)
        yield (_row(entries[rank], *values) for rank, *values in zip(ranks, *others, strict=True))


def _row(entry: tuple[Facts, str], fingerprint: str, subject: str | None, activated_at: datetime) -> spells.Seen:
    rule, verdict = entry
    told = None if subject is None else subject.replace("\0", "\ufffd")  # PostgreSQL has no such character
    return fingerprint, verdict, rule.rule, told, activated_at
