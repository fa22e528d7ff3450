"""Small pieces of DuckDB's SQL: names and texts, quoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted text."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A parenthesised list of quoted texts, for IN."""
    return "(" + ", ".join(text(value) for value in sorted(set(values))) + ")"


def case(subject: str, values: Mapping[str, str | None], otherwise: str) -> str:
    """The value that `subject` stands for; `otherwise` is an expression."""
    if not values:
        return otherwise
    whens = " ".join(f"WHEN {text(key)} THEN {literal(value)}" for key, value in values.items())
    return f"CASE {subject} {whens} ELSE {otherwise} END"


def literal(value: str | None) -> str:
    """A quoted text, or NULL."""
    return "NULL" if value is None else text(value)
