"""The rule language: model, loader, expressions, lint, wording.

Importing this package is cheap; each function loads what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.base.diagnostics import Diagnostic
from auditor.log.schema import Field
from auditor.rules.model import PackInfo, Rule, RuleSet

__all__ = ["PackInfo", "Rule", "RuleSet", "json_schema", "lint", "load_rules", "sentence", "shipped_packs"]


def load_rules(
    specs: Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
    only: Sequence[str] = (),
) -> RuleSet:
    """The rules of files, folders and shipped packs, in order.

    `settings` replaces the values of parameters (`name` or `pack.name` → text).  `known_events` and `known_fields` are
    what the log's mapping declares beyond the vocabulary; fields that packs declare are known besides, and are in the
    `fields` of the result.  `only` selects rules by id or glob pattern.
    Raises DiagnosticsError with every mistake of the run.
    """
    from auditor.rules.loader import load_rules as load

    return load(specs, settings=settings, known_events=known_events, known_fields=known_fields, only=only)


def shipped_packs() -> list[PackInfo]:
    """The packs that come with auditor, by name."""
    from auditor.rules.files import shipped_packs as shipped

    return shipped()


def lint(
    rules: RuleSet | Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
) -> list[Diagnostic]:
    """Everything that is wrong or doubtful about rules, in file order; raises nothing."""
    from auditor.rules.linter import lint as find

    return find(rules, settings=settings, known_events=known_events, known_fields=known_fields)


def sentence(rule: Rule) -> str:
    """What a rule demands, in English."""
    from auditor.rules.wording import sentence as word

    return word(rule)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a rule file, for editors."""
    from auditor.rules.schema import json_schema as schema

    return schema()
