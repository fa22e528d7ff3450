"""One rule: its shape → the frozen Rule, with every name resolved and every mistake reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auditor.base.strict_yaml import Node
from auditor.rules.faults import read_shape
from auditor.rules.instants import parse_instant
from auditor.rules.model import Basis, Effective, Rule
from auditor.rules.names import Pack, Page
from auditor.rules.patterns import Builder, no_empty_values
from auditor.rules.shapes import RuleShape
from auditor.rules.testshapes import build_tests


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
    builder = Builder(page, pack, node, bad)
    when = builder.pattern(shape.when, ("when",), trigger=False)
    obligation = builder.obligation(shape)
    unless = None if shape.unless is None else builder.pattern(shape.unless, ("unless",), trigger=True)
    effective = _effective(shape, node, page, pack.zone)
    tests = build_tests(shape.tests or [], node, page, pack)
    per = _distinct(list(shape.per or ["report_id"]), "per", node, page)
    jurisdiction = _distinct(shape.jurisdiction or [], "jurisdiction", node, page)
    if obligation is None or len(page.found) > before or bad:
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
        nth=shape.when.nth,
        per=per,
        unless=unless,
        effective=effective,
        jurisdiction=jurisdiction,
        basis=basis,
        refs=tuple(shape.refs or ()),
        zone=pack.zone,
        tests=tests,
    )


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
