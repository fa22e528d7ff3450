"""Hypothesis strategies: small logs and rules that collide often."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from auditor.log.schema import FIELDS
from auditor.rules.model import Rule

from .alphabet import BASES
from .logs import LogCase, events_frame, logs
from .rules import rules

__all__ = ["AuditCase", "LogCase", "audits", "events_frame", "logs", "rules"]


@dataclass(frozen=True)
class AuditCase:
    """A log and rules that are about the same days and fields."""

    log: LogCase
    rules: tuple[Rule, ...]


@st.composite
def audits(
    draw: st.DrawFn,
    /,
    *,
    max_rules: int = 3,
    max_events: int = 25,
    precise: bool = False,
    complete: bool = False,
    whole: bool = False,
) -> AuditCase:
    """A log with rules; most rules name only fields that it has, some all that are canonical.

    `whole`: with all that rules can say, see `rules`.
    """
    base = draw(st.sampled_from(BASES))
    log = draw(logs(base, max_events=max_events, precise=precise, complete=complete))
    count = draw(st.integers(1, max_rules))
    found = []
    for number in range(1, count + 1):
        fields = {**FIELDS, **log.fields} if draw(st.integers(0, 7)) == 7 else log.fields
        found.append(draw(rules(base, id=f"rule-{number}", fields=fields, whole=whole)))
    return AuditCase(log, tuple(found))
