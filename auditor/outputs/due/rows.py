"""What falls due as rows of text, written by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.results.due import FIELDS
from auditor.results.wording import iso

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from auditor.results.due import Due

TIMES = ("due_at", "activated_at")


def texts(found: Due) -> ir.Table:
    """The fields of each obligation, times as texts such as `2020-01-21T09:00:00Z`."""
    return found.rows.mutate(**{name: iso(found.rows[name]) for name in TIMES}).select(FIELDS)
