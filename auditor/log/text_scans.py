"""Text formats: CSV, TSV, JSON Lines, JSON; strict, every cell a text."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence

import duckdb

from auditor.base.diagnostics import Place, UnusableError
from auditor.log import gaps, header, sql
from auditor.log.inputs import FileInput, open_bytes
from auditor.log.scans import UNREADABLE, Scan, damaged, fresh

MAX_LINE = 16 * 1024 * 1024
_REASONS = {
    "MISSING COLUMNS": "ragged_row",
    "TOO MANY COLUMNS": "ragged_row",
    "UNQUOTED VALUE": "bad_quotes",
    "INVALID ENCODING": "not_utf8",
    "INVALID STATE": "bad_quotes",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
}


class _RejectingScan(Scan):
    """A scan by DuckDB's CSV reader, which lists the records that it cannot split into cells."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, item: FileInput) -> None:
        self.label = item.label
        self._connection = connection
        self._item = item
        self._rejects, self._scans = fresh("rejects"), fresh("scans")

    def _options(self) -> str:
        packing = self._item.packing or "none"
        return (
            f"auto_detect = false, all_varchar = true, strict_mode = true, compression = '{packing}', "
            f"store_rejects = true, rejects_table = '{self._rejects}', rejects_scan = '{self._scans}', "
            f"rejects_limit = 1000000, max_line_size = {MAX_LINE}, buffer_size = {4 * MAX_LINE}"
        )

    def _lost_records(self) -> list[tuple[int, str, int]]:
        query = (
            "SELECT line, min(error_type), max(length(rtrim(csv_line, chr(10))) - "
            "length(replace(rtrim(csv_line, chr(10)), chr(10), ''))) + 1 "
            f"FROM {self._rejects} GROUP BY line ORDER BY line"
        )
        try:
            found = self._connection.execute(query).fetchall()
        except duckdb.CatalogException:
            return []
        self._connection.execute(f"DROP TABLE IF EXISTS {self._rejects}")
        self._connection.execute(f"DROP TABLE IF EXISTS {self._scans}")
        spread = {"UNQUOTED VALUE", "INVALID STATE"}
        return [(row, _REASONS.get(kind, "ragged_row"), lines if kind in spread else 1) for row, kind, lines in found]


class CsvScan(_RejectingScan):
    """CSV or TSV: the header is read here, the rest by the engine, strictly."""

    first_row = 2

    def __init__(self, connection: duckdb.DuckDBPyConnection, item: FileInput, delimiter: str) -> None:
        super().__init__(connection, item)
        self._delimiter = delimiter
        self.names = header.read(item, delimiter)

    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(used, "VARCHAR")

    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(self.names)))
        origin = (
            f"read_csv({sql.text(str(self._item.path))}, header = true, delim = {sql.text(self._delimiter)}, "
            f"quote = '\"', escape = '\"', columns = {{{columns}}}, {self._options()})"
        )
        return origin, {name: f"c{self.names.index(name)}" for name in used}

    def explain(self, error: Exception) -> UnusableError:
        if isinstance(error, duckdb.InvalidInputException) and gaps.has_returns(self._item):
            return UnusableError(
                "mixed-line-ends", "lines end in different ways (CR LF and LF), or a cell holds a bare CR",
                place=Place(self.label), help="convert it to one kind of line end, for example with dos2unix",
            )  # fmt: skip
        return super().explain(error)

    def lost(self) -> list[tuple[int, str, int]]:
        if len(self.names) > 1 and gaps.has_blank_lines(self._item):
            self.blank = gaps.blank_records(self._item, self._delimiter)
        return self._lost_records()


class _Nested(Scan):
    """Objects: a column that begins with `/` is a path to a nested value."""

    sparse = True
    broken_reason = "bad_json"
    _object: str  # the column of the records

    @abstractmethod
    def _records(self) -> str:
        """A FROM clause: one object in a row."""

    def kinds(self, used: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(used, "VARCHAR")

    def source(self, used: Sequence[str]) -> tuple[str, dict[str, str]]:
        inner, cells = _extracted(self._object, used)
        self.broken = _broken(self._object)
        return f"(SELECT {self._object}, {inner} FROM {self._records()}) AS source", cells

    def has(self, name: str) -> bool:
        return name in self.names or (name.startswith("/") and name.split("/")[1] in self.names)


class JsonLinesScan(_RejectingScan, _Nested):
    """JSON Lines: one object in a line; a column that begins with `/` is a path to a nested value."""

    _object = "line"

    def __init__(self, connection: duckdb.DuckDBPyConnection, item: FileInput) -> None:
        super().__init__(connection, item)
        self.names = self._keys()

    def _lines(self) -> str:
        return (
            f"read_csv({sql.text(str(self._item.path))}, header = false, delim = '\x01', quote = '', escape = '', "
            f"columns = {{'line': 'VARCHAR'}}, {self._options()})"
        )

    def _keys(self) -> list[str]:
        names = keys(self._connection, f"SELECT line FROM {self._lines()}", self.label)
        self._lost_records()
        return names

    def _records(self) -> str:
        return f"{self._lines()} WHERE line IS NOT NULL"

    def lost(self) -> list[tuple[int, str, int]]:
        if gaps.has_blank_lines(self._item):
            self.blank = gaps.blank_lines(self._item)
        return self._lost_records()


class JsonScan(_Nested):
    """A JSON file that holds an array of objects."""

    _object = "json"

    def __init__(self, connection: duckdb.DuckDBPyConnection, item: FileInput) -> None:
        self.label = item.label
        packing = {"gzip": "gzip", "zstd": "zstd"}.get(item.packing or "", "uncompressed")
        self._origin = (
            f"read_json_objects({sql.text(str(item.path))}, format = 'array', compression = '{packing}', "
            f"maximum_object_size = {MAX_LINE})"
        )
        try:
            self.names = keys(connection, f"SELECT json AS line FROM {self._origin}", item.label)
        except UnusableError as error:
            if error.diagnostic.code == "log-unreadable" and _looks_like_lines(item):
                raise UnusableError(
                    "log-format",
                    "this log is not an array of objects; it may be JSON Lines",
                    place=Place(item.label),
                    help="name it .jsonl, or state `source: {format: jsonl}` in the mapping",
                ) from None
            raise

    def _records(self) -> str:
        return self._origin


def _looks_like_lines(item: FileInput) -> bool:
    """Whether the first line is an object of its own."""
    with open_bytes(item.path, item.packing) as stream:
        first = stream.readline(MAX_LINE)
    try:
        return isinstance(json.loads(first.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _is_object(line: str) -> str:
    return f"(CASE WHEN json_valid({line}) THEN json_type({line}) = 'OBJECT' ELSE false END)"


def _broken(line: str) -> str:
    """Whether this is no object, or one with a key twice: which value is meant is never guessed."""
    repeats = f"len(json_keys({line})) <> len(list_distinct(json_keys({line})))"
    return f"CASE WHEN {_is_object(line)} THEN {repeats} ELSE true END"


def _extracted(line: str, used: Sequence[str]) -> tuple[str, dict[str, str]]:
    """All values in use, taken out of an object in one go."""
    paths = ", ".join(sql.text(_path(name)) for name in used)
    taken = f"CASE WHEN {_is_object(line)} THEN json_extract_string({line}, [{paths}]) END AS cells"
    if not used:
        taken = "NULL AS cells"
    return taken, {name: f"cells[{i}]" for i, name in enumerate(used, 1)}


def _path(name: str) -> str:
    """A key as a JSON pointer; a name that begins with `/` is one already."""
    return name if name.startswith("/") else "/" + name.replace("~", "~0").replace("/", "~1")


def keys(connection: duckdb.DuckDBPyConnection, lines: str, label: str) -> list[str]:
    """Every key of every object, sorted."""
    query = f"SELECT DISTINCT unnest(json_keys(line)) AS key FROM ({lines}) WHERE {_is_object('line')} ORDER BY key"
    try:
        found = [str(row[0]) for row in connection.execute(query).fetchall()]
    except UNREADABLE as error:
        raise damaged(label, error) from None
    if not found:
        raise UnusableError(
            "log-empty",
            "this log holds no JSON object",
            place=Place(label),
            help="it needs one object in a line (jsonl), or an array of objects (json)",
        )
    return found
