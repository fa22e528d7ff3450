"""Random valid rules, made from the model without the language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import strategies as st

from auditor.base.diagnostics import Place
from auditor.log.schema import Field
from auditor.rules.model import Effective, Kind, Rule

from . import show
from .alphabet import ALL_FIELDS, BASES, ZONES
from .clocks import named_clocks
from .groups import service_levels
from .logs import moments
from .obligations import ALL_KINDS, KINDS, obligations
from .patterns import patterns

PER = (
    ("report_id",), ("report_id",), ("content_id",), ("account_id",), ("report_id", "content_id"),
    ("content_id", "platform"),
)  # fmt: skip
# What does not go with an obligation.
_NO_NTH = ("agree", "measure")
_NO_UNLESS = ("agree", "measure")


class LegibleRule(Rule):
    """A rule that prints as it would be written."""

    def __repr__(self) -> str:
        return "\n" + show.rule(self) + "\n"


@st.composite
def rules(
    draw: st.DrawFn,
    base: datetime | None = None,
    *,
    id: str = "rule",
    kinds: tuple[Kind, ...] | None = None,
    calendar: bool = True,
    nth: bool = True,
    unless: bool = True,
    fields: Mapping[str, Field] = ALL_FIELDS,
    monotone: bool = False,
    whole: bool = False,
) -> Rule:
    """A rule; `base` is the start of the log that it is meant for.

    `whole`: also with named clocks, limits that columns state, service levels and, unless `kinds` says otherwise,
    counts, agreement and measures.
    """
    start = draw(st.sampled_from(BASES)) if base is None else base
    few = st.integers(0, 3).map(lambda n: n == 3)
    effective = Effective()
    if draw(few):
        first = draw(moments(start))
        length = timedelta(hours=draw(st.sampled_from((1, 12, 24, 48))))
        effective = draw(st.sampled_from((Effective(first), Effective(None, first), Effective(first, first + length))))
    clock = draw(named_clocks(start, fields=fields, monotone=monotone)) if whole and draw(st.booleans()) else None
    obligation = draw(
        obligations(
            start,
            kinds=kinds or (ALL_KINDS if whole else KINDS),
            calendar=calendar,
            fields=fields,
            monotone=monotone,
            clock=clock,
            stated=whole,
        )
    )
    kind = obligation.kind
    service = whole and kind != "measure" and draw(st.booleans())
    return LegibleRule(
        id=id,
        title=id,
        severity="medium",
        when=draw(patterns(start, fields=fields, monotone=monotone)),
        obligation=obligation,
        place=Place("generated.yaml"),
        nth=draw(st.integers(1, 3)) if nth and kind not in _NO_NTH and draw(few) else None,
        per=draw(st.sampled_from([per for per in PER if all(key in fields for key in per)])),
        unless=draw(patterns(start, trigger=True, fields=fields, monotone=monotone))
        if unless and kind not in _NO_UNLESS and draw(few)
        else None,
        effective=effective,
        jurisdiction=draw(st.sampled_from((("DE",), ("DE", "FR")))) if "jurisdiction" in fields and draw(few) else (),
        zone=draw(st.sampled_from(ZONES)),
        clock=clock,
        service_level=draw(service_levels(fields)) if service else None,
    )
