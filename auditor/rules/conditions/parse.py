"""Tokens in a sensible order → Python's syntax tree, with character offsets."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.base.durations import ELAPSED_UNITS, UNITS
from auditor.rules.conditions.tokens import Token, scan
from auditor.rules.names import Fault

_VALUES = ("text", "number", "span", "name")


@dataclass(frozen=True)
class Parsed:
    """A syntax tree, and the text that its places refer to."""

    root: ast.expr
    source: bytes
    durations: Mapping[int, str]  # by their first character: Python has no word for them, so `parse` makes up names

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Characters [start, end) of a node."""
        return self._offset(node.col_offset), self._offset(node.end_col_offset or node.col_offset + 1)

    def duration(self, node: ast.expr) -> str | None:
        """The duration that stands at a node (`24h`), or None."""
        return self.durations.get(self.span(node)[0])

    def text(self, node: ast.expr) -> str:
        """A node as written, in one short line."""
        written = " ".join(self.source[node.col_offset : node.end_col_offset].decode("utf-8", "ignore").split())
        return written if len(written) <= 60 else written[:59] + "…"

    def _offset(self, column: int) -> int:
        """From Python's bytes to characters of the text, without the brackets that `parse` puts around it."""
        whole = len(self.source.decode("utf-8")) - 2
        return max(0, min(len(self.source[:column].decode("utf-8", "ignore")) - 1, whole))


def parse(text: str) -> tuple[Parsed | None, list[Fault]]:
    """The syntax tree of a condition, or what is wrong with it; never raises."""
    tokens, faults = scan(text)
    faults = faults or _order(tokens, text)
    if faults:
        return None, faults
    source = "(" + "".join(" " if c.isspace() else c for c in text) + ")"
    durations = {token.start: token.text for token in tokens if token.kind == "span"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks about literals; `check` has its own
            root = ast.parse(_with_names(source, durations), mode="eval").body
    except SyntaxError as error:
        start = max(0, min((error.offset or 2) - 2, len(text) - 1))
        return None, [Fault("expr-syntax", f"this is not a condition: {error.msg}", start, start + 1)]
    except (ValueError, RecursionError, MemoryError):
        return None, [
            Fault("expr-too-deep", "this condition is nested too deeply", 0, 1, "split it into several rules")
        ]
    return Parsed(root, source.encode(), durations), []


def _with_names(source: str, durations: Mapping[int, str]) -> str:
    """The text with a name of the same length in place of each duration."""
    for start, text in durations.items():
        source = source[: start + 1] + "_" * len(text) + source[start + 1 + len(text) :]
    return source


def _order(tokens: list[Token], text: str) -> list[Fault]:
    """Values and operators take turns; says which one is missing."""
    if not tokens:
        return [Fault("expr-empty", "this condition is empty", 0, max(1, len(text)), "leave it out, or write one")]
    value_before = False
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        if _begins_value(token, value_before, tokens[index + 1] if index + 1 < len(tokens) else None):
            if value_before:
                return [_missing_operator(before, token)]
        elif not value_before and token.text not in ("None", ")", "]") and not _prefix(token, before):
            return [Fault("expr-syntax", f"something is missing before `{token.text}`", token.start, token.end)]
        value_before = token.kind in (*_VALUES, "close")
    if not value_before:
        last = tokens[-1]
        return [Fault("expr-syntax", f"something is missing after `{last.text}`", last.start, last.end)]
    return []


def _begins_value(token: Token, value_before: bool, after: Token | None) -> bool:
    if token.kind in _VALUES:
        return True
    if token.kind == "open":  # after a value `(` is a call and never a new value
        return not value_before or token.text == "["
    if token.text == "not":
        return not (value_before and after is not None and after.text == "in")
    return False


def _prefix(token: Token, before: Token | None) -> bool:
    return token.text in ("-", "+", "not") or (token.text == "in" and before is not None and before.text == "not")


def _missing_operator(before: Token | None, token: Token) -> Fault:
    start, end = token.start, token.end
    if before is not None and before.kind == token.kind == "text":
        return Fault("expr-syntax", "a comma is missing between these texts", start, end, "write `,` between them")
    if before is not None and token.text.lower() in ("and", "or", "not", "in", "is"):
        return Fault(
            "expr-syntax", f"`{token.text}` is written in small letters", start, end, f"write `{token.text.lower()}`"
        )
    help = "write `and`, `or`, `==` or another operator between them"
    if before is not None and before.kind == "number" and token.text.lower().removesuffix("s") in UNITS:
        elapsed = token.text.lower().removesuffix("s") in ELAPSED_UNITS
        written = f"{before.text}{token.text}" if elapsed else "24h"
        help = f"write a duration of elapsed time in one word: `{written}`"
    left = before.text if before is not None else ""
    return Fault("expr-syntax", f"an operator is missing between `{left}` and `{token.text}`", start, end, help)
