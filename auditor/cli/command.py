"""A command that takes no empty words: what a script filled from an unset variable must not pass in silence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from auditor.base.diagnostics import UnusableError


class Command(TyperCommand):
    """A command of the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typed; raises UnusableError for the first option or argument that is given and empty."""
        rest = super().parse_args(ctx, args)
        params: list[Any] = [] if ctx.resilient_parsing else list(self.params)
        for param in params:
            value = ctx.params.get(str(param.name))
            if any(isinstance(one, str) and not one.strip() for one in (value if isinstance(value, list) else [value])):
                named = (
                    max(param.opts, key=len) if param.param_type_name == "option" else str(param.metavar or param.name)
                )
                raise UnusableError("usage", f"{named} is empty", help=" ".join(getattr(param, "help", "").split()))
        return rest
