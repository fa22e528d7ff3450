"""From files, folders and shipped packs to a RuleSet."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import AuditorError, DiagnosticsError
from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules import load_rules, shipped_packs
from auditor.rules.expressions import And, Column, Compare, IsNone, Literal_, Member
from auditor.rules.model import NEXT, Basis, Effective, Obligation, Pattern, Rule
from tests.rules.mistakes import HEAD

WHOLE = """\
pack: child-safety
version: 1.0.0
title: A pack
disclaimer: Not legal advice.
timezone: Europe/Paris
parameters: {limit: 24h, many: 3, who: NCMEC}
lists: {sexual: [csam, grooming]}
rules:
  - id: a
    title: Refer
    why: Because.
    severity: critical
    basis: {kind: law, deadline: operator, note: Ours.}
    refs: One source
    effective: {from: 2024-05-07, to: 2025-01-01T00:00:00Z}
    jurisdiction: [US, CA]
    per: [report_id, platform]
    when: {event: report.received, where: {category: lists.sexual, recipient: params.who, decision: null}, nth: 2}
    followed_by: {event: [referral.submitted, referral.opened], within: params.limit, before: {event: report.closed}}
    unless: {where: actor == trigger.actor}
  - {id: b, when: [report.received, report.closed], preceded_by: decision.made}
  - {id: c, when: report.received, followed_by: {event: report.closed, before: next}}
  - {id: d, when: report.received, accompanied_by: {within: 2 days}}
  - {id: e, when: report.received, not_followed_by: {event: report.closed, within: 0h}}
  - {id: f, when: report.received, not_preceded_by: report.closed}
  - {id: g, when: report.received, not_accompanied_by: report.closed}
  - {id: h, when: report.received, assert: {category: [csam, grooming]}}
"""


EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
PIECES = ("[", "{", "}", ": ", "- ", "null", "no", "'", '"', "\n", "3", "&a ", "<<", "95%", "trigger.")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def one(folder: Path, rule: str, **named: object) -> Rule:
    return load_rules([write(folder / "one.yaml", HEAD + rule)], **named).rules[0]  # type: ignore[arg-type]


def codes(*specs: str | Path, **named: object) -> list[str]:
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(specs, **named)  # type: ignore[arg-type]
    return [d.code for d in caught.value.diagnostics]


def test_every_key_arrives_in_the_model(tmp_path: Path) -> None:
    path = write(tmp_path / "rules.yaml", WHOLE)
    found = load_rules([path])
    rule = found.rules[0]
    text = Literal_
    assert rule.when == Pattern(
        ("report.received",),
        And((
            Member(Column("category", "text"), (text("csam", "text"), text("grooming", "text"))),
            Compare("==", Column("recipient", "text"), text("NCMEC", "text")),
            IsNone(Column("decision", "text")),
        )),
        "category in lists.sexual and recipient == params.who and decision is None",
    )  # fmt: skip
    assert rule.obligation == Obligation(
        "followed_by",
        Pattern(("referral.submitted", "referral.opened")),
        within=Duration(seconds=86400),
        before=Pattern(("report.closed",)),
    )
    assert (rule.nth, rule.per, rule.jurisdiction, rule.refs) == (
        2,
        ("report_id", "platform"),
        ("US", "CA"),
        ("One source",),
    )
    assert rule.unless is not None
    assert rule.unless.events is None
    assert rule.effective == Effective(datetime(2024, 5, 6, 22), datetime(2025, 1, 1))
    assert rule.basis == Basis("law", "operator", "Ours.")
    assert (rule.pack, rule.zone, rule.severity, rule.place.line) == ("child-safety", "Europe/Paris", "critical", 9)
    kinds = [r.obligation.kind for r in found.rules[1:]]
    assert kinds == ["preceded_by", "followed_by", "accompanied_by", "not_followed_by", "not_preceded_by",
                     "not_accompanied_by", "assert"]  # fmt: skip
    assert found.rules[2].obligation.before == NEXT
    assert found.rules[3].obligation == Obligation("accompanied_by", Pattern(None), within=Duration(days=2))
    info = found.packs[0]
    assert (info.name, info.version, info.title, info.disclaimer) == (
        "child-safety",
        "1.0.0",
        "A pack",
        "Not legal advice.",
    )
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.parameters == {"limit": "24h", "many": "3", "who": "NCMEC"}


def test_settings_take_the_type_of_the_default(tmp_path: Path) -> None:
    path = write(tmp_path / "rules.yaml", WHOLE)
    found = load_rules([path], settings={"limit": "2 days", "child-safety.many": "4"})
    assert found.rules[0].obligation.within == Duration(days=2)
    assert found.parameters == {"limit": "2 days", "many": "4", "who": "NCMEC"}
    assert codes(path, settings={"limit": "48"}) == ["bad-setting"]
    assert codes(path, settings={"many": "x"}) == ["bad-setting"]
    with pytest.raises(DiagnosticsError, match="did you mean `limit`") as caught:
        load_rules([path], settings={"limt": "48h"})
    assert [d.code for d in caught.value.diagnostics] == ["unknown-parameter"]


def test_what_the_log_declares_can_be_named(tmp_path: Path) -> None:
    text = HEAD + '  - {id: a, when: custom.event, assert: deadline > time and category == "own"}\n'
    path = write(tmp_path / "rules.yaml", text)
    assert set(codes(path)) == {"unknown-event", "unknown-field", "unknown-value"}
    fields = {"deadline": Field("deadline", "instant"), "category": Field("category", values=frozenset({"own"}))}
    assert load_rules([path], known_events=["custom.event"], known_fields=fields).rules


def test_a_folder_holds_packs_and_parts_of_packs(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden" / "x.yaml", "nonsense: 1\n")
    write(tmp_path / "a.yaml", HEAD + "  - {id: a, when: report.received, assert: minor_involved}\n")
    limited = "  - {id: ID, when: report.received, followed_by: {event: report.closed, within: params.limit}}\n"
    write(tmp_path / "sub" / "b.yml", "pack: p\nversion: '1'\nrules:\n" + limited.replace("ID", "b"))
    head = "pack: q\nversion: '2'\nparameters: {limit: 1h}\nrules:\n"
    write(tmp_path / "sub" / "c.yaml", head + limited.replace("ID", "c"))
    found = load_rules([tmp_path, tmp_path / "a.yaml"], settings={"q.limit": "2h"})
    assert [rule.id for rule in found.rules] == ["a", "b", "c"]
    assert [rule.obligation.within for rule in found.rules[1:]] == [Duration(seconds=86400), Duration(seconds=7200)]
    assert found.parameters["p.limit"], found.parameters["q.limit"] == ("24h", "2h")
    assert [info.name for info in found.packs] == ["p", "q"]


def test_files_of_one_pack_must_agree(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", HEAD + "  - {id: a, when: report.received, assert: minor_involved}\n")
    write(tmp_path / "b.yaml", "pack: p\nversion: '2'\nlists: {sexual: [csam]}\nrules:\n"
          "  - {id: b, when: report.received, assert: minor_involved}\n")  # fmt: skip
    assert codes(tmp_path) == ["pack-conflict", "duplicate-value"]


def test_rules_are_selected_by_id_and_pattern(tmp_path: Path) -> None:
    path = write(tmp_path / "rules.yaml", WHOLE.replace("id: b", "id: b-1").replace("id: c", "id: b-2"))
    assert [r.id for r in load_rules([path], only=["b-*", "a"]).rules] == ["a", "b-1", "b-2"]
    with pytest.raises(DiagnosticsError, match="did you mean `b-1`"):
        load_rules([path], only=["b-11"])
    assert codes(path, only=["zzz"]) == ["unknown-rule"]


def test_what_cannot_be_found_or_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "raw.yaml").write_bytes(b"pack: \xff\n")
    (tmp_path / "large.yaml").write_bytes(b"#" * (10 * 1024 * 1024))
    assert codes(tmp_path / "empty") == ["no-rules"]
    assert codes(tmp_path / "raw.yaml") == ["not-utf8"]
    assert codes(tmp_path / "large.yaml") == ["file-too-large"]
    assert codes(tmp_path / "none.yaml") == ["rules-missing"]
    assert codes() == ["no-rules"]
    assert codes(write(tmp_path / "nothing.yaml", "")) == ["wrong-type"]
    with pytest.raises(DiagnosticsError, match="did you mean `child-safety`"):
        load_rules(["child-safty"])


def test_shipped_packs_load_without_a_word() -> None:
    packs = shipped_packs()
    assert "child-safety" in [pack.name for pack in packs]
    assert all(pack.version and pack.title for pack in packs)
    found = load_rules([pack.name for pack in packs])
    assert {info.sha256 for info in found.packs} == {pack.sha256 for pack in packs}


def test_loading_rules_is_light() -> None:
    script = (
        "import sys, auditor.rules; light = set(sys.modules); auditor.rules.shipped_packs(); cheap = set(sys.modules);"
        "auditor.rules.load_rules(['child-safety']);"
        "heavy = {'ibis', 'pandas', 'duckdb', 'pyarrow', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)), 'yaml' in light, 'pydantic' in cheap)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False False"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_causes_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from((WHOLE, EVERYTHING, HEAD)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        piece = data.draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)))
        text = text[:at] + piece + text[at + cut :]
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    with suppress(AuditorError):  # anything else fails the test
        load_rules([path])
