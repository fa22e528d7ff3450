"""Types: Python's syntax tree → the typed tree, or faults at the exact sub-expression."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.base.suggest import did_you_mean
from auditor.rules import expressions as ex
from auditor.rules.conditions import constants, operations
from auditor.rules.conditions.functions import call
from auditor.rules.conditions.parse import Parsed
from auditor.rules.conditions.resolve import attribute, column
from auditor.rules.names import Fault, NamedList, Pack

_OPERATORS: dict[type[ast.cmpop], ex.Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass
class Checker:
    """Walks one condition.  Every method gives None after it has complained, so that one mistake is told once."""

    pack: Pack
    parsed: Parsed
    trigger: bool  # whether `trigger.x` may be named
    own: bool = True  # whether fields of a tested event may be named
    faults: list[Fault] = field(default_factory=list)

    def complain(self, code: str, message: str, node: ast.expr, help: str = "") -> None:
        self.faults.append(Fault(code, message, *self.parsed.span(node), help))

    def between(self, left: ast.expr, right: ast.expr, make: Callable[[], ex.Expr]) -> ex.Expr | None:
        """As `guarded`, at everything from `left` to `right`."""
        try:
            return make()
        except constants.Mistake as mistake:
            if mistake.code != constants.TOLD:
                start, end = self.parsed.span(left)[0], self.parsed.span(right)[1]
                self.faults.append(Fault(mistake.code, mistake.message, start, end, mistake.help))
            return None

    def guarded(self, node: ast.expr, make: Callable[[], ex.Expr]) -> ex.Expr | None:
        """What `make` gives; its Mistake becomes a fault at `node`."""
        return self.between(node, node, make)

    def condition(self, node: ast.expr) -> ex.Expr | None:
        """A part that must be true or false."""
        match node:
            case ast.BoolOp(op, values):
                parts = [self.condition(value) for value in values]
                known = tuple(part for part in parts if part is not None)
                if len(known) < len(parts):
                    return None
                return ex.And(known) if isinstance(op, ast.And) else ex.Or(known)
            case ast.UnaryOp(ast.Not(), operand):
                inner = self.condition(operand)
                return None if inner is None else ex.Not(inner)
            case ast.Compare():
                return self.comparison(node)
        expr = self.value(node)
        if expr is None or ex.type_of(expr) == "bool":
            return expr
        word = self.parsed.text(node) if isinstance(node, ast.Name | ast.Attribute) else "it"
        self.complain("expr-type", f"this is {ex.named(ex.type_of(expr))}, not a condition", node,
                      f"compare {word} with a value, or write `{word} is not None`")  # fmt: skip
        return None

    def value(self, node: ast.expr) -> ex.Expr | None:
        """A part that has a value of any type."""
        match node:
            case ast.Constant(value):
                return self.guarded(node, lambda: constants.literal(value))
            case ast.Name() if (text := self.parsed.duration(node)) is not None:
                return self.guarded(node, lambda: constants.span(text))
            case ast.Name(name):
                return self.guarded(node, lambda: self._column(name))
            case ast.Attribute(ast.Name(base), name):
                return self.guarded(node, lambda: attribute(base, name, self.pack, self.trigger))
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(ast.Not()):
                return self.condition(node)
            case ast.UnaryOp(ast.USub() | ast.UAdd() as op, operand):
                inner = self.value(operand)
                if inner is None:
                    return None
                return self.guarded(node, lambda: operations.signed(inner, isinstance(op, ast.USub)))
            case ast.BinOp(left, op, right):
                symbol = operations.SYMBOLS[type(op)]
                ends = self.pair(left, right, moving=True)
                return None if ends is None else self.guarded(node, lambda: operations.arithmetic(symbol, *ends))
            case ast.Call():
                return call(self, node)
            case ast.List() | ast.Tuple():
                self.complain("expr-type", "a list can stand only after `in`", node, 'write `field in ["a", "b"]`')
            case _:
                self.complain("expr-syntax", "this is not part of the language of conditions", node)
        return None

    def _column(self, name: str) -> ex.Expr:
        found = column(name, self.pack, False)
        if isinstance(found, ex.Column) and not self.own:
            help = f"write `trigger.{name}`"
            raise constants.Mistake("trigger-missing", f"here only the activating event has a `{name}`", help)
        return found

    def pair(self, left: ast.expr, right: ast.expr, *, moving: bool) -> tuple[ex.Expr, ex.Expr] | None:
        """Both sides of an operator; a text beside an instant is read as an instant or, `moving` it, as a duration."""
        first, second = self.value(left), self.value(right)
        if first is None or second is None:
            return None
        types = (ex.type_of(first), ex.type_of(second))
        zone = self.pack.zone
        if types == ("instant", "text"):
            again = self.guarded(right, lambda: constants.beside_instant(second, zone, moving))
            return None if again is None else (first, again)
        if types == ("text", "instant") and not moving:
            again = self.guarded(left, lambda: constants.beside_instant(first, zone, moving))
            return None if again is None else (again, second)
        return first, second

    def comparison(self, node: ast.Compare) -> ex.Expr | None:
        """`a < b`, `a < b < c`, `a in b`, `a is None`."""
        parts: list[ex.Expr | None] = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._compare(node, left, op, right))
            left = right
        known = tuple(part for part in parts if part is not None)
        if len(known) < len(parts):
            return None
        return known[0] if len(known) == 1 else ex.And(known)

    def _compare(self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ex.Expr | None:
        negative = isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn)
        if isinstance(op, ast.Is | ast.IsNot):
            return self._is_none(left, right, negative)
        if isinstance(op, ast.In | ast.NotIn):
            return self._member(left, right, negative)
        if any(isinstance(side, ast.Constant) and side.value is None for side in (left, right)):
            wanted = "is not None" if negative else "is None"
            self.complain("expr-none", "a comparison with None is never true", node, f"write `{wanted}`")
            return None
        ends = self.pair(left, right, moving=False)
        if ends is None:
            return None
        for side, other, where in ((ends[0], ends[1], right), (ends[1], ends[0], left)):
            if not self._possible(side, other, where):
                return None
        return self.between(left, right, lambda: operations.compare(_OPERATORS[type(op)], *ends))

    def _possible(self, side: ex.Expr, constant: ex.Expr, node: ast.expr) -> bool:
        mistake = operations.outside_values(side, constant, self.pack.known)
        if mistake is not None:
            self.complain(mistake.code, mistake.message, node, mistake.help)
        return mistake is None

    def _is_none(self, left: ast.expr, right: ast.expr, negative: bool) -> ex.Expr | None:
        if not (isinstance(right, ast.Constant) and right.value is None):
            self.complain(
                "expr-none", "`is` asks only whether a value is missing", right, "write `is None`, or `==` for values"
            )
            return None
        operand = self.value(left)
        if operand is None:
            return None
        if not isinstance(operand, ex.Column):
            self.complain("expr-none", "only a field can be missing", left, "ask it of a field: `field is None`")
            return None
        return ex.Not(ex.IsNone(operand)) if negative else ex.IsNone(operand)

    def _member(self, left: ast.expr, right: ast.expr, negative: bool) -> ex.Expr | None:
        item = self.value(left)
        options = self._options(right)
        if item is None or not options:
            return None
        unlike = operations.not_comparable(item, options[0][0])
        if unlike is not None:
            self.complain(unlike.code, unlike.message, right, unlike.help)
            return None
        good: list[ex.Literal_] = []
        for option, complain in options:
            mistake = operations.not_comparable(item, option) or operations.outside_values(
                item, option, self.pack.known
            )
            if mistake is None:
                good.append(option)
            else:
                complain(mistake.code, mistake.message, mistake.help)
        if len(good) < len(options):
            return None
        member = self.guarded(left, lambda: operations.member(item, tuple(good), self.pack.zone))
        return ex.Not(member) if negative and member is not None else member

    def _options(self, node: ast.expr) -> list[tuple[ex.Literal_, Callable[[str, str, str], None]]] | None:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "lists":
            found = self.pack.lists.get(node.attr)
            if f"lists.{node.attr}" in self.pack.broken:
                return None
            if found is None:
                help = did_you_mean(node.attr, self.pack.lists) or "the pack has no `lists`"
                self.complain("unknown-list", f"there is no list `{node.attr}` in this pack", node, help)
                return None
            self.pack.used.add(f"lists.{node.attr}")
            return [(item, _at_item(found, index)) for index, item in enumerate(found.items)]
        if not isinstance(node, ast.List | ast.Tuple):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                help = f'write `in ["{node.value}"]` or `== "{node.value}"`; contains(a, b) looks inside a text'
            else:
                help = 'write `in ["a", "b"]` or `in lists.name`; contains(a, "b") looks inside a text'
            self.complain("expr-type", "the right side of `in` is a list", node, help)
            return None
        if not node.elts:
            self.complain("expr-empty", "this list is empty, so nothing is in it", node, "name the values")
            return None
        options = []
        for element in node.elts:
            value = self.value(element)
            if value is not None and not isinstance(value, ex.Literal_):
                self.complain("expr-type", "a list holds only constants", element, "compare fields with `==`")
            elif value is not None:
                options.append((value, self._at(element)))
        return options if len(options) == len(node.elts) else None

    def _at(self, node: ast.expr) -> Callable[[str, str, str], None]:
        return lambda code, message, advice: self.complain(code, message, node, advice)


def _at_item(found: NamedList, index: int) -> Callable[[str, str, str], None]:
    return lambda code, message, advice: found.complain(index, code, message, advice)
