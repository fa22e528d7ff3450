"""A command whose words are taken one by one: what a script filled from an unset variable, or an option that a second
one would silently replace, is a mistake.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from auditor.base.diagnostics import UnusableError


class Command(TyperCommand):
    """A command of the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typed; raises UnusableError for an option or argument that is empty, and for an option given twice."""
        typed = list(args)
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            raw, _, given = self.make_parser(ctx).parse_args(typed)
            for param in self.params:
                _full(param, raw.get(str(param.name)))
            _once(given)
        return rest


def _full(param: Any, value: Any) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(one, str) and not one.strip() for one in values):
        named = _option(param) if param.param_type_name == "option" else param.metavar or param.name
        raise UnusableError("usage", f"{named} is empty", help=" ".join(getattr(param, "help", "").split()))


def _once(given: list[Any]) -> None:
    for param in given:
        if param.param_type_name == "option" and not param.multiple and not param.is_flag and given.count(param) > 1:
            raise UnusableError("usage", f"{_option(param)} is given twice", help="only one value can hold")


def _option(param: Any) -> str:
    return str(max(param.opts, key=len))
