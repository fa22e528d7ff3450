"""The cells that a mapping uses, and a field's value made from its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.log import sql
from auditor.log.schema import Field
from auditor.log.spec import FieldSpec, JsonArray, TimeSpec
from auditor.log.times import Check, Interval, Layers, interval

TRUE, FALSE = ("true", "1"), ("false", "0")
_FRACTIONS = ("DOUBLE", "FLOAT")


@dataclass
class Cells:
    """Columns of the source in use: each gets an alias, in the order of first use."""

    kinds: Mapping[str, str]  # DuckDB type by column name
    used: dict[str, str] = field(default_factory=dict)

    def raw(self, column: str) -> str:
        """The alias of a column's cell; unused columns never get one, so they are never loaded."""
        return self.used.setdefault(column, f"r{len(self.used)}")

    def kind(self, column: str) -> str:
        return self.kinds[column]

    def text(self, column: str) -> str:
        """The cell as text: whole floats lose their `.0`, nested values become JSON."""
        return as_text(self.raw(column), self.kind(column))


def as_text(raw: str, kind: str) -> str:
    if kind == "VARCHAR":
        return raw
    if kind in _FRACTIONS:
        whole = f"{raw} = trunc({raw}) AND abs({raw}) < 9007199254740992"
        return f"CASE WHEN {whole} THEN CAST(CAST({raw} AS BIGINT) AS VARCHAR) ELSE CAST({raw} AS VARCHAR) END"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "JSON")):
        return f"CAST(to_json({raw}) AS VARCHAR)"
    return f"CAST({raw} AS VARCHAR)"


@dataclass(frozen=True)
class Value:
    """A field's value: an expression over the layers, typed."""

    sql: str
    plain: bool = False  # the cell itself: needs no column of its own


def value(cells: Cells, layers: Layers, alias: str, spec: FieldSpec, target: Field, zone: str | None) -> Value:
    """The value of a field; adds the checks that its cell must pass."""
    if spec.column is None:
        return Value(_constant(spec.value, target), plain=True)
    raw, kind = cells.raw(spec.column), cells.kind(spec.column)
    if target.type == "instant":
        time = TimeSpec(column=spec.column, format=spec.format)
        found: Interval = interval(layers, alias, raw, kind, time, zone)
        return Value(f"make_timestamp({found.start})")
    if target.type in ("integer", "number"):
        return _number(layers, spec.column, raw, kind, target.type)
    text = _reshaped(cells, layers, spec)
    if target.type == "bool":
        return _bool(layers, spec, raw, kind, text)
    if spec.values is not None:
        return _renamed(layers, spec, raw, text, target)
    if target.values:
        layers.checks.append(Check("unknown_value", spec.column, f"{text} NOT IN {sql.texts(target.values)}", raw))
    return Value(text, plain=text == raw)


def _constant(value: str | None, target: Field) -> str:
    kind = {"text": "VARCHAR", "bool": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE", "instant": "TIMESTAMP"}
    return f"CAST({sql.literal(value)} AS {kind[target.type]})"


def _reshaped(cells: Cells, layers: Layers, spec: FieldSpec) -> str:
    """The text that a mapping takes out of a cell: a part of it, or an element of its array."""
    assert spec.column is not None  # noqa: S101 - the caller has handled constants
    raw, text = cells.raw(spec.column), cells.text(spec.column)
    if spec.json_array == "first":
        layers.checks.append(not_array(spec.column, text, raw))
        text = f"CASE WHEN {is_array(text)} THEN {text} ->> '$[0]' END"
    if spec.extract is not None:
        layers.heavy = True
        found = f"nullif(regexp_extract({text}, {sql.text(spec.extract)}, 1), '')"
        layers.checks.append(Check("no_match", spec.column, f"{text} IS NOT NULL AND {found} IS NULL", raw))
        text = found
    return text


def is_array(text: str) -> str:
    return f"CASE WHEN json_valid({text}) THEN json_type({text}) = 'ARRAY' ELSE false END"


def not_array(column: str, text: str, raw: str) -> Check:
    return Check("bad_json", column, f"{text} IS NOT NULL AND NOT ({is_array(text)})", raw)


def contains(text: str, wanted: JsonArray) -> str:
    """Whether the JSON array in `text` holds a value; null where there is no array."""
    return f"CASE WHEN {is_array(text)} THEN list_contains({text} ->> '$[*]', {sql.text(wanted.contains)}) END"


def _renamed(layers: Layers, spec: FieldSpec, raw: str, text: str, target: Field) -> Value:
    values = spec.values or {}
    layers.heavy = True
    if "otherwise" in spec.model_fields_set:
        otherwise = sql.literal(spec.otherwise)
    else:
        otherwise = text if target.values else "NULL"
        known = {*values, *target.values}
        layers.checks.append(Check("unknown_value", spec.column or "", f"{text} NOT IN {sql.texts(known)}", raw))
    keep_null = f"CASE WHEN {text} IS NOT NULL THEN {otherwise} END" if otherwise != "NULL" else "NULL"
    return Value(sql.case(text, values, keep_null))


def _bool(layers: Layers, spec: FieldSpec, raw: str, kind: str, text: str) -> Value:
    if isinstance(spec.json_array, JsonArray):
        layers.checks.append(not_array(spec.column or "", text, raw))
        return Value(contains(text, spec.json_array))
    stated = spec.true is not None or spec.false is not None
    if kind == "BOOLEAN" and not stated:
        return Value(raw, plain=True)
    true, false = (spec.true or [], spec.false or []) if stated else (TRUE, FALSE)
    subject = text if stated else f"lower({text})"
    otherwise = (spec.otherwise or "NULL") if "otherwise" in spec.model_fields_set else None
    rest = f" WHEN {text} IS NOT NULL THEN {otherwise}" if otherwise else ""
    parts = [
        f" WHEN {subject} IN {sql.texts(group)} THEN {word}"
        for group, word in ((true, "true"), (false, "false"))
        if group
    ]
    found = f"CASE{''.join(parts)}{rest} ELSE NULL END"
    if otherwise is None:
        known = sql.texts([*true, *false])
        layers.checks.append(Check("unknown_value", spec.column or "", f"{subject} NOT IN {known}", raw))
    return Value(f"CAST({found} AS BOOLEAN)")


def _number(layers: Layers, column: str, raw: str, kind: str, type: str) -> Value:
    target = "BIGINT" if type == "integer" else "DOUBLE"
    if kind == "VARCHAR":
        pattern = r"[+-]?\d+" if type == "integer" else r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
        found = f"CASE WHEN regexp_full_match({raw}, {sql.text(pattern)}) THEN TRY_CAST({raw} AS {target}) END"
    elif type == "integer" and (kind in _FRACTIONS or kind.startswith("DECIMAL")):
        found = f"CASE WHEN {raw} = trunc({raw}) THEN TRY_CAST({raw} AS BIGINT) END"
    else:
        found = f"TRY_CAST({raw} AS {target})"
    layers.checks.append(Check("bad_number", column, f"{raw} IS NOT NULL AND {found} IS NULL", raw))
    return Value(found)
