"""Where a character of a YAML text value stands in the file.

Quotes, folded lines, block scalars and escapes move characters, but only white space is ever added or dropped; so the
n-th visible character of the value is the n-th visible character of its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.base.diagnostics import Place

_ESCAPE_DIGITS = {"x": 2, "u": 4, "U": 8}
_ESCAPED_SPACE = frozenset("tnvfr _NLP\t")


def place_inside(lines: Sequence[str], start: Place, style: str, value: str, offset: int) -> Place:
    """The place of `value[offset]`; just after the last visible character when `offset` is the end."""
    if not value.strip():
        return start
    wanted = sum(not c.isspace() for c in value[:offset])
    at_end = not value[offset:].strip()
    line, column = start.line - 1, start.column - 1
    if style in ("|", ">"):
        line, column = line + 1, 0
    elif style:
        column += 1
    here = (line, column)
    for count, (row, begin, size) in enumerate(_visible(lines, line, column, style), 1):
        if at_end and count == wanted:
            return Place(start.file, row + 1, begin + size + 1)
        if not at_end and count == wanted + 1:
            return Place(start.file, row + 1, begin + 1)
        here = (row, begin)
    return Place(start.file, here[0] + 1, here[1] + 1)


def _visible(lines: Sequence[str], line: int, column: int, style: str) -> Iterator[tuple[int, int, int]]:
    """Line, column and width in the file of each visible character of a scalar that begins there."""
    for row in range(line, len(lines)):
        text = lines[row]
        while column < len(text):
            char, size = text[column], 1
            visible = not char.isspace()
            if char == style and style in ("'", '"'):
                if style == '"' or text[column : column + 2] != "''":
                    return
                size = 2
            elif char == "\\" and style == '"':
                code = text[column + 1 : column + 2]
                size = 2 + _ESCAPE_DIGITS.get(code, 0)
                visible = bool(code) and code not in _ESCAPED_SPACE
            if visible:
                yield row, column, size
            column += size
        column = 0
