"""How text in a terminal looks; texts are never read as markup."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, BinaryIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.rules.model import Rule

SEVERITY = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
VERDICT = {"violated": "red", "undetermined": "yellow", "pending": "cyan", "met": "green", "exempt": "dim"}


def console(stream: IO[str], look: Look) -> Console:
    """A console that writes plain text, with colours only where `look` says so."""
    return Console(
        file=stream,
        width=max(look.width, 40),
        color_system="standard" if look.color else None,
        force_terminal=look.color,
        no_color=not look.color,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )


@contextmanager
def paper(stream: BinaryIO, look: Look) -> Iterator[Console]:
    """A console whose text goes to the stream in the end, in UTF-8 and without blanks at the ends of lines."""
    page = io.StringIO()
    yield console(page, look)
    stream.write("\n".join(line.rstrip(" ") for line in page.getvalue().split("\n")).encode())


def columns(*names: str, numbers: tuple[str, ...] = ()) -> Table:
    """A table with text columns and, to the right, number columns."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def whole(table: Table, names: Sequence[Text], width: int) -> None:
    """Let the names in a table's first column stand unbroken, as far as they leave most of the width to the rest."""
    table.columns[0].min_width = min(max((name.cell_len for name in names), default=0), width * 9 // 20)


def marked(rule: Rule, style: str = "") -> Text:
    """The id of a rule, and whether it is a draft."""
    return Text.assemble((safe(rule.id), style), (" (draft)", "dim") if rule.draft else "")


def title(rule: Rule) -> Text:
    """The heading of what is said of a rule."""
    return Text.assemble((rule.severity, SEVERITY[rule.severity]), "  ", marked(rule, "bold"), "  ", safe(rule.title))


def counted(number: int, style: str) -> Text:
    """A count; zero steps back."""
    return Text(f"{number:,}" if number else "–", style=style if number else "dim")
