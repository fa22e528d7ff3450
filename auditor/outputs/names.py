"""Values from logs as names in one line, cut where they are longer than anybody reads."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.outputs.hostile import safe

LONGEST = 200  # characters of a value


def named(value: str | None) -> str:
    """A subject, or the value of a group."""
    return "(unknown)" if value is None else safe(value, LONGEST)


def group_named(group: Mapping[str, str | None]) -> str:
    """`platform chat, month 2024-03`."""
    return ", ".join(f"{name} {named(value)}" for name, value in group.items()) or "all activations"
