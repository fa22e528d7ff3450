"""The activations of a measured group, alike ones counted together, and the verdict on the group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from auditor.engine.findings import Group
from auditor.engine.openhours import SECOND
from auditor.engine.statistics import Outcome, Range, Sample, within_bounds
from auditor.rules.model import Measure

ASPECTS = ("shortest", "shortest_ended", "longest", "longest_ended", "sure", "doubt", "left_out")


def alike(activations: ir.Table, keys: Sequence[str]) -> ir.Table:
    """One row per kind of activation, with how many there are of it: `n`.

    `activations` has the `keys` of the group as text; `shortest` and `longest` (microseconds, null: for ever) and
    whether they ended in each reading; `sure`, `doubt` and `left_out` as in `Tally`.
    """
    made: ir.Table = activations.group_by([*keys, *ASPECTS]).agg(n=activations.count())
    return made


@dataclass(frozen=True)
class Tally:
    """The activations of one group, alike ones together: their durations in both readings, in seconds.

    `sure` is false where an activation may not count at all; it then takes from no time to for ever.  `doubt` is the
    first level at which its readings differ, 0 where they do not.  `left_out` ones stand apart.
    """

    shortest: Sample
    longest: Sample
    sure: npt.NDArray[np.bool_]
    doubt: npt.NDArray[np.int64]
    left_out: int

    @property
    def count(self) -> npt.NDArray[np.int64]:
        """How many activations are alike."""
        return self.longest.count

    def judged(self, measure: Measure, reasons: dict[int, str]) -> dict[str, Any]:
        """The verdict on the group with its figures, as in `Judgement.group_verdicts`, but for rule and group."""
        sure, counted = int(self.count[self.sure].sum()), int(self.count.sum())
        finished = self.sure & self.longest.ended
        figures = [sample.figure(measure) for sample in (self.shortest, self.longest)] if counted else []
        verdict, reason = self._verdict(measure, figures, reasons)
        least = _finite(min((figure.low for figure in figures), default=math.inf))
        most = _finite(max((figure.high for figure in figures), default=math.inf))
        naive = _chosen(self.longest, finished).figure(measure).low if finished.any() else None
        return {
            "verdict": verdict,
            "reason": reason,
            "figure": least if least == most else None,
            "least": least,
            "most": most,
            "naive": naive,
            "n": sure,
            **dict.fromkeys(("met", "violated", "pending", "exempt"), 0),
            "undetermined": int(self.count[self.doubt > 0].sum()),
            "censored": int(self.count[self.sure & ~self.longest.ended].sum()),
            "left_out": self.left_out,
        }

    def _verdict(self, measure: Measure, figures: list[Range], reasons: dict[int, str]) -> tuple[Outcome, str | None]:
        if not figures or self.count.sum() < measure.minimum:
            return "undetermined", "too_few"
        verdicts = {within_bounds(measure, figure) for figure in figures}
        if len(verdicts) > 1 or self.count[self.sure].sum() < measure.minimum:
            # max takes the first of equals, which is the lowest level
            most = max(sorted(reasons), key=lambda level: int(self.count[self.doubt == level].sum()))
            return "undetermined", reasons[most]
        verdict = verdicts.pop()
        return verdict, "unfinished" if verdict == "undetermined" else None


def tallies(rows: pa.Table, keys: Sequence[str]) -> Iterator[tuple[Group, Tally]]:
    """Each group with its activations, in the order of the groups, unknown values first; `rows` as `alike` makes
    them."""
    if not len(rows):
        return
    numbers = _numbers(rows, keys)
    order = np.argsort(numbers, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
    named = [(tuple(rows[key][int(part[0])].as_py() for key in keys), part) for part in parts]
    columns = {name: rows[name].to_numpy() for name in (*ASPECTS, "n")}
    for group, part in sorted(named, key=lambda found: tuple((v is not None, v or "") for v in found[0])):
        yield group, _tally({name: column[part] for name, column in columns.items()})


def _numbers(rows: pa.Table, keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """The number of each row's group."""
    found = np.zeros(len(rows), dtype=np.int64)
    for key in keys:
        coded = rows[key].combine_chunks().dictionary_encode(null_encoding="encode")
        _, found = np.unique(found * len(coded.dictionary) + coded.indices.to_numpy(), return_inverse=True)
    return found


def _tally(columns: dict[str, npt.NDArray[Any]]) -> Tally:
    left_out = columns["left_out"].astype(bool)
    kept = {name: column[~left_out] for name, column in columns.items()}
    shortest, longest = (
        Sample(_seconds(kept[name]), kept[f"{name}_ended"].astype(bool), kept["n"]) for name in ("shortest", "longest")
    )
    doubt = kept["doubt"].astype(np.int64)
    return Tally(shortest, longest, kept["sure"].astype(bool), doubt, int(columns["n"][left_out].sum()))


def _seconds(micros: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Seconds of microseconds; those that are missing last for ever."""
    found = micros.astype(np.float64)
    return np.where(np.isnan(found), math.inf, found) / SECOND


def _chosen(sample: Sample, which: npt.NDArray[np.bool_]) -> Sample:
    return Sample(sample.seconds[which], sample.ended[which], sample.count[which])


def _finite(bound: float) -> float | None:
    return None if math.isinf(bound) else bound
