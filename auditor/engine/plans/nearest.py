"""The nearest events with a mark before and after each row, by frames that end at the row and so stay linear.

Frames that end one row before the row leave it out; what happens at the same moment stands in one of the two
directions.
"""

from __future__ import annotations

from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from auditor.engine.plans.marks import Mark

Side = Literal["before", "after", "well_before", "well_after"]
TICK = ibis.interval(microseconds=1)


def nearest(marked: ir.Table, mark: Mark, *, strict: bool) -> dict[str, Any]:
    """Columns named by side and mark; `well_before` and `well_after`, at other moments, where they are asked for
    (`strict`)."""
    value, keys = marked[mark.name], list(mark.keys)
    ahead, behind = [marked.time, marked.row], [marked.time.desc(), marked.row.desc()]
    upto = ibis.window(group_by=keys, order_by=ahead, rows=(None, -1))
    since = ibis.window(group_by=keys, order_by=behind, rows=(None, -1))
    found = {f"before_{mark.name}": value.max().over(upto), f"after_{mark.name}": value.min().over(since)}
    if strict:
        back = ibis.window(group_by=keys, order_by=marked.time, range=(None, -TICK))
        on = ibis.window(group_by=keys, order_by=marked.time.desc(), range=(None, -TICK))
        found |= {f"well_before_{mark.name}": value.max().over(back), f"well_after_{mark.name}": value.min().over(on)}
    return found
