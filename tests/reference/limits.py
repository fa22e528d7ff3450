"""The window of one activation at one level of doubt, whether its limit has passed, and when it is due."""

from __future__ import annotations

from datetime import datetime

from auditor.rules.model import NEXT, Pattern

from . import lengths, matching, windows
from .activations import Activation
from .conditions import Truth
from .doubt import ALL, Doubt
from .windows import Edge, Window

DUE = ("followed_by", "accompanied_by", "count")


def window(activation: Activation, level: Doubt, *, favourable: bool) -> Window:
    """The row of the Windows table."""
    t = activation.trigger.when
    by = lengths.length(activation)
    start = None if by is None else lengths.before(activation, level, by)
    end = None if by is None else lengths.after(activation, level, by)
    match activation.rule.obligation.kind:
        case "assert":
            return windows.at_once(t)
        case "followed_by":
            due = end if by is not None else lengths.due(activation)
            return windows.onwards(t, due, _bounds(activation, level, favourable=favourable))
        case "preceded_by":
            return windows.back(t, start, strict=False)
        case "not_preceded_by":
            return windows.back(t, start, strict=True)
        case "not_followed_by" | "count":
            return windows.ahead(t, end)
        case "accompanied_by" | "not_accompanied_by":
            return windows.around(start, end)
        case "agree":
            return Window()  # the whole subject
        case "measure":
            raise AssertionError("a measure judges groups, not activations")


def _bounds(activation: Activation, level: Doubt, *, favourable: bool) -> tuple[Edge, ...]:
    """“The first `before` match at or after t”; “`next`: strictly before the subject's next activation strictly after
    t”.

    A bound hurts: the favourable reading knows only certain bounds that certainly lie after t, the other one all that
    are possible.  Each bound closes the window on its own, so the first one does.
    """
    before = activation.rule.obligation.before
    if before is None:
        return ()
    is_next = before == NEXT
    pattern = activation.rule.when if is_next else before
    assert isinstance(pattern, Pattern)
    after = Window(Edge(activation.trigger.when, strict=is_next))
    bounds = [
        Edge(event.when, strict=is_next)
        for event in matching.within(activation, level, pattern, after, possible=not favourable)
    ]
    if not favourable and matching.may_be_hidden(activation, level, pattern, after):
        # A bound that the log could not show may come at once.
        bounds.append(Edge(activation.trigger.when))
    return tuple(bounds)


def has_passed(activation: Activation, level: Doubt) -> Truth:
    """“The limit has passed in the favourable reading”: “A > limit”; a bound “has passed as soon as it exists”.

    None for unknown: “between the two ends of t ⊕ within on a clock that pauses”.
    """
    kind = activation.rule.obligation.kind
    if kind not in DUE:
        return True  # at once
    if kind == "followed_by" and _bounds(activation, level, favourable=True):
        return True
    moment = activation.audit.moment
    limit = window(activation, level, favourable=True).last_moment()
    if limit is not None and moment > limit:
        return True
    by, clock = lengths.length(activation), activation.rule.clock
    if by is None or clock is None or not clock.pauses:
        return False
    return None if moment > lengths.after(activation, level, by).earliest else False


def due_at(activation: Activation) -> datetime | None:
    """“`due_at` is the limit's latest end”; of a `count` only where it can be missed: “only with `at_least`”."""
    obligation = activation.rule.obligation
    if obligation.kind not in DUE or lengths.not_stated(activation):
        return None
    if obligation.kind == "count" and obligation.at_least is None:
        return None
    return window(activation, ALL, favourable=True).last_moment()
