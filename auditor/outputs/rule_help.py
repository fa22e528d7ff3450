"""What tools show beside a finding of a rule: why it exists, where it comes from, who chose its deadline."""

from __future__ import annotations

import re
from urllib.parse import quote

from auditor.outputs.hostile import safe
from auditor.outputs.pack_pages import escaped
from auditor.rules import Rule, sentence

_ADDRESS = re.compile(r"https?://[^\s;,<>\"]+")
_CHOSEN = {
    "statutory": "The deadline is that of the statute.",
    "operator": "The deadline is the operator's own choice: to miss it is no breach of the law.",
    None: "",
}
_DRAFT = "This rule is a draft: it is judged and shown, and never fails an audit."


def text(rule: Rule) -> str:
    """The help of a rule as plain text, a paragraph for each part."""
    return "\n\n".join(f"{name}: {said}" if name else said for name, said in _parts(rule))


def markdown(rule: Rule) -> str:
    """The same in Markdown."""
    parts = ((name, escaped(said)) for name, said in _parts(rule))
    return "\n\n".join(f"**{name}:** {said}" if name else said for name, said in parts)


def address(rule: Rule) -> str | None:
    """The first address among the sources of a rule."""
    found = next(filter(None, map(_ADDRESS.search, rule.refs)), None)
    return quote(found[0].rstrip(".)"), safe=":/?#[]@!$&'()*+,;=%~") if found else None


def _parts(rule: Rule) -> list[tuple[str, str]]:
    parts = [
        ("", sentence(rule)),
        ("Why", rule.why),
        ("Basis", _basis(rule)),
        ("Sources", "; ".join(rule.refs)),
        ("How the source is verified", rule.verified),
        ("", _DRAFT if rule.draft else ""),
    ]
    return [(name, safe(" ".join(said.split()))) for name, said in parts if said]


def _basis(rule: Rule) -> str:
    if rule.basis is None:
        return ""
    return " ".join(part for part in (f"{rule.basis.kind}.", _CHOSEN[rule.basis.deadline], rule.basis.note) if part)
