"""Results as Arrow tables: their schemas.  Apart from what uses them, since a table for people needs no Arrow."""

from __future__ import annotations

import pyarrow as pa

_UTC = pa.timestamp("us", tz="UTC")
EVIDENCE = pa.list_(
    pa.struct(
        [("file", pa.string()), ("row", pa.int64()), ("event", pa.string()), ("time", _UTC), ("role", pa.string())]
    )
)
SCHEMA = pa.schema(
    [
        ("rule_id", pa.string()), ("severity", pa.string()), ("verdict", pa.string()), ("reason", pa.string()),
        ("subject_key", pa.string()), ("subject", pa.string()),
        ("activated_at", _UTC), ("due_at", _UTC), ("met_at", _UTC), ("late_seconds", pa.int64()),
        ("message", pa.string()), ("refs", pa.string()), ("fingerprint", pa.string()), ("status", pa.string()),
        ("evidence", EVIDENCE),
    ]
)  # fmt: skip
KNOWN = pa.schema(
    [
        ("fingerprint", pa.string()), ("verdict", pa.string()), ("rule_id", pa.string()), ("subject", pa.string()),
        ("severity", pa.string()), ("activated_at", pa.timestamp("us")),
    ]
)  # fmt: skip
