"""What a cell of a workbook can hold: text that nothing obeys, moments, whole numbers."""

from __future__ import annotations

import re
from datetime import datetime

from auditor.outputs.hostile import FORMULA, printable
from auditor.results.wording import iso_text

LONGEST = 32_767  # UTF-16 units that Excel keeps of a text
EXACT = 1 << 53  # whole numbers from here on would be rounded
FIRST = datetime(1900, 3, 1)  # Excel believes in a 29 February 1900, so that days before are another day elsewhere
_RICH = re.compile(r"<r>.*</r>", re.DOTALL)  # xlsxwriter puts such texts into the file as XML, as they are
_NO_XML = re.compile("[\ufffe\uffff]")

Cell = str | int | datetime | None


def known(value: Cell) -> Cell:
    """The value as Excel can show it: a moment to the millisecond, cut and never rounded up; else as text."""
    if isinstance(value, datetime):
        whole = value.replace(microsecond=value.microsecond // 1000 * 1000)
        return whole if value >= FIRST else iso_text(value)
    if isinstance(value, int):
        return value if abs(value) < EXACT else str(value)
    return None if value is None else text(value)


def text(value: str) -> str:
    """A text without characters that XML forbids or a terminal obeys, cut where Excel would cut it without a word."""
    if len(value) > LONGEST // 2:
        units = value.encode("utf-16-le", "surrogatepass")
        if len(units) > 2 * LONGEST:
            value = units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    value = _NO_XML.sub("\ufffd", printable(value))
    return "\ufffd" + value[1:] if _RICH.fullmatch(value) else value


def looks_like_formula(value: str) -> bool:
    """Whether Excel would read the text as a formula if somebody typed it."""
    return value[:1] != "" and value[0] in FORMULA
