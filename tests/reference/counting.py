"""`count`: how many matches lie in (t, t ⊕ within], certainly and possibly."""

from __future__ import annotations

import math

from . import limits, matching
from .activations import Activation
from .doubt import Doubt


def in_range(activation: Activation, level: Doubt, *, favourable: bool) -> bool:
    """“Favourable: a number between certain and possible is in range; unfavourable: both ends are.”"""
    least, most = _range(activation)
    certain, possible = _numbers(activation, level)
    if favourable:
        return certain <= most and least <= possible
    return least <= certain and possible <= most


def too_many(activation: Activation, level: Doubt) -> bool:
    """Whether more matches than are allowed are certain."""
    return _numbers(activation, level)[0] > _range(activation)[1]


def _range(activation: Activation) -> tuple[int, float]:
    obligation = activation.rule.obligation
    return obligation.at_least or 0, math.inf if obligation.at_most is None else obligation.at_most


def _numbers(activation: Activation, level: Doubt) -> tuple[int, float]:
    """The numbers of certain and of possible matches; a log that may hide one may hide any number."""
    pattern = activation.rule.obligation.pattern
    assert pattern is not None
    window = limits.window(activation, level, favourable=True)
    certain = matching.within(activation, level, pattern, window, possible=False)
    possible = matching.within(activation, level, pattern, window, possible=True)
    hidden = matching.may_be_hidden(activation, level, pattern, window)
    return len(certain), math.inf if hidden else len(possible)
