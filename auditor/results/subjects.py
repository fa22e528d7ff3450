"""What a text that stands for a case means: the values of which fields it is, as findings print them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from auditor.base.diagnostics import UnusableError
from auditor.engine.plans.frame import subject_text
from auditor.engine.values import resolve
from auditor.log.log import Log
from auditor.log.schema import ID_FIELDS
from auditor.rules.model import Rule
from auditor.rules.shapes import PER

SHOWN = 5  # subjects that begin alike
_FORMULA = "=+-@＝＋－＠"


@dataclass(frozen=True)
class Subject:
    """A text, and what it stands for: `keys` has a tuple of one field, or of the several that a rule is `per`."""

    text: str
    values: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    def events(self, log: Log, keys: tuple[str, ...]) -> ir.Table:
        """The events of the log that have these values, stated by themselves or, as rules see them, by their report."""
        values = self.values if len(keys) > 1 else (self.text,)
        table = filled(log, keys)
        return table.filter(reduce(and_, [table[key] == value for key, value in zip(keys, values, strict=True)]))


def filled(log: Log, keys: tuple[str, ...]) -> ir.Table:
    """The events; where the keys are not one id, with the values that they take from their report."""
    if len(keys) == 1 and keys[0] in ID_FIELDS:
        return log.events
    return resolve(log.events, [log.fields[key] for key in keys], changing=False)


def find(log: Log, rules: Sequence[Rule], text: str) -> Subject:
    """The subject that is written so, in full or as an output shows it: cut, or with `'` before it.

    Raises UnusableError, with the nearest known subject, when there is none, and when a cut one is not the only one.
    """
    per = _per(log, rules)
    for spelled in _spellings(text):
        if (subject := _exact(log, per, spelled)) is not None:
            return subject
    every = _every(log, per, text)
    if every is not None and text:
        alike = _as_shown(log, every, text)
        if len(alike) == 1 and (subject := _exact(log, per, alike[0])) is not None:
            return subject
        if alike:
            shown = ", ".join(f"`{one}`" for one in alike[:SHOWN]) + (" and more" if len(alike) > SHOWN else "")
            raise UnusableError("unclear-subject", f"several subjects are shown as `{text}`", help=f"name one: {shown}")
    raise UnusableError("unknown-subject", _no(per, text), help=_help(log, every, per, text))


def _per(log: Log, rules: Sequence[Rule]) -> list[tuple[str, ...]]:
    """The id fields of the log, and what its rules are `per` beside."""
    ids = [(name,) for name in ID_FIELDS if name in log.fields]
    asked = [rule.per for rule in rules if set(rule.per) <= set(log.fields)]
    return list(dict.fromkeys([*ids, *asked]))


def _spellings(text: str) -> Iterator[str]:
    yield text
    if text[:1] == "'" and text[1:2] in _FORMULA:  # as CSV output defuses it
        yield text[1:]
    bare = text.strip()
    yield from dict.fromkeys(one for one in (bare, bare.removeprefix('"').removesuffix('"')) if one not in ("", text))


def _exact(log: Log, per: Sequence[tuple[str, ...]], text: str) -> Subject | None:
    values = listed(text)
    simple = [keys[0] for keys in per if len(keys) == 1]
    events = log.events
    held = {name: (events[name] == text).any().fill_null(False) for name in simple}
    found = log.backend.to_pyarrow(events.aggregate(**held)).to_pylist()[0] if held else {}
    subject = Subject(text, values, tuple(keys for keys in per if len(keys) == len(values)) if len(values) > 1 else ())
    lists = [keys for keys in subject.keys if _any(log, subject.events(log, keys))]
    keys = (*((name,) for name in simple if found[name]), *lists)
    return Subject(_written(values) if lists else text, values, keys) if keys else None


def _any(log: Log, table: ir.Table) -> bool:
    return bool(log.backend.to_pyarrow(table.limit(1).count()).as_py())


def _holds(log: Log, field: str, text: str) -> bool:
    return field in log.fields and _any(log, log.events.filter(log.events[field] == text))


def listed(text: str) -> tuple[str, ...]:
    """The values of a JSON array, also of one that has lost its quotes to a shell; of no array: none."""
    if not (text.startswith("[") and text.endswith("]")):
        return ()
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        found = [part.strip().strip('"') for part in text[1:-1].split(",")]
    return tuple(str(value) for value in found)


def _written(values: Sequence[str]) -> str:
    """Values as the subject of a finding lists them."""
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "[" + ", ".join(f'"{value}"' for value in escaped) + "]"


def _every(log: Log, per: Sequence[tuple[str, ...]], text: str) -> ir.Table | None:
    """Every subject of the kind that the text seems to be: an array or a plain value."""
    several = text.startswith("[") and any(len(keys) > 1 for keys in per)
    tables: list[Any] = []
    for keys in per:
        if (len(keys) > 1) == several:
            events = filled(log, keys)
            made = events.select(id=subject_text([events[key] for key in keys])).distinct()
            tables.append(made.filter(made.id.notnull()))
    if not tables:
        return None
    return ibis.union(*tables, distinct=True) if len(tables) > 1 else tables[0]


def _as_shown(log: Log, every: ir.Table, text: str) -> list[str]:
    """The subjects that an output shows as this text: its end cut, or characters replaced."""
    if not text.endswith("…") and "�" not in text:
        return []
    start = text.removesuffix("…")
    pattern = "".join("." if char == "�" else re.escape(char) for char in start)
    shown = every.filter(every.id.re_search(f"(?s)^{pattern}{'' if start == text else '.+'}$"))
    rows = log.backend.to_pyarrow(shown.order_by("id").limit(SHOWN + 1)).to_pylist()
    return [str(row["id"]) for row in rows]


def _no(per: Sequence[tuple[str, ...]], text: str) -> str:
    if not text:
        return "the subject is empty"
    if len(listed(text)) > 1 and any(len(keys) > 1 for keys in per):
        return f"no event has the subject `{text}`"
    return f"no event has the id `{text}`"


def _help(log: Log, every: ir.Table | None, per: Sequence[tuple[str, ...]], text: str) -> str:
    """Did you mean: the closest subject in the log, by edit distance in the engine; else what there could be."""
    if text == "(unknown)":
        return "such findings have no subject; their evidence names file and row"
    if every is not None and 0 < len(text) <= 200:
        close = every.filter((every.id.length() - len(text)).abs() <= 2)
        close = close.mutate(distance=close.id.lower().levenshtein(text.lower()), exactly=close.id.levenshtein(text))
        close = close.filter(close.distance <= max(1, len(text) // 3)).order_by(["distance", "exactly", "id"]).limit(1)
        if rows := log.backend.to_pyarrow(close).to_pylist():
            return f"did you mean `{rows[0]['id']}`?"
    if beside := [name for name in PER if name not in ID_FIELDS and _holds(log, name, text)]:
        return f"it is a {beside[0]}, and no rule that was chosen is `per: {beside[0]}`"
    if text.startswith("["):
        kinds = [", ".join(keys) for keys in per if len(keys) > 1]
        if not kinds:
            return "no rule that was chosen has a subject of several keys; choose its rules with -r"
        return "the rules have subjects of these keys: " + "; ".join(kinds)
    return "ids are compared exactly, as they stand in the log"
