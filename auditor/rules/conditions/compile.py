"""A condition as written (text, true/false, mapping) → typed tree, mistakes reported on the page."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.log.schema import RESERVED
from auditor.rules import expressions as ex
from auditor.rules.conditions.check import Checker
from auditor.rules.conditions.constants import Mistake, beside_instant, literal
from auditor.rules.conditions.operations import not_comparable, outside_values
from auditor.rules.conditions.parse import parse
from auditor.rules.conditions.resolve import column
from auditor.rules.names import Fault, Pack, Page

_CONVERSIONS = {
    ("number", "duration"): "say of what: `trigger.limit_hours * 1h`",
    ("instant", "duration"): "an instant belongs in `due`",
    ("duration", "instant"): "a length of time belongs in `within`",
    ("text", "instant"): "its column is a text: give it the type instant in the mapping of the log",
    ("number", "instant"): "a length of time belongs in `within`: `within: trigger.limit_hours * 1h`",
}
_REFERENCE = re.compile(r"^(lists|params|trigger)\.\w+$")


def compile_condition(text: str, pack: Pack, *, trigger: bool) -> tuple[ex.Expr | None, list[Fault]]:
    """The typed tree of a condition, or None and every mistake in it."""
    parsed, faults = parse(text)
    if parsed is None:
        return None, faults
    checker = Checker(pack, parsed, trigger)
    expr = checker.condition(parsed.root)
    return (None if checker.faults else expr), checker.faults


def compile_value(node: Node, wanted: ex.Type, pack: Pack, page: Page) -> ex.Expr | None:
    """An expression over the activating event, of the type that is wanted; None when it has a mistake."""
    text = str(node.value)
    parsed, faults = parse(text)
    if parsed is not None:
        checker = Checker(pack, parsed, trigger=True, own=False)
        expr = checker.value(parsed.root)
        if expr is not None and ex.type_of(expr) == wanted:
            return expr
        if expr is not None:
            message = f"this is {ex.named(ex.type_of(expr))}; {ex.named(wanted)} is needed here"
            checker.complain("expr-type", message, parsed.root, _CONVERSIONS.get((ex.type_of(expr), wanted), ""))
        faults = checker.faults
    for fault in faults:
        page.inside(fault, node)
    return None


def compile_where(node: Node, pack: Pack, page: Page, *, trigger: bool) -> tuple[ex.Expr | None, str]:
    """The condition of a pattern and its text; (None, '') when it has a mistake, which is then on the page."""
    if isinstance(node.value, dict):
        return _mapping(node, pack, page, trigger)
    if isinstance(node.value, bool):
        return ex.Literal_(node.value, "bool"), str(node.value)
    if not isinstance(node.value, str):
        return None, ""
    expr, faults = compile_condition(node.value, pack, trigger=trigger)
    for fault in faults:
        if fault.code == "expr-syntax" and page.cut_by_comma(node):
            fault = replace(fault, help="put the condition in quotes: inside { } a comma ends an unquoted value")
        page.inside(fault, node)
    return expr, "" if expr is None else " ".join(node.value.split())


def _mapping(node: Node, pack: Pack, page: Page, trigger: bool) -> tuple[ex.Expr | None, str]:
    """`{category: [a, b], recipient: x, decision: null}`: equality, membership, missing."""
    entries = node.value if isinstance(node.value, dict) else {}
    if not entries:
        page.report("expr-empty", "this condition is empty", node, "leave it out, or name a field")
    parts: list[ex.Expr] = []
    texts: list[str] = []
    for name, child in entries.items():
        try:
            field = _field(name, pack)
        except Mistake as mistake:
            page.report(mistake.code, mistake.message, node, mistake.help, key=name)
            continue
        part = _entry(field, child, pack, page, trigger)
        if part is not None:
            parts.append(part[0])
            texts.append(f"{name} {part[1]}")
    if not entries or len(parts) < len(entries):
        return None, ""
    return (parts[0] if len(parts) == 1 else ex.And(tuple(parts))), " and ".join(texts)


def _field(name: str, pack: Pack) -> ex.Column:
    if name not in pack.known.fields and name != "time":
        code = "reserved-field" if name in RESERVED else "unknown-field"
        help = "name events under `event:`" if name == "event" else did_you_mean(name, pack.known.fields)
        raise Mistake(code, f"there is no field `{name}` for conditions", help or "write a condition as text instead")
    found = column(name, pack, False)
    assert isinstance(found, ex.Column)  # noqa: S101 - the name is a field
    return found


def _entry(field: ex.Column, node: Node, pack: Pack, page: Page, trigger: bool) -> tuple[ex.Expr, str] | None:
    if node.value is None:
        return ex.IsNone(field), "is None"
    if isinstance(node.value, str) and _REFERENCE.match(node.value):
        return _reference(field, node, node.value, pack, page, trigger)
    if isinstance(node.value, list):
        if not node.value:
            page.report("expr-empty", "this list is empty, so nothing is in it", node, "name the values")
        found = [_constant(field, item, pack, page) for item in node.value]
        good = tuple(item for item in found if item is not None)
        if not good or len(good) < len(found):
            return None
        return ex.Member(field, good), "in [" + ", ".join(_shown(item) for item in node.value) + "]"
    constant = _constant(field, node, pack, page)
    return None if constant is None else (ex.Compare("==", field, constant), f"== {_shown(node)}")


def _reference(
    field: ex.Column, node: Node, value: str, pack: Pack, page: Page, trigger: bool
) -> tuple[ex.Expr, str] | None:
    operator = "in" if value.startswith("lists.") else "=="
    expr, faults = compile_condition(f"{field.name} {operator} {value}", pack, trigger=trigger)
    shift = len(field.name) + 4
    for fault in faults:
        start = max(0, fault.start - shift)
        page.inside(replace(fault, start=start, end=max(start + 1, fault.end - shift)), node)
    return None if expr is None else (expr, f"{operator} {value}")


def _constant(field: ex.Column, node: Node, pack: Pack, page: Page) -> ex.Literal_ | None:
    if node.value is None or isinstance(node.value, list | dict):
        page.report("expr-type", "a single value is needed here", node, "write `is None` conditions as text")
        return None
    try:
        constant: ex.Expr = literal(node.value)
        if field.type == "instant":
            constant = beside_instant(constant, pack.zone, False)
    except Mistake as mistake:
        page.report(mistake.code, mistake.message, node, mistake.help)
        return None
    assert isinstance(constant, ex.Literal_)  # noqa: S101 - literals stay literals
    wrong = not_comparable(field, constant) or outside_values(field, constant, pack.known)
    if wrong is None:
        return constant
    page.report(wrong.code, wrong.message, node, wrong.help)
    return None


def _shown(node: Node) -> str:
    return f'"{node.value}"' if isinstance(node.value, str) else str(node.value)
