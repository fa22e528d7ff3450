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

# The same for the engine, in RE2's syntax.
CONTROLS = "[" + "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in _RANGES) + "]"
FORMULA = "^[=+\\-@\\t\\r＝＋－＠]"


def safe(value: object, limit: int | None = None) -> str:
    """The text of a value in one harmless line, cut to `limit` characters."""
    text = str(value)
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return _COMMAND.sub(": :", _CONTROLS.sub("\ufffd", text)).replace("##[", "# #[")


def safe_lines(text: str) -> str:
    """The same for a text that has several lines by our own doing."""
    return "\n".join(safe(line) for line in text.split("\n"))


def safe_json(text: bytes) -> bytes:
    """JSON text (UTF-8) with the characters that a terminal would obey written as escapes; the same values."""
    if text.isascii() and b"\x7f" not in text:
        return text
    return _NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text.decode()).encode()
