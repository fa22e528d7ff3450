"""Outputs: one module per format, each with `write(audit, stream)`."""

from auditor.outputs.formats import FORMATS, Look, Target, distinct, known, target, write, write_files

__all__ = ["FORMATS", "Look", "Target", "distinct", "known", "target", "write", "write_files"]
