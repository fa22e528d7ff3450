"""Rules for readers: a list, a page for each, and the mistakes in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from auditor.base.diagnostics import Diagnostic, Place
from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe, safe_lines
from auditor.outputs.styles import SEVERITY, columns, marked, paper, title
from auditor.rules import Rule, RuleSet, sentence


def listing(rules: RuleSet, stream: BinaryIO, look: Look) -> None:
    """Packs, and one line for each rule."""
    with paper(stream, look) as out:
        for number, pack in enumerate(rules.packs):
            if number:
                out.print()
            out.print(Text.assemble((safe(pack.name), "bold"), f" {safe(pack.version)}  {safe(pack.title)}"))
            table = columns("rule", "severity", "title")
            for rule in rules.rules:
                if rule.pack == pack.name:
                    severity = Text(rule.severity, style=SEVERITY[rule.severity])
                    table.add_row(marked(rule), severity, Text(safe(rule.title)))
            out.print(table)


def pages(rules: RuleSet, stream: BinaryIO, look: Look) -> None:
    """A page for each rule."""
    with paper(stream, look) as out:
        for number, rule in enumerate(rules.rules):
            if number:
                out.print()
            _page(out, rule)


def _page(out: Console, rule: Rule) -> None:
    out.print(title(rule))
    texts = {
        "says": sentence(rule),
        "why": rule.why,
        "basis": _basis(rule),
        "sources": "; ".join(rule.refs),
        "verified": rule.verified,
        "tests": "; ".join(test.name for test in rule.tests),
        "written in": written_in(rule.place),
    }
    for name, text in texts.items():
        if text:
            out.print(Padding(Text.assemble((f"{name}: ", "dim"), safe(" ".join(text.split()))), (0, 0, 0, 2)))


def written_in(place: Place) -> str:
    """File and line, from the working directory where the file lies below it."""
    path, here = Path(place.file), Path.cwd()
    shown = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    return f"{shown}:{place.line}"


def _basis(rule: Rule) -> str:
    if rule.basis is None:
        return ""
    deadline = {"statutory": "; the deadline is statutory", "operator": "; the deadline is the operator's", None: ""}
    note = f"; {rule.basis.note}" if rule.basis.note else ""
    return f"{rule.basis.kind}{deadline[rule.basis.deadline]}{note}"


def mistakes(found: Sequence[Diagnostic], format: str, stream: BinaryIO) -> None:
    """Diagnostics as text, or as a JSON list."""
    if format == "json":
        text = json.dumps([mistake.as_dict() for mistake in found], indent=2)
    else:
        text = "\n".join([*map(str, found), _summary(found)])
    stream.write((safe_lines(text) + "\n").encode())


def _summary(found: Sequence[Diagnostic]) -> str:
    """`1 error, 28 warnings`."""
    counts = ((sum(one.level == level for one in found), level) for level in ("error", "warning"))
    return ", ".join(f"{n:,} {level}{'' if n == 1 else 's'}" for n, level in counts if n) or "no mistakes found"
