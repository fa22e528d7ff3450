"""What engines and Ibis do behind one's back: each of these gave a wrong verdict or a corrupt output once."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from auditor.engine.logic import certain, choose, possible
from tests.engine.support import connection

TRUTHS = (True, False, None)


def evaluated(made: Any) -> Any:
    return connection().to_pyarrow(made).as_py()


def opaque(truth: bool | None) -> Any:
    """A boolean that is no literal, so that nothing folds."""
    value = ibis.null("boolean") if truth is None else ibis.literal(truth)
    return ibis.coalesce(value, ibis.null("boolean"))


@pytest.mark.parametrize("truth", TRUTHS)
def test_certain_and_possible_read_unknown_both_ways(truth: bool | None) -> None:
    assert evaluated(certain(opaque(truth))) is (truth is True)
    assert evaluated(possible(opaque(truth))) is (truth is not False)


@pytest.mark.parametrize("truth", TRUTHS)
def test_a_negated_condition_stays_unknown(truth: bool | None) -> None:
    """`(~x).isnull()` compiles to `NOT (x) IS NULL`; the two helpers never ask it."""
    assert evaluated(certain(~opaque(truth))) is (truth is False)
    assert evaluated(possible(~opaque(truth))) is (truth is not True)


@pytest.mark.parametrize("first", TRUTHS)
def test_choose_is_given_two_valued_conditions(first: bool | None) -> None:
    made = choose((certain(opaque(first)), "yes"), (possible(opaque(first)), "unknown"), otherwise="no")
    assert evaluated(made) == {True: "yes", None: "unknown", False: "no"}[first]
