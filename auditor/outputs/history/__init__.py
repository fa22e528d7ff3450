"""What a store tells of runs, trends and single findings: one module per format, each with `runs`, `trend`, `lives`."""

from __future__ import annotations

from auditor.outputs.history import csv, json, table

FORMATS = {"table": table, "json": json, "csv": csv}

__all__ = ["FORMATS"]
