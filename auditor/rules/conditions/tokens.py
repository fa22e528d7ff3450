"""The guard before Python's parser: tokens of the language, and exact places for what does not belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from auditor.base.durations import parse_duration
from auditor.rules.names import Fault

MAX_LENGTH = 2_000
MAX_NESTING = 30
MAX_ARITHMETIC = 60
MAX_PREFIXES = 10

TokenKind = Literal["text", "number", "span", "name", "word", "operator", "open", "close", "comma", "dot"]
_PARTS = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>[A-Za-z]{0,2}(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))
    |(?P<unclosed>[A-Za-z]{0,2}["'].*)
    |(?P<span>\d[\d_.]*[A-Za-z_]\w*)
    |(?P<number>\d+\.\d*|\.\d+|\d+)
    |(?P<name>[^\W\d]\w*)
    |(?P<foreign>:=|\*\*|//|<<|>>|->|=>|=<|===|!==|<>|&&|\|\|)
    |(?P<operator>==|!=|<=|>=|[<>+*=-])
    |(?P<single>[/%@|&^~`$?:;!\#\\{}])
    |(?P<open>[(\[])|(?P<close>[)\]])|(?P<comma>,)|(?P<dot>\.)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = frozenset({"and", "or", "not", "in", "is"})
_PYTHON_WORDS = frozenset({
    "if", "else", "elif", "for", "while", "lambda", "await", "async", "yield", "return", "def", "class", "import",
    "from", "as", "with", "assert", "del", "global", "nonlocal", "pass", "raise", "try", "except", "finally",
    "break", "continue",
})  # fmt: skip
_INSTEAD = {
    "&&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    "=": "write `==` to compare",
    "===": "write `==`",
    "!==": "write `!=`",
    "<>": "write `!=`",
    "=<": "write `<=`",
    "=>": "write `>=`",
    "&": "write `and`",
    "|": "write `or`",
    "~": "write `not`",
    "#": "move the comment out of the condition",
    "`": 'write texts in quotes: "…"',
    "{": "write lists in square brackets",
    "}": "write lists in square brackets",
}


@dataclass(frozen=True)
class Token:
    """A piece of a condition; `start` counts characters from 0."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def scan(text: str) -> tuple[list[Token], list[Fault]]:
    """The tokens of a condition, and every piece that is foreign to the language."""
    if len(text) > MAX_LENGTH:
        help = "use a list of the pack (`in lists.name`), or several rules"
        return [], [Fault("expr-too-long", f"a condition has at most {MAX_LENGTH} characters", 0, 1, help)]
    tokens: list[Token] = []
    faults: list[Fault] = []
    for match in _PARTS.finditer(text):
        kind, piece, start = match.lastgroup, match[0], match.start()
        if kind == "space":
            continue
        fault = _fault(kind or "other", piece, start)
        if fault is not None:
            faults.append(fault)
        elif kind == "name" and piece in _WORDS:
            tokens.append(Token("word", piece, start))
        else:
            tokens.append(Token(kind, piece, start))  # type: ignore[arg-type]
    return tokens, faults or _nesting(tokens)


def _fault(kind: str, piece: str, start: int) -> Fault | None:
    end = start + len(piece)
    if kind == "unclosed":
        return Fault("expr-syntax", "this text has no closing quote", start, start + 1, "close it with the same quote")
    if kind == "span":
        try:
            parse_duration(piece)
        except ValueError as error:
            return Fault("bad-duration", f"`{piece}` is neither a number nor a duration", start, end, str(error))
    if kind == "number" and re.match(r"0\d", piece):
        return Fault(
            "expr-syntax", f"`{piece}` begins with a zero", start, end, "write the number without leading zeros"
        )
    if kind == "text":
        return _text_fault(piece, start)
    if kind in ("foreign", "single") or piece == "=":
        return Fault("expr-operator", f"`{piece}` is not an operator of conditions", start, end,
                     _INSTEAD.get(piece, "operators: and or not == != < <= > >= in, is None, + - *"))  # fmt: skip
    if kind == "other":
        return Fault("expr-syntax", f"the character `{piece}` has no meaning here", start, end)
    if piece in _PYTHON_WORDS:
        help = "conditions have names, constants, comparisons, and/or/not and a few functions"
        return Fault("expr-syntax", f"`{piece}` is not part of the language of conditions", start, end, help)
    return None


def _text_fault(piece: str, start: int) -> Fault | None:
    quote = min(piece.find(q) for q in "\"'" if q in piece)
    prefix, body = piece[:quote], piece[quote + 1 : -1]
    if prefix.lower() not in ("", "r"):
        return Fault("expr-syntax", f"the prefix `{prefix}` is not accepted", start, start + quote, "remove it")
    escape = next((found for found in re.finditer(r"\\.", body, re.DOTALL) if found[0][1] not in "\\\"'"), None)
    if not prefix and escape is not None:
        at = start + quote + 1 + escape.start()
        help = 'write r"…" for a pattern, or `\\\\` for a backslash'
        return Fault("expr-escape", f"`{escape[0]}` is not an escape of the language", at, at + 2, help)
    if "\n" in body:
        return Fault("expr-syntax", "a text ends on its own line", start, start + 1, "close it on the same line")
    return None


def _nesting(tokens: list[Token]) -> list[Fault]:
    """Brackets in pairs, and no depth or chain that could exhaust a parser."""
    opened: list[Token] = []
    arithmetic = prefixes = 0
    for token in tokens:
        prefixes = prefixes + 1 if token.text in ("not", "-", "+") else 0
        arithmetic += token.text in ("+", "-", "*")
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close":
            if not opened or opened[-1].text + token.text not in ("()", "[]"):
                return [
                    Fault("expr-syntax", f"this `{token.text}` closes nothing", token.start, token.end, "remove it")
                ]
            opened.pop()
        if len(opened) > MAX_NESTING or prefixes > MAX_PREFIXES or arithmetic > MAX_ARITHMETIC:
            help = "split the condition into several rules, or use a list"
            return [Fault("expr-too-deep", "this condition is nested too deeply", token.start, token.end, help)]
    if opened:
        last = opened[-1]
        return [Fault("expr-syntax", f"this `{last.text}` is never closed", last.start, last.end, "close it")]
    return []
