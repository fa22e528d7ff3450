"""Times as logs write them, to intervals in UTC microseconds, as layers of SQL expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from auditor.log import sql, zones
from auditor.log.spec import Snowflake, TimeSpec

LOWEST, HIGHEST = -62135596800000000, 253402300799999999  # the years 1 to 9999
DAY = 86_400_000_000
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
_OFFSET = r" ?(Z|UTC|[+-](0\d|1[0-8])(:?[0-5]\d)?)"
ISO = rf"\d{{4}}-\d\d-\d\d([T ]{_CLOCK}({_OFFSET})?)?"
DIRECTIVES = frozenset("YymdHIMSfpbBaAjz%")
EPOCHS = {"discord": 1420070400000, "twitter": 1288834974657}
_INTEGERS = frozenset(
    ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"]
)


@dataclass(frozen=True)
class Check:
    """A row is rejected for `reason` where the SQL condition `when` holds; `raw` is the cell to show."""

    reason: str
    column: str
    when: str
    raw: str | None


@dataclass
class Layers:
    """Expressions by alias; each layer may use the aliases of those before it."""

    cells: dict[str, str] = field(default_factory=dict)
    parsed: dict[str, str] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)
    utc: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    macros: dict[str, str] = field(default_factory=dict)  # bodies by name and argument: long, and parsed once
    heavy: bool = False  # too dear to be computed again at each use


@dataclass(frozen=True)
class Interval:
    """Aliases of the earliest and latest moment, in UTC microseconds; the same one when the time is exact."""

    start: str
    end: str


def bad_format(format: str) -> str | None:
    """What is wrong with a strptime format, or None."""
    if format in ("iso", "epoch_s", "epoch_ms"):
        return None
    used = re.findall(r"%(.?)", format)
    if not used:
        return "a time format is `iso`, `epoch_s`, `epoch_ms` or holds directives such as %d/%m/%Y %H:%M"
    unknown = sorted({letter for letter in used if letter not in DIRECTIVES or not letter})
    if unknown:
        return f"the directive %{unknown[0]} is not accepted; accepted: " + " ".join(
            f"%{d}" for d in sorted(DIRECTIVES)
        )
    letters = set(used)
    if not letters & {"Y", "y"} or not (letters & {"m", "b", "B"} or "j" in letters):
        return "a time format needs a year and a month"
    return None


def implied_precision(format: str) -> str | None:
    """The precision of a format that leaves out the time of day: a date is never taken for midnight."""
    letters = set(re.findall(r"%(.?)", format))
    if not letters or letters & {"H", "I"}:
        return None
    return "day" if letters & {"d", "j"} else "month"


def interval(layers: Layers, alias: str, raw: str, kind: str, spec: TimeSpec, zone: str | None) -> Interval:
    """Add to `layers` what it takes to read the cell `raw` (of DuckDB type `kind`) as a time."""
    wall, instant = f"{alias}_wall", f"{alias}_instant"
    parsed = _parse(alias, raw, kind, spec)
    layers.cells |= parsed.cells
    low, high = f"BETWEEN {LOWEST} AND {HIGHEST}", ""
    if zone is not None and parsed.naive and zones.transitions(zone):
        high = f" AND ({parsed.instant or 'NULL'} IS NOT NULL OR {parsed.wall} BETWEEN {zones.FIRST} AND {zones.END})"
    if parsed.instant is not None:  # an offset can carry the last hours of 9999 over
        low += f" AND coalesce({parsed.instant}, 0) {low}"
    guard = f"{parsed.wall} {low}{high}"
    layers.parsed[wall] = f"CASE WHEN {guard} THEN {parsed.wall} END"
    layers.heavy |= parsed.heavy
    if parsed.instant is not None and parsed.naive:
        layers.parsed[instant] = parsed.instant
    checks = layers.checks
    checks.append(Check("bad_time", spec.column, f"{raw} IS NOT NULL AND {wall} IS NULL", raw))
    precision = spec.precision or parsed.precision
    dated = parsed.dated and spec.precision is None and zone is not None  # without a zone a bare date is an error
    first, last = _bounds(wall, precision, dated, raw)
    if not parsed.naive:
        if last == wall:
            return Interval(wall, wall)
        layers.local |= {f"{alias}_start": first, f"{alias}_end": last}
        return Interval(f"{alias}_start", f"{alias}_end")
    always_naive = parsed.instant is None
    if zone is None:
        missing = f"{wall} IS NOT NULL" + ("" if always_naive else f" AND {instant} IS NULL")
        checks.append(Check("no_timezone", spec.column, missing, raw))
    layers.local |= {f"{alias}_first": first, f"{alias}_last": last}
    starts, ends = (_utc(layers, alias, instant, end, zone, always_naive) for end in (False, True))
    start, end = f"{alias}_start", f"{alias}_end"
    layers.utc[start] = starts
    if last == wall and not (zone and zones.transitions(zone)):
        return Interval(start, start)
    layers.utc[end] = ends
    if zone and zones.transitions(zone):
        layers.heavy = True
        checks.append(Check("nonexistent_time", spec.column, f"{start} > {end}", raw))
    return Interval(start, end)


def _utc(layers: Layers, alias: str, instant: str, end: bool, zone: str | None, always_naive: bool) -> str:
    local = f"{alias}_{'last' if end else 'first'}"
    through_zone = local
    if zone:
        name = f'"auditor {"latest" if end else "earliest"} {zone}"'
        layers.macros[f"{name}(local)"] = zones.to_utc("local", zone, end=end)
        through_zone = f"{name}({local})"
    if always_naive:
        return through_zone
    return f"CASE WHEN {instant} IS NULL THEN {through_zone} ELSE {local} - ({alias}_wall - {instant}) END"


def _bounds(wall: str, precision: str | None, dated: bool, raw: str) -> tuple[str, str]:
    """First and last local microsecond of the unit that `wall` names."""
    if precision in (None, "second"):
        if dated:
            return wall, f"CASE WHEN length({raw}) = 10 THEN {wall} + {DAY - 1} ELSE {wall} END"
        return wall, wall
    first = f"date_trunc('{precision}', make_timestamp({wall}))"
    return f"epoch_us({first})", f"epoch_us({first} + INTERVAL 1 {precision}) - 1"


@dataclass(frozen=True)
class _Parsed:
    wall: str  # local microseconds, or UTC when the time is never local
    instant: str | None  # UTC microseconds where the cell carries an offset
    naive: bool  # whether a cell may lack an offset
    precision: str | None = None
    dated: bool = False  # whether a cell may be a bare date
    heavy: bool = True
    cells: dict[str, str] = field(default_factory=dict)  # expressions that the others use more than once


def _parse(alias: str, raw: str, kind: str, spec: TimeSpec) -> _Parsed:
    found = _parse_cell(alias, raw, kind, spec)
    if found.cells or not found.heavy:
        return found
    return replace(found, wall=f"{alias}_moment", cells={f"{alias}_moment": found.wall})


def _parse_cell(alias: str, raw: str, kind: str, spec: TimeSpec) -> _Parsed:
    if spec.snowflake is not None:
        epoch = spec.snowflake.epoch_ms if isinstance(spec.snowflake, Snowflake) else EPOCHS[spec.snowflake]
        whole = f"TRY_CAST({raw} AS UBIGINT)" if kind != "VARCHAR" else _matching(raw, r"\d{1,20}", "UBIGINT")
        return _Parsed(f"(CAST({whole} >> 22 AS BIGINT) + {epoch}) * 1000", None, naive=False)
    if spec.format in ("epoch_s", "epoch_ms"):
        number = (
            _matching(raw, r"[+-]?\d{1,15}(\.\d{1,9})?", "DECIMAL(28, 9)")
            if kind == "VARCHAR"
            else (f"TRY_CAST({raw} AS DECIMAL(28, 9))")
        )
        scale = 1_000_000 if spec.format == "epoch_s" else 1000
        return _Parsed(f"TRY_CAST(floor({number} * {scale}) AS BIGINT)", None, naive=False)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _Parsed(f"epoch_us({raw})", None, naive=False, heavy=False)
    if kind.startswith("TIMESTAMP"):
        return _Parsed(f"epoch_us(CAST({raw} AS TIMESTAMP))", None, naive=True, heavy=False)
    if kind == "DATE":
        return _Parsed(f"epoch_us(CAST({raw} AS TIMESTAMP))", None, naive=True, precision="day", heavy=False)
    if spec.format not in (None, "iso"):
        return _strptime(raw, spec.format or "")
    return _iso(alias, raw)


def _iso(alias: str, raw: str) -> _Parsed:
    """After the 16 characters of date and minute, a letter or sign can only begin an offset."""
    ok, local, zoned, offset = f"{alias}_ok", f"{alias}_local", f"{alias}_zoned", f"{alias}_offset"
    closed_up = f"replace(replace(replace({raw}, ' +', '+'), ' -', '-'), ' UTC', 'Z')"
    instant = f"epoch_us(coalesce(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST({closed_up} AS TIMESTAMPTZ)))"
    cells = {
        ok: f"regexp_full_match({raw}, {sql.text(ISO)})",
        local: f"epoch_us(TRY_CAST({raw} AS TIMESTAMP))",
        offset: f"regexp_matches(substr({raw}, 17), '[ZU+-]')",
        zoned: f"CASE WHEN regexp_matches(substr({raw}, 17), '[ZU+-]') THEN {instant} END",
    }
    readable = f"{ok} AND (NOT {offset} OR {zoned} IS NOT NULL)"
    return _Parsed(f"CASE WHEN {readable} THEN {local} END", zoned, naive=True, dated=True, cells=cells)


def _strptime(raw: str, format: str) -> _Parsed:
    moment = f"epoch_us(TRY_STRPTIME({raw}, {sql.text(format)}))"
    return _Parsed(moment, None, naive="%z" not in format, precision=implied_precision(format))


def _matching(raw: str, pattern: str, kind: str) -> str:
    return f"CASE WHEN regexp_full_match({raw}, {sql.text(pattern)}) THEN TRY_CAST({raw} AS {kind}) END"


def readable_kind(kind: str, spec: TimeSpec) -> bool:
    """Whether a native column of this type can be a time as the mapping describes it."""
    if kind == "VARCHAR" or kind.startswith("TIMESTAMP") or kind == "DATE":
        return True
    number = kind in _INTEGERS or kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL")
    return number and (spec.snowflake is not None or spec.format in ("epoch_s", "epoch_ms"))
