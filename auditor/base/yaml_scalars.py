"""What an unquoted YAML scalar means here; what YAML 1.1 would reinterpret is a doubt instead of a guess."""

from __future__ import annotations

import re
from math import isfinite

Scalar = str | int | float | bool | None
Doubt = tuple[str, str, str]  # code, message, help

_INTEGER = re.compile(r"^[-+]?(0|[1-9]\d*)$")
_FLOAT = re.compile(r"^[-+]?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)$")
_CONSTANTS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TEXT = 'write "{}" for the text'
# pattern, code, what YAML reads it as, help
_REINTERPRETED = (
    (r"(?i)^(yes|no|on|off)$", "yaml-boolean", "true or false", _TEXT + ", or true or false"),
    (r"^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$", "yaml-clock", "a base-60 number", 'write "{}" in quotes'),
    (r"(?i)^[-+]?\.(inf|nan)$", "yaml-number", "infinity or not-a-number", _TEXT),
    (
        r"^[-+]?[0-9][0-9_.]*_[0-9_.]*$", "yaml-number", "a number without its underscores",
        _TEXT + ", or the number without underscores",
    ),
    (
        r"^[-+]?(0[0-9_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+)$", "yaml-number-base",
        "an octal, hexadecimal or binary number", _TEXT + ", or the number without leading zeros",
    ),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern), code, reading, help) for pattern, code, reading, help in _REINTERPRETED]


def doubt(text: str) -> Doubt | None:
    """Why an unquoted scalar could be misread, if it could."""
    for pattern, code, reading, help in _PATTERNS:
        if pattern.match(text):
            return code, f"unquoted `{text}` reads as {reading} in YAML", help.format(text)
    return None


def scalar(text: str) -> tuple[Scalar, Doubt | None]:
    """The value of an unquoted scalar; one that is in doubt stays text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text], None
    found = doubt(text)
    if found is not None:
        return text, found
    if _INTEGER.match(text):
        if len(text) < 20:
            return int(text), None
        return text, ("yaml-number", "this number has more than 19 digits", "write it in quotes for the text")
    if _FLOAT.match(text):
        number = float(text)
        if isfinite(number):
            return number, None
        return text, ("yaml-number", f"`{text}` is too large for a number", "write it in quotes for the text")
    return text, None
