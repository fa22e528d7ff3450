"""What a test expects, set against what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from auditor.rules.activations import Activation, Difference, difference
from auditor.rules.model import Expected
from auditor.rules.offsets import EPOCH
from auditor.rules.ruletests import Case

MET, VIOLATED, PENDING = (Activation(verdict, "r1") for verdict in ("met", "violated", "pending"))
LATE = Activation("violated", "r2", None, EPOCH, EPOCH + timedelta(hours=24), EPOCH + timedelta(hours=30), 6 * 3600)
DOUBT = Activation("undetermined", "r3", "imprecise_time")


def found(expect: Any, *activations: Activation) -> Difference | None:
    return difference(Case("a", "t", (), EPOCH, expect), activations)


@pytest.mark.parametrize(
    ("expect", "activations", "agrees"),
    [
        ("met", (MET, MET), True),
        ("met", (MET, VIOLATED), False),
        ("met", (), False),
        ("none", (), True),
        ("none", (MET,), False),
        ({"met": 1, "violated": 0}, (MET,), True),
        ({"met": 1}, (MET, PENDING), False),
        ({"met": 1}, (MET, MET), False),
        ((Expected("violated"), Expected("met")), (MET, VIOLATED), True),
        ((Expected("met"),), (MET, VIOLATED), False),
        ((Expected("met"), Expected("met")), (MET,), False),
        ((Expected("violated", "r2", None, "24h", "6h"),), (LATE,), True),
        ((Expected("violated", "r1"),), (LATE,), False),
        ((Expected("violated", None, None, "25h"),), (LATE,), False),
        ((Expected("violated", None, None, None, "5h"),), (LATE,), False),
        ((Expected("violated", None, None, None, "6h"),), (VIOLATED,), False),
        ((Expected("undetermined", None, "imprecise_time"),), (DOUBT,), True),
        ((Expected("undetermined", None, "missing_value"),), (DOUBT,), False),
    ],
)
def test_what_agrees_with_an_expectation(expect: Any, activations: tuple[Activation, ...], agrees: bool) -> None:
    assert (found(expect, *activations) is None) is agrees


def test_a_vague_expectation_leaves_the_only_fitting_activation_to_an_exact_one() -> None:
    vague, exact = Expected("violated"), Expected("violated", "r2")
    assert found((vague, exact), LATE, VIOLATED) is None
    assert found((vague, exact), VIOLATED, LATE) is None
    assert found((exact, exact), LATE, VIOLATED) is not None


def test_a_difference_is_told_in_words() -> None:
    assert found((Expected("met", "r1", None, "24h"),), LATE) == Difference(
        ("met for r1, due 24h",), ("violated for r2, due 24 h, late 6 h",)
    )
    assert found("none", DOUBT) == Difference(("no activation",), ("undetermined (imprecise_time) for r3",))
    assert found({"met": 2}, MET, VIOLATED) == Difference(("2 met",), ("1 met, 1 violated",))
    assert found("met") == Difference(("met",), ("no activation",))
    assert found((Expected("met"),), MET, PENDING) == Difference(("no further activation",), ("pending for r1",))
