"""Shares: `95%`."""

from __future__ import annotations

import re
from decimal import Decimal

_SHARE = re.compile(r"^\s*(\d{1,9}(?:\.\d{1,9})?)\s*%\s*$")


def is_share(text: str) -> bool:
    """Whether a text has a percent sign at its end, as shares do."""
    return text.rstrip().endswith("%")


def parse_share(text: str) -> float:
    """`95%` as a fraction of 1.  Raises ValueError that says what is accepted."""
    match = _SHARE.match(text)
    if match is None:
        raise ValueError("a share is a number with a percent sign, such as `95%`")
    share = Decimal(match[1]) / 100
    if share > 1:
        raise ValueError("a share is at most 100%")
    return float(share)
