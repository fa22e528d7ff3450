"""One rule: its shape → the frozen Rule, with every name resolved and every mistake reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auditor.base.strict_yaml import Node
from auditor.rules.clocks import clock_named
from auditor.rules.empty import no_empty_values
from auditor.rules.faults import read_shape
from auditor.rules.groups import build_service_level
from auditor.rules.instants import parse_instant
from auditor.rules.lengths import Lengths
from auditor.rules.model import Basis, Effective, Pattern, Rule
from auditor.rules.names import Pack, Page
from auditor.rules.obligations import Obligations
from auditor.rules.patterns import Patterns
from auditor.rules.shapes import RuleShape
from auditor.rules.testbuild import build_tests

_WITHOUT = {  # qualifier → obligations that have no place for it, and why
    "unless": {
        "measure": "`leave_out` leaves subjects out",
        "agree": "leave events out by a condition in `when`",
    },
    "nth": {
        "measure": "every match of `from` is measured",
        "agree": "all activating events of a subject are compared",
    },
    "service_level": {"measure": "`measure` has bounds of its own"},
}


def build_rule(node: Node, page: Page, pack: Pack) -> Rule | None:
    """The rule of a node, or None when it has a mistake; all its mistakes are then on the page."""
    before = len(page.found)
    if not isinstance(node.value, dict):
        page.report("wrong-type", "a rule is a mapping of keys", node, "begin it with `- id: name`")
        return None
    no_empty_values(node, page)
    shape, bad = read_shape(RuleShape, node, page)
    if shape is None:
        return None
    patterns = Patterns(page, pack, node)
    clock = clock_named(shape.clock, node.at(("clock",)), pack, page)
    lengths = Lengths(page, pack, node, clock)
    when = _when(shape, patterns, complete=not any(len(path) == 1 for path in bad))
    obligation = Obligations(patterns, lengths, bad).build(shape)
    _no_idle_qualifier(shape, node, page)
    unless = patterns.optional(shape.unless, ("unless",), trigger=True)
    level = None if shape.service_level is None else build_service_level(shape.service_level, patterns)
    effective = _effective(shape, node, page, pack.zone)
    tests = build_tests(shape.tests or [], node, page, pack)
    per = _distinct(list(shape.per or ["report_id"]), "per", node, page)
    jurisdiction = _distinct(shape.jurisdiction or [], "jurisdiction", node, page)
    if obligation is None or when is None or len(page.found) > before or bad:
        return None
    basis = None if shape.basis is None else Basis(shape.basis.kind, shape.basis.deadline, shape.basis.note)
    return Rule(
        id=shape.id,
        title=shape.title,
        severity=shape.severity,
        when=when,
        obligation=obligation,
        place=node.at(("id",)).place,
        pack=pack.name,
        why=shape.why,
        nth=None if shape.when is None else shape.when.nth,
        per=per,
        unless=unless,
        effective=effective,
        jurisdiction=jurisdiction,
        basis=basis,
        refs=tuple(shape.refs or ()),
        zone=pack.zone,
        clock=clock,
        service_level=level,
        draft=shape.draft,
        verified=shape.verified,
        tests=tests,
    )


def _when(shape: RuleShape, patterns: Patterns, *, complete: bool) -> Pattern | None:
    """What activates the rule: `when`, or the `from` of a measure."""
    begin = None if shape.measure is None else shape.measure.from_
    if shape.when is not None and begin is not None:
        help = "leave one of them out"
        patterns.page.report(
            "when-and-from",
            "`when` and `from` both say where the time begins",
            patterns.node.at(("measure",)),
            help,
            key="from",
        )
        return None
    if begin is not None:
        return patterns.pattern(begin, ("measure", "from"), trigger=False)
    if shape.when is not None:
        return patterns.pattern(shape.when, ("when",), trigger=False)
    if complete:
        help = "say what activates the rule: `when: report.received`"
        patterns.page.report("missing-key", "`when` is missing", patterns.node, help)
    return None


def _no_idle_qualifier(shape: RuleShape, node: Node, page: Page) -> None:
    """No qualifier where the obligation has no use for it."""
    written = {
        "unless": shape.unless is not None,
        "nth": shape.when is not None and shape.when.nth is not None,
        "service_level": shape.service_level is not None,
    }
    for key, kinds in _WITHOUT.items():
        for kind, reason in kinds.items():
            if written[key] and getattr(shape, kind) is not None:
                at = node.at(("when",)) if key == "nth" else node
                page.report("idle-qualifier", f"`{key}` has no meaning for `{kind}`", at, reason, key=key)


def _distinct(values: Sequence[str], key: str, node: Node, page: Page) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        page.report("duplicate-value", f"`{key}` names a value twice", node.at((key,)), "remove one of them")
    return tuple(values)


def _effective(shape: RuleShape, node: Node, page: Page, zone: str) -> Effective:
    if shape.effective is None:
        return Effective()
    start = _instant(shape.effective.from_, node.at(("effective", "from")), page, zone)
    end = _instant(shape.effective.to, node.at(("effective", "to")), page, zone)
    if start is not None and end is not None and start >= end:
        help = "`from` is the first day in force, `to` the first day no longer in force"
        page.report("effective-empty", "this window is empty", node.at(("effective", "to")), help)
    if shape.effective.from_ is None and shape.effective.to is None:
        page.report(
            "effective-empty", "`effective` names neither `from` nor `to`", node, "leave it out", key="effective"
        )
    return Effective(start, end)


def _instant(text: str | None, node: Node, page: Page, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text, zone)
    except ValueError as error:
        page.report("bad-instant", f"`{text}` is not a date or instant", node, str(error))
        return None
