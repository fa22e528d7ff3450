"""Names in conditions: fields, `trigger.x`, `params.x`."""

from __future__ import annotations

from auditor.base.durations import Duration
from auditor.base.suggest import did_you_mean, nearest
from auditor.log.schema import RESERVED, TIME
from auditor.rules.conditions.constants import TOLD, Mistake, elapsed
from auditor.rules.conditions.functions import SIGNATURES
from auditor.rules.expressions import Column, Expr, Literal_, Type
from auditor.rules.names import Pack

_TYPES: dict[str, Type] = {
    "text": "text",
    "bool": "bool",
    "integer": "number",
    "number": "number",
    "instant": "instant",
}
_CONSTANTS = {"true": True, "false": False}
_SPACES = ("trigger", "lists", "params")


def column(name: str, pack: Pack, trigger: bool) -> Expr:
    """A field of the tested event or, with `trigger`, of the activating one."""
    if not trigger and name in _CONSTANTS:
        return Literal_(_CONSTANTS[name], "bool")
    if name == TIME:
        return Column(TIME, "instant", trigger)
    if name in RESERVED:
        raise Mistake("reserved-field", f"`{name}` cannot be named in a condition", _instead_of(name))
    field = pack.known.fields.get(name)
    if field is not None:
        pack.used.add(f"fields.{name}")
        return Column(name, _TYPES[field.type], trigger)
    if f"fields.{name}" in pack.broken:
        raise Mistake(TOLD, "")
    if not trigger and name in _SPACES:
        raise Mistake("expr-syntax", f"`{name}` stands before a dot", f"write `{name}.name`")
    if not trigger and name.lower() in ("null", "none", "nil"):
        raise Mistake("unknown-field", f"there is no field `{name}`", "write `None`, after `is`")
    if not trigger and name in SIGNATURES:
        raise Mistake("expr-syntax", f"`{name}` is a function", f"write `{name}(…)`")
    raise Mistake("unknown-field", f"there is no field `{name}`", _which_field(name, pack))


def attribute(base: str, name: str, pack: Pack, trigger: bool) -> Expr:
    """`trigger.x` or `params.x`."""
    if base == "trigger":
        if not trigger:
            raise Mistake(
                "trigger-here",
                "`trigger` can be named only in targets, `before` and `unless`",
                f"here the event itself is tested: write `{name}`",
            )
        return column(name, pack, True)
    if base == "params":
        found = pack.parameters.get(name)
        if f"params.{name}" in pack.broken:
            raise Mistake(TOLD, "")
        if found is None:
            help = did_you_mean(name, pack.parameters) or "the pack has no `parameters`"
            raise Mistake("unknown-parameter", f"there is no parameter `{name}` in this pack", help)
        pack.used.add(f"params.{name}")
        value = Literal_(found.value, found.type)
        return elapsed(value) if isinstance(found.value, Duration) else value
    if base == "lists":
        raise Mistake("expr-type", "a list can stand only after `in`", f"write `field in lists.{name}`")
    near = nearest(base, _SPACES)
    if f"{base}.{name}" in pack.known.events:
        raise Mistake("expr-syntax", f"`{base}.{name}` is an event", "name events under `event:`")
    raise Mistake("expr-syntax", f"`{base}.` is not known", f"did you mean `{near}.{name}`?" if near else
                  "before a dot stand `trigger`, `lists` or `params`")  # fmt: skip


def _instead_of(name: str) -> str:
    return "name events under `event:`" if name == "event" else "the only built-in column that conditions see is `time`"


def _which_field(name: str, pack: Pack) -> str:
    owner = next((field.name for field in pack.known.fields.values() if name in field.values), None)
    if owner is not None:
        return f'texts stand in quotes: `{owner} == "{name}"`'
    near = nearest(name, (*pack.known.fields, TIME))
    if near is not None:
        return f"did you mean `{near}`?"
    return "declare further columns in the mapping; texts stand in quotes"
