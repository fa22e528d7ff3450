"""Values in Markdown: shown as they are, and nothing that a wiki or a forge would obey.

What comes from a log stands in code, where neither markup nor mentions nor references to issues are read. Sources:
GitHub Flavored Markdown (tables, autolinks, disallowed raw HTML); OWASP, cross-site scripting through Markdown links.
"""

from __future__ import annotations

import re

from auditor.outputs.hostile import safe

_MARKS = re.compile(r"([\\`*{}\[\]<>|~$&#]|(?<!\w)_|_(?!\w))")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\]*[^\s<>\"'`|\\.,;:)]")
_MENTION = re.compile(r"(?<![\w/])@[\w-]+(?:/[\w-]+)?|@|#\d+|\bGH-\d+")  # of people and of issues
_READ = re.compile(r"""[&<>"'`|@*_~$#:!()\[\]\\ ]""")  # what is markup somewhere; a blank at an end is lost
_NOT_PLAIN = re.compile(r"[`|\\&<>]|^ | $|^$")


def code(value: object, limit: int | None = None) -> str:
    """A value in code, cut to `limit` characters: `` `R-1` ``; with marks in it, `<code>` with every mark escaped."""
    text = safe(value, limit)
    if not _NOT_PLAIN.search(text):
        return f"`{text}`"
    return "<code>" + _READ.sub(lambda found: f"&#{ord(found[0])};", text) + "</code>"


def prose(text: str) -> str:
    """A text in one line in which no character is markup; what would mention somebody stands in code."""
    line = safe(" ".join(text.split()))
    parts, start = [], 0
    for found in _MENTION.finditer(line):
        parts += [_escaped(line[start : found.start()]), f"`{found[0]}`"]
        start = found.end()
    return "".join([*parts, _escaped(line[start:])])


def cited(text: str) -> str:
    """The same for a source: addresses of the web stay whole, so that they can be followed."""
    parts, start = [], 0
    for found in _ADDRESS.finditer(text):
        before = text[start : found.start()]
        parts += [prose(before), " " * before[-1:].isspace(), f"<{safe(found[0])}>"]
        start = found.end()
    rest = text[start:]
    return "".join([*parts, " " * (bool(parts) and rest[:1].isspace()), prose(rest)])


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text).replace("://", r":\//").replace("www.", r"www\.")
