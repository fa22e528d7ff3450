"""JUnit XML: a suite for each rule, a case for each listed finding and group."""

from auditor.outputs.junit.document import write

__all__ = ["write"]
