"""How DuckDB reads each kind of input: its columns, and a SELECT that loads only those in use."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from auditor.base.diagnostics import Place, UnusableError
from auditor.log import sql
from auditor.log.cells import as_text
from auditor.log.inputs import FileInput

_unique = itertools.count(1)


def fresh(what: str) -> str:
    """A name that no other log on this connection has."""
    return f"auditor_{what}_{next(_unique)}"


class Scan(ABC):
    """One input on a connection; columns are addressed by position, so an unused name never reaches the engine."""

    label: str
    names: list[str]  # the columns that the input has
    first_row: int = 1  # the row number of the first record
    sparse: bool = False  # records leave out what they have no value for
    lazy: bool = False  # cheap enough to be read again at each use, with row numbers of its own
    broken: str | None = None  # condition on the scan: this record cannot be read at all
    broken_reason: str = ""
    blank: Sequence[int] = ()  # records that hold nothing and are not counted

    def has(self, name: str) -> bool:
        """Whether the input has a column."""
        return name in self.names

    @abstractmethod
    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        """DuckDB types of the columns in use."""

    @abstractmethod
    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        """A FROM clause, and the expression of each column in use."""

    row: str | None = None  # expression of the row number, where `lazy`

    def explain(self, error: Exception) -> UnusableError:
        """Why the engine could not read this input."""
        return damaged(self.label, error)

    def lost(self) -> list[tuple[int, str, int]]:
        """(row, reason, lines) of records that the last read could not even split into cells."""
        return []

    def select(self, used: Mapping[str, str], kinds: Mapping[str, str], nulls: Sequence[str]) -> str:
        """A SELECT of the columns in `used` (name → alias), each of the type in `kinds`, null spellings made null."""
        own = [name for name in used if self.has(name)]
        origin, cells = self.source(own)
        has = self.kinds(own)
        columns = [f"{self._cell(name, cells, has, kinds[name], nulls)} AS {alias}" for name, alias in used.items()]
        if self.row:
            columns.append(f"{self.row} AS row_number")
        columns.append(f"{self.broken or 'false'} AS broken")  # of all, since one run may read several formats
        return f"SELECT {', '.join(columns)} FROM {origin}"

    @staticmethod
    def _cell(name: str, cells: Mapping[str, str], has: Mapping[str, str], kind: str, nulls: Sequence[str]) -> str:
        if name not in cells:
            return "CAST(NULL AS VARCHAR)" if kind == "VARCHAR" else f"CAST(NULL AS {kind})"
        cell = cells[name]
        if has[name] != kind:
            cell = f"CAST({as_text(cell, has[name])} AS {kind})"
        if kind == "VARCHAR" and not nulls:
            return f"nullif({cell}, '')"
        if kind == "VARCHAR":
            return f"CASE WHEN {cell} NOT IN {sql.texts({'', *nulls})} THEN {cell} END"
        if kind in ("DOUBLE", "FLOAT"):
            cell = f"CASE WHEN NOT isnan({cell}) THEN {cell} END"
        if nulls:
            return f"CASE WHEN {as_text(cell, kind)} NOT IN {sql.texts(nulls)} THEN {cell} END"
        return cell


def simple(kind: str) -> str:
    """Types that are read as text: enumerations."""
    return "VARCHAR" if kind.startswith("ENUM") else kind


def describe(connection: duckdb.DuckDBPyConnection, query: str, label: str) -> list[str]:
    """The types of a query's columns."""
    try:
        return [simple(str(row[1])) for row in connection.execute(f"DESCRIBE {query}").fetchall()]
    except UNREADABLE as error:
        raise damaged(label, error) from None


def once(names: Sequence[str], label: str, place: Place | None = None) -> None:
    """Raise when two columns have one name: which is meant is never guessed."""
    twice = sorted({name for name in names if name.strip() and names.count(name) > 1})
    if twice:
        raise UnusableError(
            "duplicate-column",
            f"the column `{twice[0]}` stands twice",
            place=place or Place(label),
            help="rename one of them; which is meant is never guessed",
        )


UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfMemoryException)


def damaged(label: str, error: Exception) -> UnusableError:
    """What the engine could not read; its own text may quote the log, so only its kind is given."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return UnusableError(
            "out-of-memory",
            "the memory limit is too small for this log",
            place=Place(label),
            help="raise --memory, or name a folder with free space to spill to",
        )
    kind = type(error).__name__.removesuffix("Exception")
    return UnusableError(
        "log-unreadable",
        f"this log cannot be read ({kind}): it is damaged or of another format",
        place=Place(label),
        help="export it again, or state its format in the mapping",
    )


class ParquetScan(Scan):
    """A Parquet file, read again at each use."""

    lazy = True
    row = "file_row_number + 1"

    def __init__(self, connection: duckdb.DuckDBPyConnection, item: FileInput) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.label = item.label
        self._connection = connection
        try:
            self.names = list(pq.read_schema(item.path).names)
        except (pa.ArrowException, OSError) as error:
            raise damaged(item.label, error) from None
        once(self.names, item.label)
        listed = ", ".join(f"c{i}" for i in range(len(self.names)))
        path = sql.text(str(item.path))
        self._origin = f"read_parquet({path}, file_row_number = true) AS source({listed}, file_row_number)"
        self._kinds = dict(
            zip(self.names, describe(connection, f"SELECT * FROM read_parquet({path})", item.label), strict=False)
        )

    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        return {name: self._kinds[name] for name in used}

    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        return self._origin, {name: f"c{self.names.index(name)}" for name in used}


class FrameScan(Scan):
    """A pandas DataFrame or an Arrow table: only the columns in use are handed to the engine."""

    lazy = True
    row = "row_number"

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Any, label: str) -> None:
        self.label = label
        self._connection = connection
        self._table = table
        columns = table.column_names if hasattr(table, "column_names") else table.columns
        self.names = [str(name) for name in columns]
        once(self.names, label)
        self._registered: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}

    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        return self._register(tuple(used))[1]

    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        view, _ = self._register(tuple(used))
        return f"{view}", {name: f"c{i}" for i, name in enumerate(used)}

    def _register(self, used: tuple[str, ...]) -> tuple[str, dict[str, str]]:
        if used not in self._registered:
            arrow = self._arrow(used)
            view = fresh("frame")
            self._connection.register(view, arrow)
            kinds = describe(self._connection, f"SELECT * FROM {view}", self.label)
            self._registered[used] = (view, dict(zip(used, kinds, strict=False)))
        return self._registered[used]

    def _arrow(self, used: tuple[str, ...]) -> Any:
        import numpy as np
        import pyarrow as pa

        columns = []
        for name in used:
            position = self.names.index(name)
            if hasattr(self._table, "column_names"):
                columns.append(self._table.column(position))
                continue
            try:
                columns.append(pa.Array.from_pandas(self._table.iloc[:, position]))
            except (pa.ArrowException, TypeError) as error:
                message = f"the column `{name}` mixes types: {type(error).__name__}"
                raise UnusableError(
                    "frame-column",
                    message,
                    place=Place(self.label),
                    help="give the column one type, for example with .astype(str)",
                ) from None
        # a column without a value has no type that says anything: pandas makes numbers of it, Arrow a type of its own
        columns = [one.cast(pa.string()) if one.null_count == len(one) else one for one in columns]
        names = [f"c{i}" for i in range(len(used))]
        numbers = pa.array(np.arange(1, len(self._table) + 1, dtype="int64"))
        return pa.Table.from_arrays([*columns, numbers], names=[*names, "row_number"])


class QueryScan(Scan):
    """A table or query of the same DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, query: str, names: list[str], label: str) -> None:
        self.label, self.names = label, names
        listed = ", ".join(f"c{i}" for i in range(len(names)))
        self._origin = f"({query}) AS source({listed})"
        self._kinds = dict(zip(names, describe(connection, query, label), strict=False))

    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        return {name: self._kinds[name] for name in used}

    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        return self._origin, {name: f"c{self.names.index(name)}" for name in used}
