"""Groups of activations, and what is said of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .activations import Activation
from .clock import wall_clock
from .doubt import LEVELS, REASON

PERIODS = {"month": "%Y-%m", "day": "%Y-%m-%d"}
GroupOutcome = Literal["met", "violated", "undetermined"]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class GroupVerdict:
    """One entry of `Judgement.group_verdicts`; `docs/decisions.md` tells what each field means."""

    rule_id: str
    kind: Literal["service_level", "measure"]
    group: Mapping[str, str | None]
    verdict: GroupOutcome
    reason: str | None
    figure: float | None
    least: float | None
    most: float | None
    naive: float | None
    n: int
    met: int
    violated: int
    pending: int
    exempt: int
    undetermined: int
    censored: int
    left_out: int


def key(activation: Activation, by: tuple[str, ...]) -> Key:
    """“Month and day are those of the activation in the pack's zone”; else fields of the activating event."""
    return tuple(_value(activation, name) for name in by)


def _value(activation: Activation, name: str) -> str | None:
    if name in PERIODS:
        shown = wall_clock(activation.trigger.time, ZoneInfo(activation.rule.zone))
        return shown.strftime(PERIODS[name])
    return _text(activation.audit.story.value(activation.trigger, name))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_order(keys: Iterable[Key]) -> list[Key]:
    """By the values of the group, unknown ones first."""
    return sorted(set(keys), key=lambda k: tuple((v is not None, v or "") for v in k))


def most_frequent(reasons: Iterable[str]) -> str:
    """“The reason that most of them have”; of several, that of the first level of doubt."""
    counts = Counter(reasons)
    return max((REASON[level] for level in LEVELS), key=lambda reason: counts[reason])
