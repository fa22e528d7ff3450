"""Packs that extend, disable and override, and packs of several files."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from auditor.base.diagnostics import DiagnosticsError
from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules import lint, load_rules
from auditor.rules.model import Pattern, RuleSet
from auditor.rules.ruletests import cases

PARENT = """\
pack: parent
version: "1"
title: The parent
timezone: Europe/Paris
parameters: {limit: 24h, share: 95%}
lists: {pics: [csam]}
clocks: {office: {closed: 2025-12-24}}
rules:
  - {id: one, when: report.received, followed_by: {event: decision.made, within: params.limit}}
  - {id: two, clock: office, when: {event: report.received, where: category in lists.pics}, preceded_by: notice.sent}
  - {id: three, when: report.closed, followed_by: {event: notice.sent, within: 1 day}}
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def child(extends: str, rest: str = "", name: str = "child") -> str:
    return f"pack: {name}\nversion: '2'\nextends: {extends}\n{rest}\n"


def rules(found: RuleSet) -> list[str]:
    return [rule.id for rule in found.rules]


def codes(*specs: Path) -> list[tuple[str, str, int]]:
    with pytest.raises(DiagnosticsError) as caught:
        load_rules(specs)
    return [(d.code, Path(d.place.file).stem, d.place.line) for d in caught.value.diagnostics]


def test_a_pack_takes_over_another(tmp_path: Path) -> None:
    own = "rules:\n  - {id: four, when: decision.made, preceded_by: {event: notice.sent, within: params.limit}}"
    write(tmp_path, parent=PARENT, child=child("parent.yaml", own))
    found = load_rules([tmp_path / "child.yaml"])
    assert rules(found) == ["one", "two", "three", "four"]
    assert [(rule.pack, rule.zone) for rule in found.rules[2:]] == [("parent", "Europe/Paris"), ("child", "UTC")]
    assert found.rules[3].obligation.within == Duration(seconds=86400)
    assert [(info.name, info.version, info.extends) for info in found.packs] == [
        ("parent", "1", ()),
        ("child", "2", ("parent",)),
    ]
    assert found.packs[0].sha256 == hashlib.sha256(PARENT.encode()).hexdigest()


def test_names_of_the_child_stand_in_place_of_the_parents(tmp_path: Path) -> None:
    head = "parameters: {limit: 12h}\nlists: {pics: [grooming]}\nclocks: {office: {closed: 2026-01-02}}"
    write(tmp_path, parent=PARENT, child=child("parent.yaml", head))
    found = load_rules([tmp_path / "child.yaml"])
    one, two, _ = found.rules
    assert one.obligation.within == Duration(seconds=43200)
    assert two.when.text == "category in lists.pics"
    assert "grooming" in str(two.when.where)
    assert two.clock is not None
    assert (two.clock.closed, two.clock.zone) == ((date(2026, 1, 2),), "UTC")
    assert found.parameters == {"limit": "12h", "share": "95%"}


@pytest.mark.parametrize("name", ["limit", "child.limit", "parent.limit"])
def test_parameters_of_an_extended_pack_can_be_set(name: str, tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml"))
    found = load_rules([tmp_path / "child.yaml"], settings={name: "48h"})
    assert found.rules[0].obligation.within == Duration(seconds=172800)


def test_a_setting_of_a_parameter_that_was_replaced_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml", "parameters: {limit: 12h}"))
    with pytest.raises(DiagnosticsError, match=r"no parameter `parent\.limit`"):
        load_rules([tmp_path / "child.yaml"], settings={"parent.limit": "48h"})


def test_disabled_and_overridden_rules(tmp_path: Path) -> None:
    rest = """\
disable: two
override:
  one: {severity: high, title: Sooner, followed_by: {within: 2h, before: report.closed}}
  three: {followed_by: {event: [notice.sent, report.reopened]}, when: {where: minor_involved}}
rules:
  - {id: two, when: report.closed, assert: minor_involved}
"""
    write(tmp_path, parent=PARENT, child=child("parent.yaml", rest))
    one, three, two = load_rules([tmp_path / "child.yaml"]).rules
    assert (one.id, one.severity, one.title, one.pack) == ("one", "high", "Sooner", "parent")
    assert (one.obligation.within, one.obligation.before) == (Duration(seconds=7200), Pattern(("report.closed",)))
    assert one.obligation.pattern == Pattern(("decision.made",))
    assert three.when.events == ("report.closed",)
    assert three.when.text == "minor_involved"
    assert three.obligation.pattern == Pattern(("notice.sent", "report.reopened"))
    assert (two.id, two.pack, two.obligation.kind) == ("two", "child", "assert")


def test_a_condition_is_replaced_as_a_whole(tmp_path: Path) -> None:
    when = "{event: report.received, where: {category: csam, recipient: x}}"
    parent = f"pack: parent\nversion: '1'\nrules:\n  - {{id: one, when: {when}, assert: {{decision: violation}}}}\n"
    rest = "override: {one: {when: {where: {category: grooming}}, assert: minor_involved}}"
    write(tmp_path, parent=parent, child=child("parent.yaml", rest))
    rule = load_rules([tmp_path / "child.yaml"]).rules[0]
    assert (rule.when.events, rule.when.text) == (("report.received",), 'category == "grooming"')
    assert rule.obligation.text == "minor_involved"


def test_a_mistake_in_an_override_is_told_where_it_is_written(tmp_path: Path) -> None:
    rest = "override:\n  one:\n    followed_by: {within: 24hh}\n    when: {where: categry is None}"
    write(tmp_path, parent=PARENT, child=child("parent.yaml", rest))
    assert codes(tmp_path / "child.yaml") == [("bad-duration", "child", 6), ("unknown-field", "child", 7)]
    with pytest.raises(DiagnosticsError, match=r"6 \|     followed_by: \{within: 24hh\}"):
        load_rules([tmp_path / "child.yaml"])


def test_packs_on_packs_on_packs(tmp_path: Path) -> None:
    left = child("parent.yaml", "disable: two\nparameters: {left: 1h}", "left")
    right = child("[parent.yaml]", "override: {one: {severity: low}}", "right")
    write(tmp_path, parent=PARENT, left=left, right=right, child=child("[left.yaml, right.yaml]"))
    found = load_rules([tmp_path / "child.yaml"])
    assert [info.name for info in found.packs] == ["parent", "left", "right", "child"]
    assert rules(found) == ["one", "three"]
    assert found.rules[0].severity == "low"
    assert found.packs[3].extends == ("left", "right")


def test_what_one_pack_disabled_its_child_cannot_override(tmp_path: Path) -> None:
    middle = child("parent.yaml", "disable: two", "middle")
    write(tmp_path, parent=PARENT, middle=middle, child=child("middle.yaml", "override: {two: {severity: low}}"))
    assert codes(tmp_path / "child.yaml") == [("unknown-rule", "child", 4)]
    write(tmp_path, child=child("middle.yaml", "disable: [one]\noverride: {one: {severity: low}}"))
    assert codes(tmp_path / "child.yaml") == [("unknown-rule", "child", 5)]


def test_a_pack_that_disables_all_and_has_no_rules_is_an_error(tmp_path: Path) -> None:
    """An audit by no rules would find nothing and look like a clean one."""
    write(tmp_path, parent=PARENT, child=child("parent.yaml", "disable: [one, two, three]"))
    assert codes(tmp_path / "child.yaml") == [("no-rules", "child", 4)]


def test_a_second_obligation_is_told_where_it_is_overridden(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml", "override:\n  one: {assert: minor_involved}"))
    assert codes(tmp_path / "child.yaml") == [("several-obligations", "child", 5)]


def test_the_extending_pack_stands_alone(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml", "disable: [two, three]"))
    assert rules(load_rules([tmp_path])) == ["one"]
    assert rules(load_rules([tmp_path / "parent.yaml", tmp_path / "child.yaml"])) == ["one"]


def test_two_packs_on_one_and_the_same(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml"), other=child("parent.yaml", name="other"))
    assert codes(tmp_path) == [("pack-twice", "other", 3)]


def test_a_rule_of_the_parent_is_not_written_anew(tmp_path: Path) -> None:
    own = "rules:\n  - {id: one, when: decision.made, preceded_by: notice.sent}"
    write(tmp_path, parent=PARENT, child=child("parent.yaml", own))
    with pytest.raises(DiagnosticsError, match="changed under `override`"):
        load_rules([tmp_path / "child.yaml"])


def test_circles(tmp_path: Path) -> None:
    write(tmp_path, a=child("b.yaml", name="a"), b=child("c.yaml", name="b"), c=child("a.yaml", name="c"))
    with pytest.raises(DiagnosticsError, match="`a` extends `b`, which extends `c`, which extends `a`"):
        load_rules([tmp_path / "a.yaml"])
    write(tmp_path, parent=PARENT, same=child("parent.yaml", name="parent"))
    assert codes(tmp_path / "same.yaml") == [("extends-circle", "same", 3)]


def test_of_two_strangers_only_one_may_have_a_name(tmp_path: Path) -> None:
    other = PARENT.replace("pack: parent", "pack: other").replace("24h", "48h")
    for old in ("one", "two", "three"):
        other = other.replace(f"id: {old}", f"id: other-{old}")
    write(tmp_path, parent=PARENT, other=other, child=child("[parent.yaml, other.yaml]"))
    assert set(codes(tmp_path / "child.yaml")) == {("pack-conflict", "other", line) for line in (5, 6, 7)}
    names = "parameters: {limit: 2h, share: 50%}\nlists: {pics: [ncii]}\nclocks: {office: {closed: 2026-01-02}}"
    write(tmp_path, child=child("[parent.yaml, other.yaml]", names))
    found = load_rules([tmp_path / "child.yaml"])
    assert {rule.obligation.within for rule in found.rules if rule.id.endswith("one")} == {Duration(seconds=7200)}


def test_what_is_extended_is_looked_for_beside_the_file_or_among_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", parent=PARENT)
    write(tmp_path, child=child("[sub, child-safety]", "disable: [one]"))
    found = load_rules([tmp_path / "child.yaml"])
    assert [info.name for info in found.packs] == ["parent", "child-safety", "child"]
    write(tmp_path, child=child("parnt.yaml"), parent=PARENT)
    with pytest.raises(DiagnosticsError, match=r"did you mean `parent\.yaml`"):
        load_rules([tmp_path / "child.yaml"])


def test_a_mistake_in_an_extended_pack_is_told(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT.replace("1 day", "1 dya"), child=child("parent.yaml"))
    assert codes(tmp_path / "child.yaml") == [("bad-duration", "parent", 11)]


def test_names_of_extended_packs_may_stay_unused(tmp_path: Path) -> None:
    write(tmp_path, parent=PARENT, child=child("parent.yaml", "disable: two\nparameters: {limit: 1h, more: 2h}"))
    unused = [d for d in lint([tmp_path / "child.yaml"]) if d.code.startswith("unused")]
    assert [(d.code, d.message) for d in unused] == [("unused-parameter", "no rule uses the parameter `more`")]
    more = "clocks: {idle: {closed: 2025-12-24}}\nfields: {extra: text}\n" + PARENT.split("clocks: ")[0]
    rule = "rules:\n  - {id: a, when: report.received, assert: minor_involved}\n"
    write(tmp_path, parent=more + rule)
    found = {d.code for d in lint([tmp_path / "parent.yaml"]) if d.code.startswith("unused")}
    assert found == {"unused-clock", "unused-field", "unused-parameter", "unused-list"}


def test_a_pack_of_several_files(tmp_path: Path) -> None:
    head = "pack: p\nversion: '1'\n"
    rule = "rules:\n  - {id: a, clock: office, when: report.received, preceded_by: notice.sent}\n"
    write(tmp_path, a=head + rule, b=head + "title: Names\nclocks: {office: {closed: 2025-12-24}}\n")
    found = load_rules([tmp_path])
    assert found.rules[0].clock is not None
    (info,) = found.packs
    assert (info.title, info.file) == ("Names", str(tmp_path.resolve()))
    lines = [f"{hashlib.sha256((tmp_path / n).read_bytes()).hexdigest()}  {n}\n" for n in ("a.yaml", "b.yaml")]
    assert info.sha256 == hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


FIELDS = """\
pack: p
version: '1'
fields: {deadline: instant, hours: integer, desk: text}
rules:
  - id: a
    when: report.received
    followed_by: {event: decision.made, due: trigger.deadline}
    tests: [{name: t, events: [{report.received: 0h, deadline: 24h, hours: 3}, {decision.made: 1h}], expect: met}]
  - {id: b, when: {event: report.received, where: desk == "x"}, not_followed_by: {within: trigger.hours * 1h}}
"""


def test_a_pack_declares_what_its_rules_need_of_a_log(tmp_path: Path) -> None:
    write(tmp_path, p=FIELDS)
    found = load_rules([tmp_path])
    assert found.fields["deadline"] == Field("deadline", "instant")
    (case,) = cases(found.rules[0], found.fields)
    assert case.rows[0]["deadline"].isoformat() == "2024-01-02T00:00:00+00:00"
    log = {"deadline": Field("deadline", "instant", "standing"), "hours": Field("hours", "number")}
    assert rules(load_rules([tmp_path], known_fields=log)) == ["a", "b"]
    with pytest.raises(DiagnosticsError, match="in this log `deadline` has the type text") as caught:
        load_rules([tmp_path], known_fields={"deadline": Field("deadline")})
    assert "field-conflict" in [d.code for d in caught.value.diagnostics]
