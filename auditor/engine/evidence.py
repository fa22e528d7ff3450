"""The events that decided a finding: numbers as long as millions are sorted and kept, words where they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.operations as ops

ENTRY = "struct<time: timestamp(6), place: int64, what: int32>"
ROLES = ("activation", "bound", "exemption", "left_out", "match")  # sorted: so stand those of one event
Witness = tuple[Any, Any, Any]  # place, number of the event name, time


@dataclass(frozen=True)
class Words:
    """What the number `what` of a piece of evidence stands for: a role and one of the event names."""

    names: tuple[str, ...]

    @property
    def bits(self) -> int:
        """How many bits a name's number has."""
        return len(self.names).bit_length()

    def number(self, event: Any) -> Any:
        """The number of an event name."""
        operation = event.op()
        if isinstance(operation, ops.Literal):
            return ibis.literal(self.names.index(operation.value), "int32")
        return event.cases(*((name, i) for i, name in enumerate(self.names)), else_=ibis.null("int8")).cast("int32")

    def what(self, role: str, number: Any) -> Any:
        """A role and the number of a name as one."""
        return (number + (ROLES.index(role) << self.bits)).cast("int32")

    def plays(self, what: Any, role: str) -> Any:
        """Whether a number stands for this role."""
        return (what >> self.bits) == ROLES.index(role)

    def role(self, what: Any) -> Any:
        """The role that a number stands for."""
        return ibis.literal(list(ROLES), "array<string>")[(what >> self.bits).cast("int64")]

    def event(self, what: Any) -> Any:
        """The event name that a number stands for."""
        return ibis.literal(list(self.names), "array<string>")[(what & ((1 << self.bits) - 1)).cast("int64")]

    def decided(self, columns: dict[str, Any], witnesses: dict[str, Witness]) -> Any:
        """The array of ENTRY for the activation and the witnesses by role, ordered by time and place."""
        start, place = columns["activated_at"], columns["place"]
        first = self._entry("activation", (place, self.number(columns["event"]), start))
        others = [self._entry(role, witness) for role, witness in witnesses.items()]
        if not others:
            return ibis.array([first])
        if len(others) == 1:
            [other], [(other_place, _, time)] = others, witnesses.values()
            earlier = (time < start) | ((time == start) & (other_place < place))
            return ibis.cases(
                (other_place.isnull(), ibis.array([first])), (earlier, ibis.array([other, first])),
                else_=ibis.array([first, other]),
            )  # fmt: skip
        # sorted as structs: time and place come first, so the order of the result is theirs
        return ibis.array([first, *others]).filter(lambda e: e.place.notnull()).sort()

    def spelled(self, decided: Any) -> Any:
        """The same with words: an array of struct<time, place, role, event>."""
        return decided.map(
            lambda e: ibis.struct(
                {"time": e.time, "place": e.place, "role": self.role(e.what), "event": self.event(e.what)}
            )
        )

    def _entry(self, role: str, witness: Witness) -> Any:
        place, number, time = witness
        return ibis.struct({"time": time, "place": place, "what": self.what(role, number)}, type=ENTRY)
