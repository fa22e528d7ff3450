"""One case for the terminal: its events and due times in order, then what each rule found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.log.schema import ID_FIELDS
from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.styles import VERDICT, paper
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.case import Case, CaseEvent

LONGEST = 40
_DAY = timedelta(days=1, microseconds=-1)
_TIMED = ("violated", "pending", "met")  # verdicts whose deadline belongs to the story
_IN_FULL = ("violated", "pending")
_IN_BRIEF = ("met", "exempt", "undetermined")


def write(case: Case, stream: BinaryIO, look: Look) -> None:
    """The case as text in UTF-8."""
    zone, common = case.audit.log.zone or "UTC", _common(case)
    with paper(stream, look) as out:
        _heading(out, case, zone, common)
        out.print()
        _timeline(out, case, ZoneInfo(zone), frozenset(common))
        _rules(out, case)


def _heading(out: Console, case: Case, zone: str, common: Mapping[str, Any]) -> None:
    judged = f" ({', '.join(case.keys)}), judged as of {iso_text(case.audit.judgement.as_of)}"
    out.print(Text.assemble((safe(case.subject, LONGEST * 2), "bold"), judged))
    ids = ", ".join(f"{name} {safe(value, LONGEST)}" for name, value in common.items() if value != case.subject)
    times = "times in UTC" if zone == "UTC" else f"times in {zone}; those that end in Z are UTC"
    for text in filter(None, (ids, times)):
        out.print(Text(text, style="dim"))


def _common(case: Case) -> dict[str, Any]:
    """Ids that have one value in the whole case: said once."""
    found = {name: {event.values[name] for event in case.events if name in event.values} for name in ID_FIELDS}
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def _timeline(out: Console, case: Case, zone: ZoneInfo, common: frozenset[str]) -> None:
    moments: list[tuple[datetime, int, tuple[Text, ...]]] = []
    for event in case.events:
        parts = [_values(event, common), f"({event.copies} times in the log)" if event.copies > 1 else ""]
        parts.append("(after the moment of judgement)" if event.time > case.audit.judgement.as_of else "")
        what = Text.assemble((safe(event.event), "bold"), *(f"  {part}" for part in parts if part))
        moments.append((event.time, 0, (Text(_time(event.time, event.time_latest, zone)), what)))
    for finding in case.findings:
        if finding["due_at"] is not None and finding["verdict"] in _TIMED:
            due = finding["due_at"].astimezone(UTC).replace(tzinfo=None)
            verdict, rule_id = finding["verdict"], safe(finding["rule_id"])
            what = Text(f"deadline of {rule_id}{_whose(case, finding)}: {verdict}", style=VERDICT[verdict])
            moments.append((due, 1, (Text(_time(due, due, zone), style="dim"), what)))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for _, _, cells in sorted(moments, key=lambda moment: moment[:2]):
        grid.add_row(*cells)
    out.print(Padding(grid, (0, 0, 0, 2)))
    if case.more:
        out.print(Text(f"  … and {case.more:,} more events", style="dim"))


def _time(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A moment; a day where the log knows no more; else an interval."""
    first, last = (moment.replace(tzinfo=UTC).astimezone(zone) for moment in (start, end))
    if start == end:
        return f"{first:%Y-%m-%d %H:%M:%S}"
    if first.date() == last.date() and f"{first:%H%M%S}" == "000000" and end - start >= _DAY - timedelta(hours=1):
        return f"{first:%Y-%m-%d} (day)"
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"


def _values(event: CaseEvent, common: frozenset[str]) -> str:
    shown = [(name, value) for name, value in event.values.items() if name not in common]
    return ", ".join(f"{name} {_value(value)}" for name, value in shown)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(value, LONGEST)


def _rules(out: Console, case: Case) -> None:
    if not case.findings:
        out.print()
        out.print(Text("No rule activated on this case.", style="bold yellow"))
    rules = {rule.id: rule for rule in case.audit.ruleset.rules}
    said: set[str] = set()
    for finding in (f for f in case.findings if f["verdict"] in _IN_FULL):
        rule = rules[finding["rule_id"]]
        out.print()
        out.print(_headline(case, finding, f"{safe(rule.title)} [{rule.severity}]".lstrip()))
        out.print(Padding(Text(safe(finding["message"])), (0, 0, 0, 2)))
        if rule.id not in said:
            out.print(Padding(Text(_sentence(rule), style="dim"), (0, 0, 0, 2)))
        said.add(rule.id)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold", ratio=1)
    for verdict in _IN_BRIEF:
        for finding in (f for f in case.findings if f["verdict"] == verdict):
            text = safe(finding["message"].removeprefix("exempt: ").removeprefix("cannot be determined: "))
            rule_id = Text.assemble((safe(finding["rule_id"]), "bold"), _whose(case, finding))
            grid.add_row(Text(verdict, style=VERDICT[verdict]), rule_id, Text(text))
    if grid.row_count:
        out.print()
        out.print(grid)
    if case.more_findings:
        out.print(Text(f"… and {case.more_findings:,} more findings; `auditor check` lists all of them", style="dim"))


def _headline(case: Case, finding: Mapping[str, Any], rest: str) -> Text:
    verdict = finding["verdict"]
    whose = _whose(case, finding)
    return Text.assemble((verdict, VERDICT[verdict]), "  ", (safe(finding["rule_id"]), "bold"), f"{whose}  ", rest)


def _whose(case: Case, finding: Mapping[str, Any]) -> str:
    """The subject of a finding where the case has several reports."""
    subject = finding["subject"]
    return f" ({safe(subject, LONGEST)})" if len(case.reports) > 1 and subject not in (None, case.subject) else ""


def _sentence(rule: Any) -> str:
    from auditor.rules import sentence

    return safe(sentence(rule))
