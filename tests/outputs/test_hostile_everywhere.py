"""Hostile values as ids, attributes, groups, names of files and texts of rules: harmless in every format of every
command.

The formats are the program's own, so that a new one is an error here until there is a reader for it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from auditor import outputs
from auditor.base.durations import parse_duration
from auditor.cli import main
from auditor.log import load
from auditor.log.log import Log
from auditor.outputs import Look, case, diff, due, history, verify
from auditor.outputs.due.words import warnings
from auditor.outputs.formats import BINARY
from auditor.outputs.hostile import safe_lines
from auditor.outputs.log_health import remarks
from auditor.results import check, explain
from auditor.results.arrow import KNOWN
from auditor.results.diff import diff as compared
from auditor.results.due import Due
from auditor.results.marks import Known
from auditor.results.store import by_subject, record
from auditor.results.store import history as stored
from auditor.results.verify import Verification
from auditor.results.waivers import Waiver, Waivers
from tests.outputs.hostile_readers import READERS, plain
from tests.outputs.test_diff import MARKUP
from tests.outputs.test_due import INJECTED
from tests.outputs.test_hostile import ATTACKS
from tests.results.manifests import example, file, pack, verified

LONG = "x" * 1_000_000
VALUES = [
    *ATTACKS, *MARKUP, INJECTED, "</script><script>", "%0A::error::x", "x%0D%0A##[error]x", "\r\n::error::x",
    'x\r\n"=1+1",2,3', "x\nBEGIN:VALARM", "@everyone", "\u200f\u202e\u2066mirrored", "\x9b31m", "{0}", "]]>", "\ufffe",
    "javascript:alert(1)", "&#x1b;[2J", LONG,
]  # fmt: skip
EVIL = "=1+1<script>alert(1)<script>|`@everyone`\x1b]0;x\x07\r\n::error::x\u202e"
NAME = "=1<script>alert(1)<script>`|@everyone\x1b]0;x\x07\n::error::x.parquet"
LIMITS = {
    "samples": ["PER_RULE"], "asserted": ["PER_RULE"], "diff.samples": ["PER_RULE"], "groups": ["MOST"],
    "due.table": ["MOST"], "verify.table": ["MOST"], "markdown.rules": ["MOST_GROUPS"], "diff.table": ["MOST_GROUPS"],
    "diff.markdown": ["MOST_GROUPS"],
}  # fmt: skip
RULES = """\
pack: p
version: {version}
title: {title}
disclaimer: {title}
lists: {{bad: {sources}}}
rules:
  - {{id: told, title: {title}, why: {title}, refs: {sources}, severity: critical,
     when: {{event: report.received, where: recipient not in lists.bad}},
     followed_by: {{event: notice.sent, within: {within}}}}}
  - {{id: awaited, title: {title}, severity: high, when: report.received,
     followed_by: {{event: appeal.decided, where: template != trigger.template, within: 900 days}}}}
  - {{id: shared, severity: medium, when: report.received, followed_by: {{event: decision.made, within: 24h}},
     service_level: {{share: 50%, by: [platform], minimum: {minimum}}}}}
  - {{id: doubted, severity: low, when: report.received, assert: decision == "violation"}}
  - {{id: one-voice, severity: low, per: account_id, when: report.received, agree: template}}
"""
TEXTS = {"title": json.dumps("|".join(VALUES[:-1])), "sources": json.dumps(VALUES[:-1])}
RULES_BEFORE = RULES.format(**TEXTS, version=json.dumps(VALUES[0]), within="24h", minimum=1)
RULES_AFTER = RULES.format(**TEXTS, version=json.dumps(EVIL), within="12h", minimum=len(VALUES))

Formats = Mapping[str, Callable[[str], bytes]]  # by command: an output in one of its formats

FORMATS: dict[str, Iterable[str]] = {
    "check": outputs.FORMATS, "diff": diff.FORMATS, "due": due.FORMATS, "explain": ("table",),
    "history": history.FORMATS, "verify": verify.FORMATS,
}  # fmt: skip
N = len(VALUES)
ENTRIES = {  # in formats that leave nothing out: findings of three rules for each value, one of the account
    "check": 3 * N + 1, "check sarif": 5 * N + 1, "check junit": 4 * N + 2,  # with groups, what is resolved, `awaited`
    "diff": N, "due": N, "history": 3 * N,
}  # fmt: skip


def test_every_command_that_tells_of_a_log_is_here() -> None:
    commands: dict[str, Any] = get_command(main.app).commands  # type: ignore[attr-defined]
    assert {name for name, command in commands.items() if not hasattr(command, "commands")} == set(FORMATS)


def test_values_do_nothing_in_any_format_of_any_command(everything: Formats) -> None:
    for name, format in ((name, format) for name, formats in FORMATS.items() for format in formats):
        raw = everything[name](format)
        try:
            entries = READERS[format](raw)
            assert entries in (None, ENTRIES.get(f"{name} {format}", ENTRIES.get(name, entries)))
            assert format in BINARY or b"alert(1)" in raw.replace(b"\r\n ", b""), "the values are there"
            assert entries is not None or len(raw) < 600_000, "long ones are cut"
        except AssertionError as error:
            error.add_note(f"auditor {name} --format {format}")
            raise


def test_remarks_on_stderr_say_nothing_else(everything: Formats) -> None:
    """`tell` is how each command writes them."""
    assert b"alert(1)" in everything["remarks"]("")
    assert not re.search("::[a-z-]+::|##\\[", plain(everything["remarks"]("")))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formats]:
    """All commands on one log; where a few things would be shown of many, all are."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for module, names in LIMITS.items():
            for name in names:
                patch.setattr(import_module(f"auditor.outputs.{module}"), name, 1000)
        patch.setattr(
            import_module("auditor.outputs.github"), "MOST", dict.fromkeys(("error", "warning", "notice"), 1000)
        )
        for name, text in (("old", RULES_BEFORE), ("new", RULES_AFTER)):
            (folder / f"{name}.yaml").write_text(text)
        yield _told(load(_log(folder)))


def _told(log: Log) -> Formats:
    audit = check(log, "old.yaml", by=("platform",))
    record(audit, "audits.db", series="=1+1", recorded_at=datetime(2025, 11, 1))
    lives = [life for value in VALUES for life in by_subject("audits.db", value.replace("\0", "\ufffd"))]
    coming = Due(audit, audit.judgement.as_of, datetime(2030, 1, 1), parse_duration("900 days"))
    changed, one = compared(log, ["new.yaml"], ["old.yaml"]), explain(log, EVIL, "old.yaml")
    runs = stored("audits.db", limit=9)
    marked, again = audit.marked(_known(), _waivers()), _verified()

    def of_history(name: str) -> bytes:
        page: Any = history.FORMATS[name]
        return b"".join([written(page.lives, lives), written(page.runs, runs) if name == "table" else b""])

    return {
        "check": lambda name: written(outputs.write, marked, name),
        "diff": lambda name: written(diff.write, changed, name),
        "due": lambda name: written(due.write, coming, name),
        "explain": lambda _: written(case.write, one),
        "history": of_history,
        "verify": lambda name: written(verify.write, again, name),
        "remarks": lambda _: safe_lines("\n".join([remarks(marked), *changed.notes, *warnings(coming)])).encode(),
    }


def written(write: Callable[..., None], found: Any, *name: str) -> bytes:
    stream = io.BytesIO()
    write(found, *name, stream, Look(width=110))
    return stream.getvalue()


def _log(folder: Path) -> str:
    """Reports with each value as everything that a source states freely, and what ends the log."""
    last = ["decision.made", "notice.sent", "appeal.decided"]
    columns = {
        "event": ["report.received"] * N + last,
        "time": ["2025-03-01T00:00:00Z"] * N + ["2025-03-09T00:00:00Z"] * len(last),
        "account_id": [EVIL] * (N + len(last)),
        "recipient": ["none"] * (N + len(last)),
        **{name: [*VALUES, *(["last"] * len(last))] for name in ("report_id", "content_id", "platform", "template")},
    }
    pq.write_table(pa.table(columns), folder / NAME)
    return NAME


def _known() -> Known:
    """An earlier audit in which other reports were late."""
    rows = [
        {"fingerprint": f"{number:032x}", "verdict": "violated", "rule_id": "told", "subject": value,
         "severity": "critical", "activated_at": datetime(2025, 3, 2)}
        for number, value in enumerate(VALUES)
    ]  # fmt: skip
    return Known(f"baseline {EVIL}", pa.Table.from_pylist(rows, KNOWN))


def _waivers() -> Waivers:
    """Waivers for some, and one that covers nothing."""
    names = [(VALUES[8], None), (EVIL, None), (None, "]" + EVIL)]
    made = (Waiver("told", subject, pattern, EVIL, EVIL, date(2030, 1, 1)) for subject, pattern in names)
    return Waivers(EVIL, tuple(made))


def _verified() -> Verification:
    """A manifest that names hostile files, packs, rules and libraries, beside another."""
    names = [value for value in VALUES[:-1] if "\x00" not in value and len(value) < 200]
    files = [file(name) for name in names]
    old = example(("provenance.log", {"given": names, "files": files}), ("result.rules.0.id", EVIL))
    packs = ("provenance.rules.packs", [pack(name, "b", EVIL) for name in VALUES])
    new = example(("provenance.log.files", []), packs, ("provenance.libraries", {EVIL: EVIL}))
    return verified(old, new, NAME)
