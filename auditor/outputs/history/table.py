"""History for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.history import lines
from auditor.outputs.history.lines import NONE, UNKNOWN, Values, spark
from auditor.outputs.hostile import safe
from auditor.outputs.samples import LONGEST
from auditor.outputs.styles import SEVERITY, VERDICT, columns, counted, paper
from auditor.results.store import History, Life, Moment, Series, Spell
from auditor.results.wording import iso_text

_ALWAYS = {"violated": "red", "undetermined": "yellow", "new": "red", "continuing": "", "resolved": "green"}
_SOMETIMES = {"waived": "dim", "groups_violated": "red"}  # where any run has one


def runs(found: History, stream: BinaryIO, look: Look) -> None:
    """A row for each run."""
    with paper(stream, look) as out:
        for series in _each(out, found):
            shown = _ALWAYS | {name: s for name, s in _SOMETIMES.items() if any(night[name] for night in series.nights)}
            table = columns("run", "judged as of", numbers=tuple(name.replace("_", " ") for name in shown))
            for night in series.nights:
                cells = [counted(night[name], style) for name, style in shown.items()]
                table.add_row(str(night.number), iso_text(night.as_of), *cells)
            out.print(table)


def trend(found: History, stream: BinaryIO, look: Look) -> None:
    """Violated findings by severity and by rule, run after run."""
    with paper(stream, look) as out:
        for series in _each(out, found):
            nights = series.nights
            out.print(Text(f"a column for each run, as of {iso_text(nights[0].as_of)} to {iso_text(nights[-1].as_of)}; "
                           f"{NONE} none, {UNKNOWN} not judged, █ the most of the line", style="dim"))  # fmt: skip
            table = _charts("violated")
            for name, values in lines.severities(series).items():
                label = "all undetermined" if name == "undetermined" else name
                _draw(table, [Text(label, SEVERITY.get(name) or VERDICT.get(name, ""))], values)
            out.print(table)
            out.print()
            table = _charts("rule", "severity", "")
            for line in lines.rules(series):
                severity = Text(line.newest.severity, SEVERITY[line.newest.severity])
                rule = Text(safe(line.newest.rule) + (" (draft)" if line.newest.draft else ""))
                _draw(table, [rule, severity, Text("violated")], line.violated)
                if any(line.undetermined):
                    _draw(table, [Text(), Text(), Text("undetermined", "dim")], line.undetermined)
            out.print(table)


def lives(found: Sequence[Life], stream: BinaryIO, look: Look) -> None:
    """What became of each finding."""
    with paper(stream, look) as out:
        for number, life in enumerate(found):
            if number:
                out.print()
            subject = "(unknown)" if life.subject is None else safe(life.subject, 2 * LONGEST)
            rule = safe(life.rule) + (" (draft)" if life.draft else "")
            out.print(Text.assemble((life.severity, SEVERITY[life.severity]), "  ", (rule, "bold"), f"  {subject}"))
            out.print(Text(f"  activated at {iso_text(life.activated_at)}, fingerprint {safe(life.fingerprint)}, "
                           f"series {safe(life.series)}", style="dim"))  # fmt: skip
            grid = Table.grid(padding=(0, 2), pad_edge=True)
            grid.add_column(justify="right", no_wrap=True)
            grid.add_column(no_wrap=True)
            grid.add_column(overflow="fold")
            for moment, what, style in _events(life):
                grid.add_row(f"run {moment.run}", iso_text(moment.as_of), Text(what, style))
            out.print(grid)


def _events(life: Life) -> Iterator[tuple[Moment, str, str]]:
    """Moment, what is so from then on, and its style."""
    earlier: Spell | None = None
    for one in life.spells:
        if earlier is None:
            said = "first seen"
        else:
            said = "seen again" if earlier.ended_as == "resolved" else f"no longer {earlier.verdict}"
        yield one.first, f"{one.verdict} ({said})", VERDICT[one.verdict]
        if one.ended_as == "resolved" and one.ended is not None:
            yield one.ended, "resolved", VERDICT["met"]
        earlier = one
    last = life.spells[-1]
    if life.open and last.last.run < life.newest.run:
        yield last.last, "last seen; open, since no later run could see it", "dim"
    elif life.open and last.first != last.last:
        yield last.last, f"still {last.verdict}", VERDICT[last.verdict]


def _each(out: Console, found: History) -> Iterator[Series]:
    """The series, each under its heading."""
    for number, series in enumerate(found.series):
        if number:
            out.print()
        shown = len(series.nights)
        said = f"{series.runs} run{'' if series.runs == 1 else 's'}"
        said = f"the newest {shown} of {said}" if shown < series.runs else said
        out.print(Text.assemble((safe(series.name, LONGEST), "bold"), f" in {safe(found.store)}: {said}"))
        yield series


def _charts(*names: str) -> Table:
    table = columns(*names)
    table.add_column("chart", overflow="fold")
    for name in ("first", "last", "most"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _draw(table: Table, labels: list[Text], values: Values) -> None:
    known = [value for value in values if value is not None]
    ends = (values[0], values[-1], max(known, default=None))
    numbers = (UNKNOWN if value is None else f"{value:,}" for value in ends)
    table.add_row(*labels, spark(values), *numbers)
