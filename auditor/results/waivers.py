"""Waivers: known findings that somebody answers for, until a day.

A waiver that is malformed, has lapsed or covers nothing waives nothing, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from auditor.base import strict_yaml
from auditor.base.diagnostics import Diagnostic, DiagnosticsError
from auditor.base.strict_yaml import Document, Node
from auditor.base.suggest import did_you_mean, nearest
from auditor.base.zones import is_zone, zones

if TYPE_CHECKING:
    from auditor.results.audit import Audit

_KEYS = ("rule", "subject", "pattern", "reason", "approver", "expires")
_TOP = ("timezone", "waivers")


@dataclass(frozen=True)
class Waiver:
    """Findings of a rule (id or glob) on a subject, or on subjects that a glob `pattern` matches."""

    rule: str
    subject: str | None
    pattern: str | None
    reason: str
    approver: str
    expires: date  # the last day on which it holds
    zone: str = "UTC"
    line: int = 0

    def concerns(self, rule_id: str) -> bool:
        """Whether it is about this rule."""
        return fnmatchcase(rule_id, self.rule)

    def covers(self, rule_id: str, subject: str) -> bool:
        """Whether it is about the findings of this rule on this subject."""
        if not self.concerns(rule_id):
            return False
        return subject == self.subject if self.pattern is None else fnmatchcase(subject, self.pattern)

    def holds(self, moment: datetime) -> bool:
        """Whether it has not lapsed at a moment (UTC without zone): its last day is part of it."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date() <= self.expires

    def __str__(self) -> str:
        what = f"`{self.subject}`" if self.pattern is None else f"`{self.pattern}`"
        return f"{self.rule} for {what} (line {self.line})"


@dataclass(frozen=True)
class Waivers:
    """A file of waivers: those that can be read, and what is wrong with the others."""

    file: str
    entries: tuple[Waiver, ...] = ()
    problems: tuple[Diagnostic, ...] = field(default=())

    def standing(self, moment: datetime) -> tuple[Waiver, ...]:
        """Those that hold at a moment (UTC without zone)."""
        return tuple(waiver for waiver in self.entries if waiver.holds(moment))


def read_waivers(path: str | Path) -> Waivers:
    """The waivers of a file.

    Raises UnusableError for a file that cannot be read, DiagnosticsError for one that is no list of waivers.
    """
    document = strict_yaml.load(Path(path), what="waiver file")
    root = document.root.value
    if not isinstance(root, dict) or not isinstance(root.get("waivers", Node(None, document.root.place)).value, list):
        help = "begin the file with `waivers:` and write each waiver as an item of that list"
        raise DiagnosticsError(
            [document.diagnostic("waivers-root", "this file holds no list of waivers", document.root.place, help=help)]
        )
    zone, mistakes = _top(document, root)
    if mistakes:
        raise DiagnosticsError(mistakes)
    found: list[Diagnostic] = []
    entries: list[Waiver] = []
    items = root["waivers"].value
    assert isinstance(items, list)  # noqa: S101 - looked at above
    for item in items:
        wrong = list(_mistakes(document, item))
        found += wrong
        if not wrong:
            entries.append(_waiver(item, zone))
    return Waivers(str(path), tuple(entries), tuple(found))


def _top(document: Document, root: dict[str, Node]) -> tuple[str, list[Diagnostic]]:
    found = [
        document.diagnostic("unknown-key", f"unknown key `{key}`", document.root.key_places.get(key, node.place),
                            help=did_you_mean(key, _TOP), width=len(key))
        for key, node in root.items() if key not in _TOP
    ]  # fmt: skip
    node = root.get("timezone")
    zone = "UTC" if node is None else str(node.value)
    if node is not None and not is_zone(zone):
        help = did_you_mean(zone, zones()) or "write an IANA name such as Europe/Paris"
        found.append(document.diagnostic("unknown-timezone", f"there is no time zone `{zone}`", node.place, help=help))
    return zone, found


def _mistakes(document: Document, item: Node) -> Iterator[Diagnostic]:
    """What is wrong with one waiver."""

    def told(message: str, place: Any = None, help: str = "", width: int = 1) -> Diagnostic:
        where = place or item.place
        return document.diagnostic("bad-waiver", message, where, help=help, width=width, level="warning")

    if not isinstance(item.value, dict):
        yield told("a waiver is a mapping with " + ", ".join(_KEYS))
        return
    for key, node in item.value.items():
        place = item.key_places.get(key, node.place)
        if key not in _KEYS:
            yield told(f"unknown key `{key}`", place, did_you_mean(key, _KEYS), len(key))
        elif not isinstance(node.value, str) or not node.value.strip():
            yield told(f"`{key}` must be a text", node.place, "write it in quotes", node.width)
    meant = {nearest(key, _KEYS) for key in item.value if key not in _KEYS}
    for key in ("rule", "reason", "approver", "expires"):
        if key not in item.value and key not in meant:
            yield told(f"this waiver has no `{key}`")
    if ("subject" in item.value) == ("pattern" in item.value):
        yield told("this waiver needs either `subject` or `pattern`", help='`pattern: "*"` covers every known subject')
    day = item.value.get("expires")
    if day is not None and isinstance(day.value, str) and _day(day.value) is None:
        yield told(f"`{day.value}` is no date", day.place, "write the last day as 2027-03-31", day.width)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2027-03-31") else None
    except ValueError:
        return None


def _waiver(item: Node, zone: str) -> Waiver:
    value = item.plain()
    day = _day(value["expires"])
    assert day is not None  # noqa: S101 - looked at in `_mistakes`
    return Waiver(
        value["rule"], value.get("subject"), value.get("pattern"), value["reason"], value["approver"], day, zone,
        item.place.line,
    )  # fmt: skip


def notes(waivers: Waivers, audit: Audit) -> tuple[str, ...]:
    """Of waivers that waive nothing: which, and why."""
    moment = audit.judgement.as_of
    told = [f"{problem.place}: {problem.message}: nothing is waived by it" for problem in waivers.problems]
    told += [
        f"{waivers.file}: the waiver of {one} lapsed after {one.expires}"
        for one in waivers.entries if not one.holds(moment)
    ]  # fmt: skip
    return (*told, *(f"{waivers.file}: the waiver of {one} {why}" for one, why in _unused(waivers, audit)))


def _unused(waivers: Waivers, audit: Audit) -> Iterator[tuple[Waiver, str]]:
    """Standing waivers that cover no violated or undetermined finding, and what they cover instead."""
    from auditor.results.findings import Ranks
    from auditor.results.marks import MARKED

    ranks, rows = Ranks(audit, MARKED), audit.held(MARKED)
    pairs = rows.filter(rows.status == "waived").select("rank", "subject").distinct()
    waived = {
        (ranks.entries[row["rank"]][0].rule, row["subject"])
        for batch in audit.batches(pairs)
        for row in batch.to_pylist()
    }
    for one in waivers.standing(audit.judgement.as_of):
        if not any(one.concerns(outcome.rule.id) for outcome in audit.outcomes):
            yield one, "names no rule of this audit"
        elif not any(one.covers(rule, subject) for rule, subject in waived):
            yield one, "covers no finding"
