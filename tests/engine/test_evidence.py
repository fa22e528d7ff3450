"""Evidence as numbers: each stands for one role and one name, and entries keep the order of their words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa
import pytest

from auditor.engine.evidence import ROLES, Words
from auditor.engine.plans.witnesses import packed, unpacked
from auditor.engine.tables import fetched, given
from auditor.log.log import ROWS_PER_FILE
from tests.engine.support import connection

MOMENT = datetime(2024, 1, 1, 12)
MINUTE = timedelta(minutes=1)
WORDS = Words(("b.event", "a.event", "c.event", "d.event"))
_TIME = pa.timestamp("us")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 130])
def test_every_role_and_name_is_told_apart(count: int) -> None:
    words = Words(tuple(f"event.{n}" for n in range(count)))
    backend = connection()
    rows = given(backend, pa.table({"event": list(words.names)}))
    told = [
        rows.select("event", wanted=ibis.literal(role), what=words.what(role, words.number(rows.event)))
        for role in ROLES
    ]
    table = ibis.union(*told)
    found = fetched(
        backend, table.mutate(role=words.role(table.what), name=words.event(table.what),
                              plays=words.plays(table.what, "exemption")),
    )  # fmt: skip
    assert len({row["what"] for row in found}) == len(found) == count * len(ROLES)
    for row in found:
        assert (row["role"], row["name"], row["plays"]) == (row["wanted"], row["event"], row["wanted"] == "exemption")


def test_a_name_that_is_known_has_the_same_number_as_one_in_a_column() -> None:
    backend = connection()
    rows = given(backend, pa.table({"event": list(WORDS.names)}))
    known = ibis.cases(*((rows.event == name, WORDS.number(ibis.literal(name))) for name in WORDS.names), else_=-1)
    found = fetched(backend, rows.select(known=known, read=WORDS.number(rows.event)))
    assert [(row["known"], row["read"]) for row in found] == [(n, n) for n in range(4)]
    with pytest.raises(ValueError, match="tuple"):
        WORDS.number(ibis.literal("not.known"))


def entries(first: tuple[int, datetime], **others: tuple[int, int, datetime] | None) -> list[dict[str, Any]]:
    """The evidence in words of an activation at place and time, and of witnesses (place, number of the name, time)."""
    made: dict[str, list[Any]] = {"place": [first[0]], "activated_at": [first[1]], "event": ["b.event"]}
    kinds: list[tuple[str, pa.DataType]] = [("place", pa.int64()), ("activated_at", _TIME), ("event", pa.string())]
    for role, witness in others.items():
        for name, kind, value in zip("pnt", (pa.int64(), pa.int32(), _TIME), witness or (None,) * 3, strict=True):
            made[f"{role}_{name}"] = [value]
            kinds.append((f"{role}_{name}", kind))
    backend = connection()
    rows = given(backend, pa.table(made, pa.schema(kinds)))
    found = {role: (rows[f"{role}_p"], rows[f"{role}_n"], rows[f"{role}_t"]) for role in others}
    columns = {name: rows[name] for name in ("place", "activated_at", "event")}
    spelled = WORDS.spelled(WORDS.decided(columns, found))
    [row] = fetched(backend, rows.select(evidence=spelled))
    return list(row["evidence"])


@pytest.mark.parametrize("witness", [(5, 1, MOMENT + MINUTE), (5, 1, MOMENT - MINUTE), (1, 1, MOMENT), (5, 1, MOMENT)])
def test_one_witness_stands_by_time_and_place(witness: tuple[int, int, datetime]) -> None:
    found = entries((3, MOMENT), match=witness)
    assert found == sorted(found, key=lambda one: (one["time"], one["place"]))
    assert [(one["role"], one["event"]) for one in sorted(found, key=lambda one: one["role"])] == [
        ("activation", "b.event"), ("match", "a.event"),
    ]  # fmt: skip


def test_without_a_witness_there_is_the_activation_alone() -> None:
    alone = [{"time": MOMENT, "place": 3, "role": "activation", "event": "b.event"}]
    assert entries((3, MOMENT)) == entries((3, MOMENT), match=None) == entries((3, MOMENT), match=None, bound=None)
    assert entries((3, MOMENT)) == alone


@pytest.mark.parametrize("roles", list(permutations(["match", "bound", "exemption"])))
def test_one_event_in_several_roles_stands_by_the_roles_words(roles: tuple[str, ...]) -> None:
    witness = (2, 3, MOMENT + MINUTE)
    found = entries((3, MOMENT), **dict.fromkeys(roles, witness))
    assert [one["role"] for one in found] == ["activation", "bound", "exemption", "match"]
    assert {one["event"] for one in found[1:]} == {"d.event"}
    assert tuple(sorted(ROLES)) == ROLES


def test_place_and_name_of_a_witness_stay_apart_in_a_log_of_many_files() -> None:
    facts: Any = SimpleNamespace(names=tuple(f"event.{n}" for n in range(31)))
    backend = connection()
    places = [file * ROWS_PER_FILE + row for file in (0, 1, 255, 730, 20_000) for row in (1, 2, 3, 1 << 31)]
    told = {"place": [place for place in places for _ in facts.names], "event": list(facts.names) * len(places)}
    rows = given(backend, pa.table(told))
    for name in (rows.event, "event.30"):
        number = packed(facts, rows.place, name)
        place, event = unpacked(facts, number)
        found = fetched(backend, rows.select(known=rows.place, place=place, event=event))
        assert [row["place"] for row in found] == [row["known"] for row in found]
        assert [row["event"] for row in found] == (
            [30] * len(found) if isinstance(name, str) else [*range(31)] * len(places)
        )
