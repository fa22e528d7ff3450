"""The short list of functions, with their types."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from auditor.base.suggest import did_you_mean
from auditor.rules import expressions as ex
from auditor.rules.conditions import constants

if TYPE_CHECKING:
    from auditor.rules.conditions.check import Checker

# name → types of the arguments, type of the result
SIGNATURES: dict[str, tuple[tuple[ex.Type, ...], ex.Type]] = {
    "lower": (("text",), "text"),
    "startswith": (("text", "text"), "bool"),
    "contains": (("text", "text"), "bool"),
    "matches": (("text", "text"), "bool"),
    "hours_between": (("instant", "instant"), "number"),
}
_NOT_RE2 = re.compile(
    r"\(\?(?:=|!|<=|<!|>|\(|\#|P=|P>)|\\[1-9]|\\k|\\[gGZRXKNuUhHe]|(?<!\\)[*+?}]\+|\(\?[a-zA-Z]*[axLu][a-zA-Z]*[):]"
)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def call(checker: Checker, node: ast.Call) -> ex.Expr | None:
    """A function call with the right arguments."""
    name = node.func.id if isinstance(node.func, ast.Name) else checker.parsed.text(node.func)
    signature = SIGNATURES.get(name)
    if signature is None:
        checker.complain(
            "unknown-function", f"there is no function `{name}`", node.func, did_you_mean(name, SIGNATURES)
        )
        return None
    wanted, result = signature
    if node.keywords or len(node.args) != len(wanted) or any(isinstance(a, ast.Starred) for a in node.args):
        count = "1 argument" if len(wanted) == 1 else f"{len(wanted)} arguments"
        checker.complain("expr-arguments", f"`{name}` takes {count}", node, f"write {usage(name)}")
        return None
    arguments = [_argument(checker, argument, type) for argument, type in zip(node.args, wanted, strict=True)]
    known = tuple(argument for argument in arguments if argument is not None)
    if len(known) < len(arguments):
        return None
    if len(known) == 2 and result == "bool" and not _constant(checker, name, node.args[1], known[1]):
        return None
    return ex.Call(name, known, result)  # type: ignore[arg-type] # `name` is a key of SIGNATURES


def usage(name: str) -> str:
    """How a function is written, for help texts."""
    examples = {
        "lower": "lower(recipient)",
        "startswith": 'startswith(template, "closed-")',
        "contains": 'contains(template, "closed")',
        "matches": 'matches(template, r"^closed-[0-9]+$")',
        "hours_between": "hours_between(trigger.time, time)",
    }
    return f"`{examples[name]}`"


def _argument(checker: Checker, node: ast.expr, wanted: ex.Type) -> ex.Expr | None:
    expr = checker.value(node)
    if expr is None:
        return None
    if wanted == "instant" and isinstance(expr, ex.Literal_) and expr.type == "text":
        return checker.guarded(node, lambda: constants.beside_instant(expr, checker.pack.zone, False))
    if ex.type_of(expr) == wanted:
        return expr
    checker.complain("expr-type", f"this is {ex.named(ex.type_of(expr))}; {ex.named(wanted)} is needed here", node)
    return None


def _constant(checker: Checker, name: str, node: ast.expr, argument: ex.Expr) -> bool:
    if not (isinstance(argument, ex.Literal_) and isinstance(argument.value, str)):
        checker.complain("expr-type", f"the second argument of `{name}` is a constant", node, f"write {usage(name)}")
        return False
    if not argument.value:
        checker.complain("expr-empty", f"every text passes `{name}` with an empty text", node, f"write {usage(name)}")
        return False
    problem = pattern_problem(argument.value) if name == "matches" else ""
    if problem:
        help = "patterns are RE2: no look-around, no back-references, no possessive or atomic groups"
        checker.complain("expr-pattern", f"this pattern is not accepted: {problem}", node, help)
    return not problem


def pattern_problem(pattern: str) -> str:
    """Why a pattern is not RE2, or ''."""
    if found := _NOT_RE2.search(_CLASS.sub("[x]", pattern.replace("\\\\", "x"))):
        return f"`{found[0]}` is not part of RE2"
    if any(int(number) > 1000 for found in _REPEAT.finditer(pattern) for number in found.groups() if number):
        return "a repetition has at most 1000 rounds"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return _refused(pattern)


def _refused(pattern: str) -> str:
    """What RE2 itself says against a pattern, or ''."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return str(error).removeprefix("Invalid regular expression: ")
    return ""
