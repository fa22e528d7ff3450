"""How far a log is from the order of time: counted on request, because it costs a sort."""

from __future__ import annotations

import ibis

from auditor.log.log import ROWS_PER_FILE, Log


def out_of_order(log: Log) -> int:
    """The number of source rows whose first event is earlier than that of the row before them in the same file."""
    events = log.events
    rows = events.group_by("place").aggregate(time=events.time.min())
    window = ibis.window(group_by=rows.place // ROWS_PER_FILE, order_by=rows.place)
    earlier = rows.mutate(earlier=rows.time < rows.time.lag().over(window))
    return int(earlier.earlier.sum().fill_null(0).to_pyarrow().as_py())
