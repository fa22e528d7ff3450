"""Values from logs, made harmless: nothing that a terminal, a spreadsheet or a CI log would obey.

Sources: OWASP "CSV Injection" (cells that begin with = + - @ tab CR, also full-width); CVE-2021-42574 (bidirectional
controls); the workflow commands of CI logs (`::error::` at the start of a line, `##[…]` anywhere).
"""

from __future__ import annotations

import re

# C0; DEL and C1; Arabic letter mark; zero-width and direction marks; separators and bidirectional controls; invisible
# operators and isolates; byte order mark.
_RANGES = (
    (0, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF),
)  # fmt: skip
_CLASSES = [f"\\u{low:04x}-\\u{high:04x}" for low, high in _RANGES]
_CONTROLS = re.compile(f"[{''.join(_CLASSES)}\ud800-\udfff]")
_NOT_IN_JSON = re.compile(f"[{''.join(_CLASSES[1:])}]")  # JSON writers escape C0 themselves
_COMMAND = re.compile(r"::(?=[a-z-]+( [^:]*)?::)")

# The same in UTF-8, C0 left out: by first byte, which is looked for in a hundredth of the time that a class takes.
_IN_BYTES = {pattern[0]: re.compile(pattern) for pattern in (
    b"\x7f", b"\xc2[\x80-\x9f]", b"\xd8\x9c", b"\xe2(?:\x80[\x8b-\x8f\xa8-\xae]|\x81[\xa0-\xa9])", b"\xef\xbb\xbf",
)}  # fmt: skip
_WINDOW = 1 << 16  # bytes that stay in the processor's cache
FORMULA = "=+-@\t\r＝＋－＠"  # a cell that begins with one of these is read as a formula


def safe(value: object, limit: int | None = None) -> str:
    """The text of a value in one harmless line, cut to `limit` characters."""
    text = str(value)
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return _COMMAND.sub(": :", printable(text)).replace("##[", "# #[")


def printable(text: str) -> str:
    """A text with `\ufffd` in place of each of the characters."""
    return _CONTROLS.sub("\ufffd", text)


def safe_lines(text: str) -> str:
    """The same for a text that has several lines by our own doing."""
    return "\n".join(safe(line) for line in text.split("\n"))


def controls(text: bytes | memoryview) -> int:
    """How many characters of C0 a text (UTF-8) holds, line feeds included; -1 when it holds any of the others."""
    import numpy as np

    whole, found = np.frombuffer(text, np.uint8), 0
    for start in range(0, len(whole), _WINDOW):
        window = whole[start : start + _WINDOW]
        found += int(np.count_nonzero(window < 0x20))
        for first, pattern in _IN_BYTES.items():
            if (window == first).any() and pattern.search(text, start, start + _WINDOW + 2):
                return -1
    return found


def without_controls(line: str) -> str:
    """A line of a file with `\ufffd` in place of each of the characters; where it ends, a line feed stays."""
    return printable(line.removesuffix("\n")) + "\n"


def safe_json(text: bytes | memoryview) -> bytes | memoryview:
    """JSON text (UTF-8) with the characters that a terminal would obey written as escapes; the same values."""
    if controls(text) >= 0:
        return text
    return _NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", str(text, "utf-8")).encode()
