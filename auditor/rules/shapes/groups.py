"""What is asked of groups of activations: a figure, or the share that is met."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from auditor.rules.shapes.base import DURATION, SHARE, Shape, Share, Span, Texts
from auditor.rules.shapes.patterns import Pattern_

_By = Annotated[Texts | None, Field(description="Fields that make the groups, also `month` and `day`.")]
_Minimum = Annotated[int, Field(ge=1, description="The least number of activations that a group is judged with.")]
_Bound = Annotated[
    str | int | float,
    WithJsonSchema({"type": "string", "anyOf": [{"pattern": DURATION}, {"pattern": SHARE}]}),
]


class ServiceLevelShape(Shape):
    """The share of activations that must be met in each group."""

    share: Share = Field(description="At least this share of the activations that are met or violated: `95%`.")
    by: _By = None
    minimum: _Minimum = 20


class MeasureShape(Shape):
    """A figure of the time from one event to another, and its bounds."""

    from_: Pattern_ | None = Field(None, alias="from", description="Where the time begins; stands for `when`.")
    to: Pattern_ = Field(description="Where the time ends.")
    statistic: Literal["mean", "median", "p75", "p90", "p95", "max", "share"] = Field(
        description="Which figure; `share`: of the times that are at most `within` long."
    )
    within: Span | None = Field(None, description="Only for `share`: the time allowed.")
    at_most: _Bound | None = Field(None, description="The greatest figure allowed: a duration, for `share` `5%`.")
    at_least: _Bound | None = Field(None, description="The least figure allowed: a duration, for `share` `95%`.")
    by: _By = None
    minimum: _Minimum = 20
    leave_out: Pattern_ | None = Field(None, description="Subjects in which this happens are left out, and counted.")
