"""The time and the place of an event in one whole number: one minimum then finds the earliest of several events, and of
several at once the one that stands first in the files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from auditor.engine.terms import STAMP
from auditor.log.log import ROWS_PER_FILE, Log

BITS = 62  # of a whole number on every engine, the sign and one more left out
SECOND = 1_000_000  # microseconds
UNITS = {SECOND: "second", 1_000: "millisecond", 1: "microsecond"}


@dataclass(frozen=True)
class Packing:
    """How far apart times can lie and rows can be numbered, for one log."""

    origin: datetime  # no event is earlier
    grain: int  # microseconds that every time is a multiple of
    row_bits: int
    place_bits: int

    @staticmethod
    def of(log: Log, first: datetime, last: datetime) -> Packing | None:
        """For the events of a log between two moments; None where a number cannot hold both."""
        if log.last_row is None:
            return None
        origin = first.replace(microsecond=0)
        row_bits = log.last_row.bit_length()
        place_bits = row_bits + (len(log.health.files) - 1).bit_length()
        span = last - origin
        steps = (span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds) // log.grain
        return Packing(origin, log.grain, row_bits, place_bits) if steps.bit_length() + place_bits <= BITS else None

    def packed(self, time: Any, place: Any) -> Any:
        """The number of an event at this time and place."""
        if self.place_bits > self.row_bits:
            place = (place // ROWS_PER_FILE).cast("int64") * (1 << self.row_bits) + place % ROWS_PER_FILE
        return time.delta(ibis.literal(self.origin, STAMP), unit=UNITS[self.grain]) * (1 << self.place_bits) + place

    def time(self, number: Any) -> Any:
        """The time that a number holds."""
        steps = number >> self.place_bits
        # an engine may make milliseconds of a floating-point number, which cannot hold those of 8,000 years
        passed = steps.as_interval("s") if self.grain == SECOND else (steps * self.grain).as_interval("us")
        return ibis.literal(self.origin, STAMP) + passed

    def place(self, number: Any) -> Any:
        """The place that a number holds."""
        place = number & ((1 << self.place_bits) - 1)
        if self.place_bits > self.row_bits:
            place = (place >> self.row_bits) * ROWS_PER_FILE + (place & ((1 << self.row_bits) - 1))
        return place
