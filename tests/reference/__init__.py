"""A direct evaluator of rules, independent of the engine, to compare it with."""

from .evaluator import Judged, Verdict, judge
from .groups import GroupVerdict
from .values import Event

__all__ = ["Event", "GroupVerdict", "Judged", "Verdict", "judge"]
