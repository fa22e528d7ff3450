"""What is typed, as values."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.base.diagnostics import UnusableError
from auditor.base.suggest import did_you_mean


def settings(pairs: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as a dict."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UnusableError(
                "bad-setting", f"`{pair}` is not of the form NAME=VALUE", help="for example --set limit=24h"
            )
        if name in found:
            raise UnusableError("bad-setting", f"`{name}` is set twice")
        found[name.strip()] = value.strip()
    return found


def words(texts: Sequence[str]) -> list[str]:
    """`a,b` and repeated options alike.  Raises UnusableError where a word between commas is missing."""
    found = [(word.strip(), text) for text in texts for word in text.split(",")]
    for word, text in found:
        if not word:
            raise UnusableError("usage", f"a word is missing in `{text}`", help="write words with commas between them")
    return [word for word, _ in found]


def share(text: str) -> float:
    """`0.1%` or `0.001`."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UnusableError("bad-share", f"`{text}` is not a share", help="write it like 0.1% or 0.001")
    return value


def one_of(text: str, known: Sequence[str]) -> None:
    """Raises UnusableError for a word that is not among the known ones."""
    if text not in known:
        raise UnusableError(
            "unknown-word", f"`{text}` is not one of {', '.join(known)}", help=did_you_mean(text, known)
        )
