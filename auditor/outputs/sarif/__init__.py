"""SARIF 2.1.0 (OASIS Standard): an audit as tools that show results beside files read it."""

from auditor.outputs.sarif.run import write

__all__ = ["write"]
