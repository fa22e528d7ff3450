"""The canonical event: its fields, their types and scopes, and the vocabulary of event names.

Source of the definitions: `docs/log.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "bool", "integer", "number", "instant"]
Scope = Literal["event", "learned", "standing"]


@dataclass(frozen=True)
class Field:
    """A column that events can have.

    `scope` says where a missing value may come from: nowhere (`event`), the newest value that the same report had
    stated by then (`learned`), or the only value that the report states at all (`standing`).
    """

    name: str
    type: FieldType = "text"
    scope: Scope = "event"
    values: frozenset[str] = frozenset()  # the closed list of values, where there is one


def _values(text: str) -> frozenset[str]:
    return frozenset(text.split())


CATEGORIES = _values(
    "csam csam_synthetic grooming sextortion trafficking_minor minor_privacy minor_harassment age_restriction "
    "unsafe_challenge child_other ncii self_harm terror other unknown"
)

ID_FIELDS = (
    "report_id", "content_id", "account_id", "reporter_id", "decision_id", "appeal_id", "referral_id",
)  # fmt: skip

_FIELDS = (
    *(Field(name, scope="standing") for name in ID_FIELDS),
    Field("category", scope="learned", values=CATEGORIES),
    Field("minor_involved", "bool", "learned"),
    Field("reporter_type", scope="standing", values=_values(
        "victim guardian user trusted_flagger hotline authority automated unknown")),
    Field("decision", values=_values(
        "violation no_violation partial no_action void upheld overturned withdrawn")),
    Field("action", values=_values(
        "remove disable restrict label demote account_suspend account_terminate warn other")),
    Field("recipient"),
    Field("actor"),
    Field("actor_type", values=_values("human automated authority")),
    Field("channel", scope="standing"),
    Field("platform", scope="standing"),
    Field("jurisdiction", scope="standing"),
    Field("template"),
    Field("automated", "bool"),
    Field("is_test", "bool"),
    Field("views", "integer"),
)  # fmt: skip

FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}

VOCABULARY = (
    "report.received", "report.acknowledged", "report.withdrawn", "report.voided", "report.merged",
    "report.reopened", "report.closed",
    "review.queued", "review.assigned", "review.escalated",
    "information.requested", "information.provided",
    "detection.hit",
    "decision.made",
    "action.scheduled", "action.applied", "action.failed", "action.reversed", "action.expired",
    "notice.sent", "notice.failed", "statement.filed",
    "referral.opened", "referral.submitted", "referral.failed", "referral.retracted",
    "authority.requested",
    "preservation.started", "preservation.ended",
    "appeal.received", "appeal.decided",
    "clock.paused", "clock.resumed",
    "content.created", "content.removed", "content.restored", "content.reappeared",
    "content.checked_available", "content.checked_unavailable", "content.deleted_by_user",
    "account.suspended", "account.reinstated",
)  # fmt: skip

# Columns that every event has and that no rule can name, except `time`.
EVENT, TIME, TIME_LATEST, PLACE, IDENTITY = "event", "time", "time_latest", "place", "identity"
RESERVED = frozenset({EVENT, TIME, TIME_LATEST, PLACE, IDENTITY, "event_id", "source_file", "source_row"})
