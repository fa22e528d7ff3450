"""Conditions that tie an event to the activating one by a value that both have: `actor == trigger.actor`."""

from __future__ import annotations

from auditor.rules import expressions as ex
from auditor.rules.model import Pattern


def own_part(where: ex.Expr | None) -> ex.Expr | None:
    """What a condition demands of the event by itself: its conjuncts that do not name the activating event.

    Where the whole is true, or only times leave it unknown, so is its part; and the whole is false where the part is.
    """
    own = tuple(part for part in _conjuncts(where) if not _of_trigger(part))
    return ex.And(own) if len(own) > 1 else own[0] if own else None


def tied_by(pattern: Pattern) -> str | None:
    """The text column that an event must share with the activating one, where nothing else ties them; else None."""
    ties = [part for part in _conjuncts(pattern.where) if _of_trigger(part)]
    match ties:
        case [ex.Compare("==", ex.Column(one, "text", here), ex.Column(other, "text", there))]:
            return one if one == other and here != there else None
        case _:
            return None


def _of_trigger(part: ex.Expr) -> bool:
    return any(column.trigger for column in ex.columns(part))


def _conjuncts(where: ex.Expr | None) -> list[ex.Expr]:
    match where:
        case None:
            return []
        case ex.And(parts):
            return [found for part in parts for found in _conjuncts(part)]
        case _:
            return [where]
