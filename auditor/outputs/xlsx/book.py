"""A workbook whose rows are written one after another, in bounded memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from auditor.outputs.xlsx.cells import Cell, known, looks_like_formula

ROWS = 1_048_576  # that a sheet can hold
_WHOLE, _PARTS = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd hh:mm:ss.000"
_STYLES: dict[str, dict[str, Any]] = {
    "plain": {}, "bold": {"bold": True}, "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "bg_color": "#E7EAEE"},
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a sheet: what stands above it, and its width in characters."""

    name: str
    width: int


@contextmanager
def workbook(stream: BinaryIO, created: datetime) -> Iterator[Book]:
    """A workbook that goes to the stream in the end.  Raises OSError where it cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        path = Path(folder) / "book.xlsx"
        made = Book(Workbook(str(path), {"constant_memory": True, "tmpdir": folder}), created)
        yield made
        try:
            made.close()
        except FileCreateError as error:
            raise error.args[0] from None
        with path.open("rb") as whole:
            shutil.copyfileobj(whole, stream)


class Book:
    """Sheets, and the formats that their cells share."""

    def __init__(self, made: Any, created: datetime) -> None:
        made.use_zip64()
        made.set_properties({"created": created})
        self.workbook = made
        self._formats: dict[tuple[str, str], Any] = {}
        self._sheets: list[Sheet] = []

    def sheet(self, name: str, columns: Sequence[Column], *, table: bool = True) -> Sheet:
        """A new sheet, the last one; a `table` has the names of its columns above, always in sight, and a filter."""
        self._sheets.append(Sheet(self, name, columns, table))
        return self._sheets[-1]

    def close(self) -> None:
        """Finish all sheets, and write the file."""
        for sheet in self._sheets:
            sheet.finish()
        self.workbook.close()

    def format(self, style: str, kind: str) -> Any:
        """The format of a kind of cell (`text`, `formula`, or the way a moment is shown) in a style."""
        key = (style, kind)
        if key not in self._formats:
            own: dict[str, Any] = {"text": {}, "formula": {"quote_prefix": True}}.get(kind, {"num_format": kind})
            look = {**_STYLES[style], **own}
            self._formats[key] = self.workbook.add_format(look) if look else None
        return self._formats[key]


class Sheet:
    """Rows of cells; those that a sheet cannot hold go on in another one."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column], table: bool) -> None:
        self._book, self._name, self._columns, self._table = book, name, columns, table
        self._parts = 0
        self._open()

    def row(self, *cells: Cell, style: str = "plain") -> None:
        """Write the next row."""
        if self._next == ROWS:
            self.finish()
            self._open()
        self._write(cells, style)

    def finish(self) -> None:
        """Set the filter, now that the last row is known."""
        if self._table:
            self._sheet.autofilter(0, 0, self._next - 1, len(self._columns) - 1)

    def _open(self) -> None:
        self._parts += 1
        self._next = 0
        name = self._name if self._parts == 1 else f"{self._name} ({self._parts})"
        self._sheet = self._book.workbook.add_worksheet(name)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS}"})
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, column.width)
        if self._table:
            self._sheet.freeze_panes(1, 0)
            self._write([column.name for column in self._columns], "head")

    def _write(self, cells: Sequence[Cell], style: str) -> None:
        row, write, book = self._next, self._sheet, self._book
        self._next += 1
        for number, value in enumerate(map(known, cells)):
            if isinstance(value, datetime):
                kind = _PARTS if value.microsecond else _WHOLE
                write.write_datetime(row, number, value, book.format(style, kind))
            elif isinstance(value, int):
                write.write_number(row, number, value, book.format(style, "#,##0"))
            elif value:
                kind = "formula" if looks_like_formula(value) else "text"
                write.write_string(row, number, value, book.format(style, kind))
