"""What the columns of a store hold.  A file can have been changed by anybody, so each value is looked at when read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Text, TypeDecorator

from auditor.base.diagnostics import UnusableError
from auditor.results.wording import iso_text


class Instant(TypeDecorator[datetime]):
    """A moment (naive UTC in Python) as text that says so: `2020-01-21T09:00:00Z`, the same on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> str | None:
        return None if value is None else iso_text(value)

    def process_result_value(self, value: Any, _: Any) -> datetime | None:
        try:
            return None if value is None else datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
        except (TypeError, ValueError, OverflowError):
            raise damaged(value, "a moment") from None


class Count(TypeDecorator[int]):
    """A whole number.  SQLite would keep anything where one is meant."""

    impl = Integer
    cache_ok = True

    def process_result_value(self, value: Any, _: Any) -> int | None:
        if value is None or isinstance(value, int | Decimal):
            return None if value is None else int(value)
        raise damaged(value, "a number")


class Word(TypeDecorator[str]):
    """One of a few words."""

    impl = Text
    cache_ok = True

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def process_result_value(self, value: Any, _: Any) -> str | None:
        if value is None or value in self.words:
            return None if value is None else str(value)
        raise damaged(value, f"one of {', '.join(self.words)}")


def damaged(value: object, what: str) -> UnusableError:
    """The error for a value that no store of ours holds."""
    message = f"the store holds `{str(value)[:40]}` in the place of {what}"
    return UnusableError("store-damaged", message, help="bring back a copy of it")
