"""Ibis' back end for DuckDB, loaded without what Ibis loads beside it.

A package of Ibis imports the makers of queries for twenty engines where one is needed: a quarter of the time that Ibis
and DuckDB take to start.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

import ibis

COMPILERS = "ibis.backends.sql.compilers"


def connected() -> Any:
    """A new connection to DuckDB in this process."""
    if COMPILERS not in sys.modules:
        with _unopened(COMPILERS):
            _load()
    return ibis.duckdb.connect()


def _load() -> None:
    try:
        import_module(f"{COMPILERS}.duckdb")
        import_module("ibis.backends.duckdb")
    except (ImportError, AttributeError):
        sys.modules.pop("ibis.backends.duckdb", None)  # Ibis has been built otherwise: it is loaded as it likes to be


@contextmanager
def _unopened(name: str) -> Iterator[None]:
    """Inside, modules of a package can be imported without what the package itself would import.

    Afterwards the package is unknown again: who imports it gets all of it, those modules included.
    """
    found = find_spec(name)
    if found is None or name in sys.modules:
        yield
        return
    sys.modules[name] = module_from_spec(found)
    try:
        yield
    finally:
        del sys.modules[name]
