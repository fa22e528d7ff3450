"""A command whose words are taken one by one: what a script filled from an unset variable, or an option that a second
one would silently replace, is a mistake.  What is not typed has the default that the environment or auditor.yaml give.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from auditor.base.diagnostics import AuditorError, UnusableError

_DEFAULTS = "auditor.defaults"


class Program(TyperGroup):
    """The program itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typed; raises UnusableError for an option that is empty, and for an option given twice."""
        _check(self, ctx, args)
        return super().parse_args(ctx, args)


class Command(TyperCommand):
    """A command of the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typed, with defaults for the rest.

        Raises UnusableError for an option or argument that is empty, and for an option given twice; DiagnosticsError
        for mistakes in the environment and in auditor.yaml.
        """
        whole = self._with_defaults(ctx, args)
        _check(self, ctx, whole)
        with _noting(ctx):
            rest = super().parse_args(ctx, list(whole))
        if _DEFAULTS in ctx.meta and ctx.params.get("verbose") and not ctx.params.get("quiet"):
            _tell(ctx.meta[_DEFAULTS].told())
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run it; an error says which defaults took part."""
        with _noting(ctx):
            return super().invoke(ctx)

    def _with_defaults(self, ctx: Any, args: list[str]) -> list[str]:
        """What is typed; before it the log, where the words do not reach for all arguments and it has a default."""
        raw, _, given = self.make_parser(ctx).parse_args(list(args))
        if self.get_help_option(ctx) in given:  # help is the same everywhere
            return args
        from auditor.cli.config import defaults

        arguments = [param for param in self.params if param.param_type_name == "argument"]
        lacking = len(arguments) > 1 and arguments[-1].nargs == 1 and raw[arguments[-1].name] is None
        left = arguments[:1] if lacking else []
        typed = {param.name for param in given if param not in left and raw[param.name] is not None}
        root = ctx.find_root()
        try:
            found = defaults(root.command, _path(ctx), root.params, typed)
        except AuditorError:
            if ctx.resilient_parsing:  # completion never fails
                return args
            raise
        if not ctx.resilient_parsing:
            for warning in found.warnings:
                _tell(str(warning))
        ctx.meta[_DEFAULTS] = found
        ctx.default_map = {name: default.value for name, default in found.values.items()}
        words = [str(ctx.default_map[param.name]) for param in left if param.name in ctx.default_map]
        return [*(f"./{word}" if word.startswith("-") and word != "-" else word for word in words), *args]


def _path(ctx: Any) -> str:
    """The command as it is typed after the program's name: `rules test`."""
    return f"{_path(ctx.parent)} {ctx.info_name}".strip() if ctx.parent else ""


@contextmanager
def _noting(ctx: Any) -> Iterator[None]:
    try:
        yield
    except (AuditorError, TyperException) as error:
        named = ctx.meta[_DEFAULTS].named() if _DEFAULTS in ctx.meta else ""
        if named:
            error.add_note(f"    note: not typed, but set: {named}")
        raise


def _check(command: Any, ctx: Any, args: list[str]) -> None:
    raw, _, given = command.make_parser(ctx).parse_args(list(args))
    if ctx.resilient_parsing or command.get_help_option(ctx) in given:
        return
    for param in command.params:
        _full(param, raw.get(str(param.name)))
    _once(given)


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


def _tell(text: str) -> None:
    from auditor.cli.terminal import tell

    tell(text)
