"""Maps that are either level or rise as time does, piece by piece: as data, and as tables to join.

Each map of a table has a number.  A table is cut at whole buckets (days of its instants, or a day's length of
positions), so that looking a value up is one equi-join with a residual condition on every engine: a hash join, exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import ibis
import ibis.expr.types as ir

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND
Kind = Literal["instant", "position"]


class Piece(NamedTuple):
    """For x in [since, until): `value`, plus x - since where `rises`.  All are whole microseconds."""

    since: int
    until: int
    value: int
    rises: bool


def micros(moment: datetime) -> int:
    """An instant (naive UTC) as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def instant(count: int) -> datetime:
    """Microseconds since 1970 as an instant (naive UTC)."""
    return EPOCH + timedelta(microseconds=count)


def bucketed(pieces: Iterable[Piece]) -> Iterable[tuple[int, Piece]]:
    """The pieces cut at whole buckets, each with the start of its bucket."""
    for since, until, value, rises in pieces:
        low = since
        while low < until:
            bucket = low - low % DAY
            high = min(until, bucket + DAY)
            yield bucket, Piece(low, high, value + (low - since if rises else 0), rises)
            low = high


@dataclass(frozen=True)
class Pieces:
    """Numbered maps as one table: `map bucket since until value rises`."""

    domain: Kind
    codomain: Kind
    table: ir.Table

    @staticmethod
    def of(domain: Kind, codomain: Kind, maps: Mapping[int, Iterable[Piece]]) -> Pieces:
        """A table of some maps by number."""
        import pyarrow as pa

        rows = [(number, *row) for number, pieces in maps.items() for row in bucketed(pieces)]
        stamp, whole = pa.timestamp("us"), pa.int64()
        x, y = (stamp if kind == "instant" else whole for kind in (domain, codomain))
        cut = [piece for _, _, piece in rows]
        columns = {
            "map": pa.array([number for number, _, _ in rows], whole),
            "bucket": pa.array([bucket for _, bucket, _ in rows], whole),
            "since": pa.array([piece.since for piece in cut], whole).cast(x),
            "until": pa.array([piece.until for piece in cut], whole).cast(x),
            "value": pa.array([piece.value for piece in cut], whole).cast(y),
            "rises": pa.array([piece.rises for piece in cut], pa.bool_()),
        }
        if domain == "instant":
            columns["bucket"] = columns["bucket"].cast(stamp).cast(pa.date32())
        return Pieces(domain, codomain, ibis.memtable(pa.table(columns)))

    def look_up(self, table: ir.Table, number: str, x: str, name: str) -> ir.Table:
        """`table` with the column `name`: the value at column `x` of the map that column `number` names.

        Null where x or the number is null, or where the map does not reach.
        """
        value = table[x]
        bucket = value.date() if self.domain == "instant" else value - value % DAY
        pieces = self.table.rename({f"piece_{column}": column for column in self.table.columns})
        found = table.left_join(
            pieces,
            [
                table[number] == pieces.piece_map,
                bucket == pieces.piece_bucket,
                value >= pieces.piece_since,
                value < pieces.piece_until,
            ],
        )
        risen = ibis.ifelse(found.piece_rises, apart(found.piece_since, found[x]), ibis.literal(0, "int64"))
        made = found.select(**{c: found[c] for c in table.columns}, **{name: later(found.piece_value, risen)})
        return made.view()  # closes the chain of joins: a later join must see this one's columns


def apart(start: Any, end: Any) -> Any:
    """Microseconds from one value to another; both instants, or both positions."""
    return end.delta(start, unit="microsecond") if start.type().is_timestamp() else end - start


def later(value: Any, count: Any) -> Any:
    """An instant or a position so many microseconds later."""
    return value + count.as_interval("us") if value.type().is_timestamp() else value + count
