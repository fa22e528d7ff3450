"""Conditions: text in Python's expression syntax → the typed tree of `auditor.rules.expressions`.

`tokens` guards (length, nesting, foreign operators), `parse` makes Python's syntax tree, `check` gives it types.
Nothing is ever evaluated.
"""

from auditor.rules.conditions.compile import compile_condition, compile_value, compile_where

__all__ = ["compile_condition", "compile_value", "compile_where"]
