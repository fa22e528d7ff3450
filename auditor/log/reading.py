"""From sources and a mapping to a `Log`."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import finalize

import duckdb
import ibis

from auditor.base.diagnostics import Place, UnusableError
from auditor.log import checks, events, profile, rejects, rows
from auditor.log.cases import cases
from auditor.log.inputs import FileInput, Input, TableInput, given, labels, matching, resolve
from auditor.log.log import Asserted, Health, Log
from auditor.log.mapping import LoadedMapping
from auditor.log.origin import Origin
from auditor.log.plan import Plan, build, columns_of, with_canonical
from auditor.log.queries import hold, known, named
from auditor.log.scans import FrameScan, ParquetScan, QueryScan, Scan, fresh
from auditor.log.schema import Field
from auditor.log.spec import Mapping, Part, naive_utc
from auditor.log.statements import run
from auditor.log.text_scans import CsvScan, JsonLinesScan, JsonScan

FEW = 20_000  # events: for so few, making a query costs more than running it
IDENTITIES = ibis.schema({"place": "int64", "event": "string", "identity": "string"})


def read(sources: Any, mapping: LoadedMapping, *, max_rejects: float, memory: str | None, spill: str | None) -> Log:
    """The log that `sources` hold, as `mapping` describes it."""
    model = mapping.model
    backend, own = _backend(sources, memory, spill)
    connection: duckdb.DuckDBPyConnection = backend.con
    formats = {part.source.format for _, part in model.parts()}
    inputs = resolve(sources, formats.pop() if len(formats) == 1 else None)  # several: stated below, by part
    names = labels(inputs)
    passing = [item.path for item in inputs if isinstance(item, FileInput) and item.passing]
    try:
        parts = _read_parts(connection, inputs, mapping, keep_lazy=not passing)
    finally:
        for path in passing:
            path.unlink()
    contents = tuple(item.content if isinstance(item, FileInput) else None for item in inputs)
    origin = Origin(given(sources), contents, mapping.content, max_rejects)
    log = _assemble(backend, parts, mapping, names, origin)
    if own and log.health.events <= FEW:
        backend.raw_sql("SET disabled_optimizers = 'in_clause'")  # it makes joins of lists, for many rows alone a gain
    return log


def _read_parts(
    connection: duckdb.DuckDBPyConnection, inputs: Sequence[Input], mapping: LoadedMapping, *, keep_lazy: bool
) -> list[rows.Rows]:
    model = mapping.model
    patterns = [pattern for pattern, _ in model.parts()]
    found: list[rows.Rows] = []
    for (_, part), numbers in zip(model.parts(), matching(inputs, patterns), strict=True):
        scans = {number: _scan(connection, inputs[number], part) for number in numbers}
        plan = _plan(part, scans, mapping)
        found.append(rows.read(connection, plan, scans, model.nulls, keep_lazy=keep_lazy))
        rows.fail_without_zone(connection, found[-1], labels(inputs))
    return found


def _assemble(
    backend: Any, parts: Sequence[rows.Rows], mapping: LoadedMapping, names: tuple[str, ...], origin: Origin
) -> Log:
    model: Mapping = mapping.model
    connection: duckdb.DuckDBPyConnection = backend.con
    fields: dict[str, Field] = {}
    for part in parts:
        fields |= part.plan.fields
    asserted = sorted({name for part in parts for name in part.plan.asserted})
    counts = profile.counted(connection, parts)
    rejected = rejects.table(connection, parts, names) if counts.rejected else None
    rejects.fail_above(connection, counts, rejected, origin.max_rejects)
    view = fresh("events")
    connection.execute(f"CREATE TEMP VIEW {view} AS {events.query(parts, fields, asserted)}")
    found = profile.profiled(connection, view, list(fields))
    newest = naive_utc(model.observed_until) or found.newest
    if newest is None or not found.events:
        raise UnusableError(
            "log-empty",
            f"no event was found in {counts.rows} rows",
            place=Place(names[0]),
            help="check the file and the mapping: event names, time columns, `else: ignore`",
        )
    notes = [note for part in parts for note in part.plan.notes]
    health = Health(
        files=names, rows=counts.rows, events=found.events, rejected=counts.rejected, ignored=counts.ignored,
        imprecise=found.imprecise, notes=(*notes, *checks.notes(model, found, counts)),
    )  # fmt: skip
    return Log(
        backend=backend,
        events=named(backend, view),
        fields=fields,
        covers=checks.covers(mapping, found.profile),
        observed_until=newest,
        observed_from=naive_utc(model.observed_from),
        profile=found.profile,
        health=health,
        has_event_ids=any(entry.event_id is not None for part in parts for entry in part.plan.entries),
        asserted=_asserted(model),
        zone=model.timezone,
        names=frozenset(model.names),
        rejects=named(backend, rejected) if rejected else None,
        identities=partial(_identities, backend, parts),
        origin=origin,
        grain=found.grain,
        last_row=found.last_row,
        several=len(parts) > 1 or parts[0].plan.several,  # a file can be read by more than one part
        cases=cases(backend, parts, [list(part.events) for _, part in model.parts()]),
    )


def _asserted(model: Mapping) -> dict[str, Asserted]:
    found = {name: opinion for _, part in model.parts() for name, opinion in part.asserted.items()}
    return {
        name: Asserted(f"asserted_{name}", None if found[name].rules is None else tuple(found[name].rules or ()))
        for name in sorted(found)
    }


def _identities(backend: Any, parts: Sequence[rows.Rows], keys: Any) -> Any:
    view = fresh("identities")
    query = events.identities(parts, hold(backend, keys).get_name(), by_event="event" in keys.columns)
    run(backend, f"CREATE TEMP VIEW {view} AS {query}")
    return known(backend, view, IDENTITIES)


def _backend(sources: Any, memory: str | None, spill: str | None) -> tuple[Any, bool]:
    """The connection that the sources' Ibis tables belong to, or a new one in this process; whether it is our own."""
    import ibis.expr.types as ir

    tables = [
        item for item in (sources if isinstance(sources, (list, tuple)) else [sources]) if isinstance(item, ir.Table)
    ]
    backends = {id(found): found for table in tables for found in table._find_backends()[0]}
    if len(backends) > 1:
        raise UnusableError("log-kind", "the tables of a log must come from one connection")
    backend: Any = next(iter(backends.values()), None) or _own()
    if backend.name != "duckdb":
        raise UnusableError(
            "log-kind",
            f"a table of {backend.name} cannot be read as a log",
            help="hand over a DuckDB table, or an export in a file",
        )
    backend.raw_sql("SET enable_progress_bar = false")
    if not backends:
        if memory:
            _setting(backend, "memory_limit", memory)
        if spill:
            _setting(backend, "temp_directory", spill)
    return backend, not backends


def _own() -> Any:
    """A connection in this process.

    It is closed with the last of its tables, or with the program: what it wrote to disk for want of memory goes then.
    """
    backend = ibis.duckdb.connect()
    finalize(backend, backend.con.close)
    return backend


def _setting(backend: Any, name: str, value: str) -> None:
    try:
        if value.strip().startswith("-"):  # DuckDB's word for "no limit"
            raise duckdb.ParserException
        backend.con.execute(f"SET {name} = '{value.replace(chr(39), chr(39) * 2)}'")
    except duckdb.Error:
        raise UnusableError(
            "bad-option",
            f"`{value}` is not accepted for {name.replace('_', ' ')}",
            help="for example 4GB" if name == "memory_limit" else "name a folder",
        ) from None


def _scan(connection: duckdb.DuckDBPyConnection, item: Input, part: Part) -> Scan:
    if isinstance(item, TableInput):
        return _table_scan(connection, item)
    item = replace(item, format=part.source.format or item.format)
    if item.format == "parquet":
        return ParquetScan(connection, item)
    if item.format == "jsonl":
        return JsonLinesScan(connection, item)
    if item.format == "json":
        return JsonScan(connection, item)
    default = "\t" if item.format == "tsv" else ","
    return CsvScan(connection, item, part.source.delimiter or default)


def _table_scan(connection: duckdb.DuckDBPyConnection, item: TableInput) -> Scan:
    import ibis.expr.types as ir

    if isinstance(item.table, ir.Table):
        query = str(ibis.to_sql(item.table, dialect="duckdb"))
        return QueryScan(connection, query, list(item.table.columns), item.label)
    return FrameScan(connection, item.table, item.label)


def _plan(part: Part, scans: Map[int, Scan], mapping: LoadedMapping) -> Plan:
    """The part against the columns of its files."""
    everything = {name: "VARCHAR" for scan in scans.values() for name in scan.names}
    full = with_canonical(part, everything)
    notes = checks.columns(part, full, scans, mapping)
    used = columns_of(full)
    kinds: dict[str, str] = {}
    for scan in scans.values():
        for name, kind in scan.kinds([name for name in sorted(used) if scan.has(name)]).items():
            kinds[name] = kind if kinds.get(name, kind) == kind else "VARCHAR"
    kinds = dict.fromkeys(used, "VARCHAR") | kinds  # columns that no file has are empty texts
    checks.usable(full, kinds, scans, mapping)
    model = mapping.model
    plan = build(full, kinds, model.timezone, frozenset(model.names))
    plan.notes += notes
    return plan
