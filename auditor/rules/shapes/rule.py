"""One rule: when, one obligation, qualifiers."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from auditor.log.schema import ID_FIELDS
from auditor.rules.model import Kind
from auditor.rules.shapes.base import Name, Or, Shape, Texts, listed
from auditor.rules.shapes.groups import MeasureShape, ServiceLevelShape
from auditor.rules.shapes.patterns import Count, Followed, Near, Pattern_, Target, When, Where
from auditor.rules.shapes.tests import RuleTestShape

PER = (*ID_FIELDS, "platform")
OBLIGATIONS: tuple[str, ...] = get_args(Kind)
# Keys whose value is a pattern, so that a bare event name may stand there.
PATTERN_KEYS = frozenset(OBLIGATIONS) - {"assert", "agree", "measure"} | {
    "when", "unless", "before", "from", "to", "leave_out",
}  # fmt: skip

Per = Annotated[
    list[
        Literal[
            "report_id",
            "content_id",
            "account_id",
            "reporter_id",
            "decision_id",
            "appeal_id",
            "referral_id",
            "platform",
        ]
    ],
    Field(min_length=1),
    BeforeValidator(listed),
    Or({"enum": list(PER)}),
]


class BasisShape(Shape):
    """Where a duty comes from; a deadline that the operator chose is never printed as a breach of the law."""

    kind: Literal["law", "guidance", "policy", "study"] = Field(description="What kind of source sets the duty.")
    deadline: Literal["statutory", "operator"] | None = Field(None, description="Who chose the deadline.")
    note: str = Field("", description="What a reader should know about the deadline.")


class EffectiveShape(Shape):
    """Half-open window of activation; dates are read in the pack's zone."""

    from_: str | None = Field(None, alias="from", description="First date or instant on which the rule activates.")
    to: str | None = Field(None, description="First date or instant on which it no longer does.")


class RuleShape(Shape):
    """One duty: when it activates, exactly one obligation, qualifiers."""

    id: Name = Field(description="Stable name of the rule, unique in a run.")
    title: str = Field("", description="The duty in one line.")
    why: str = Field("", description="The harm or failure that the rule guards against.")
    severity: Literal["critical", "high", "medium", "low", "info"] = Field(
        "medium", description="How grave a violation is."
    )
    basis: BasisShape | None = Field(None, description="Where the duty comes from and who chose its deadline.")
    refs: Texts | None = Field(None, description="Sources: article, section, page.")
    verified: str = Field("", description="How well the sources are verified.")
    draft: bool = Field(False, description="Judged and shown, but never fails an audit.")
    effective: EffectiveShape | None = Field(None, description="When the rule is in force.")
    jurisdiction: Texts | None = Field(None, description="Activates only on reports of these jurisdictions.")
    when: When | None = Field(None, description="What activates the rule.")
    assert_: Where | None = Field(None, alias="assert", description="True of the activating event.")
    followed_by: Followed | None = Field(
        None, description="Must happen at or after the activation: `within` a time, `before` something, or both."
    )
    preceded_by: Target | None = Field(None, description="Must have happened at or before the activation.")
    accompanied_by: Near | None = Field(None, description="Must happen within a time on either side.")
    not_followed_by: Target | None = Field(None, description="Must not happen after the activation.")
    not_preceded_by: Target | None = Field(None, description="Must not have happened before the activation.")
    not_accompanied_by: Target | None = Field(None, description="Must not happen near it, or in the subject at all.")
    count: Count | None = Field(None, description="Must happen so many times after the activation.")
    agree: str | None = Field(None, description="A field that has one value in all activating events of a subject.")
    measure: MeasureShape | None = Field(None, description="A figure of each group that must lie within bounds.")
    unless: Pattern_ | None = Field(None, description="Exempt when this happens inside the obligation's window.")
    per: Per | None = Field(None, description="The events that share this key are one subject; default report_id.")
    clock: str | None = Field(None, description="The named clock that durations run on; default: they never stop.")
    service_level: ServiceLevelShape | None = Field(None, description="The share of activations that must be met.")
    tests: list[RuleTestShape] | None = Field(None, description="Small logs with the expected verdict.")
