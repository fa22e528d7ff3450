"""What a run changes: findings never seen before, spells that begin, go on and end.  The database works in sets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Column, Connection, MetaData, Select, Table, Text, func, insert, literal, select, update

from auditor.results.store.schema import RESOLVED, finding, spell
from auditor.results.store.values import Instant

Seen = tuple[str, str, str, str | None, datetime]  # fingerprint, verdict, rule, subject, activated_at
_OTHER = {"violated": "undetermined", "undetermined": "violated"}

_ALONE: dict[str, Any] = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}
_RUN = MetaData()
_seen = Table(
    "seen", _RUN, Column("fingerprint", Text, primary_key=True), Column("verdict", Text), Column("rule", Text),
    Column("subject", Text), Column("activated_at", Instant), **_ALONE,
)  # fmt: skip
_gone = Table("gone", _RUN, Column("fingerprint", Text, primary_key=True), **_ALONE)


def write(
    connection: Connection, series: str, number: int, seen: Iterable[Iterable[Seen]], resolved: Iterable[str]
) -> None:
    """Write what run `number` of the series saw.

    `seen` are all its violated and undetermined findings, in batches; `resolved` the fingerprints of those that were
    open and that it found to be neither.
    """
    _RUN.create_all(connection, checkfirst=False)
    for rows in seen:
        _fill(connection, _seen, rows)
    _fill(connection, _gone, ((fingerprint,) for fingerprint in resolved))
    for verdict, other in _OTHER.items():
        _change(connection, verdict, _ids(series, _seen).where(_seen.c.verdict == verdict), last_run=number)
        changed = _ids(series, _seen).where(_seen.c.verdict == other)
        _change(connection, verdict, changed, ended_run=number, ended_as=other)
        _change(connection, verdict, _ids(series, _gone), ended_run=number, ended_as=RESOLVED)
    _begin(connection, series, number)


def _fill(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    names, made = table.columns.keys(), list(rows)
    if connection.dialect.name == "sqlite":
        if made:
            connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in made])
    elif made:  # one statement with a list for each column, where a server would be asked once for each row
        lists = zip(zip(*made, strict=True), table.columns, strict=True)
        columns = [func.unnest(literal(list(values), ARRAY(column.type))) for values, column in lists]
        connection.execute(insert(table).from_select(names, select(*columns)))


def _ids(series: str, among: Table) -> Select[tuple[int]]:
    """The findings of the series that one of the two tables of the run names."""
    named = select(finding.c.id).join(among, among.c.fingerprint == finding.c.fingerprint)
    return named.where(finding.c.series == series)


def _change(connection: Connection, verdict: str, ids: Select[tuple[int]], **values: object) -> None:
    """Write into the open spells of these findings that have this verdict."""
    spells = update(spell).where(spell.c.ended_run.is_(None), spell.c.verdict == verdict, spell.c.finding.in_(ids))
    connection.execute(spells.values(**values))


def _begin(connection: Connection, series: str, number: int) -> None:
    """Add the findings that were never seen, and a spell for each one seen that has none open."""
    same = (finding.c.fingerprint == _seen.c.fingerprint) & (finding.c.series == series)
    fields = [_seen.c[name] for name in ("fingerprint", "rule", "subject", "activated_at")]
    unseen = select(literal(series), *fields).select_from(_seen.outerjoin(finding, same)).where(finding.c.id.is_(None))
    connection.execute(insert(finding).from_select(["series", *(field.name for field in fields)], unseen))
    here = (spell.c.finding == finding.c.id) & spell.c.ended_run.is_(None)
    begun = select(finding.c.id, literal(number), literal(number), _seen.c.verdict)
    begun = begun.select_from(_seen.join(finding, same).outerjoin(spell, here)).where(spell.c.finding.is_(None))
    connection.execute(insert(spell).from_select(["finding", "first_run", "last_run", "verdict"], begun))
