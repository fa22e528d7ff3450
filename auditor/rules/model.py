"""A rule as the engine sees it: parameters filled in, lists expanded, conditions typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from auditor.base.diagnostics import Place
from auditor.base.durations import Duration
from auditor.rules.expressions import Expr

Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
Kind = Literal[
    "assert",
    "followed_by",
    "preceded_by",
    "accompanied_by",
    "not_followed_by",
    "not_preceded_by",
    "not_accompanied_by",
]
NEXT: Literal["next"] = "next"


@dataclass(frozen=True)
class Pattern:
    """Events by name (None: any event) and condition (None: always true)."""

    events: tuple[str, ...] | None
    where: Expr | None = None
    text: str = ""  # the condition as written, for sentences


@dataclass(frozen=True)
class Obligation:
    """What an activation demands.

    `condition` only for `assert`; `pattern` for all others; `before` only for `followed_by`: a pattern, or NEXT for
    "before the subject's next activation".
    """

    kind: Kind
    pattern: Pattern | None = None
    condition: Expr | None = None
    within: Duration | None = None
    before: Pattern | Literal["next"] | None = None
    text: str = ""  # the assertion as written


@dataclass(frozen=True)
class Basis:
    """Where a duty comes from, and who chose its deadline: a statute, or the operator (never a breach of the law)."""

    kind: Literal["law", "guidance", "policy", "study"]
    deadline: Literal["statutory", "operator"] | None = None
    note: str = ""


@dataclass(frozen=True)
class Effective:
    """Half-open window of activation [start, end), instants in UTC without zone, made in the pack's zone."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class RuleTest:
    """A test inside the rule; `events` as written: one mapping per event, `{event name: offset, field: value, …}`.

    The event's name is the first key of its mapping.  `expect` is a verdict, `none` for no activation, or counts by
    verdict.
    """

    name: str
    events: tuple[dict[str, Any], ...]
    expect: str | dict[str, Any]
    as_of: str | None = None
    covers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Rule:
    """One duty: when it activates, one obligation, qualifiers."""

    id: str
    title: str
    severity: Severity
    when: Pattern
    obligation: Obligation
    place: Place
    pack: str = ""
    why: str = ""
    nth: int | None = None
    per: tuple[str, ...] = ("report_id",)
    unless: Pattern | None = None
    effective: Effective = Effective()
    jurisdiction: tuple[str, ...] = ()
    basis: Basis | None = None
    refs: tuple[str, ...] = ()
    zone: str = "UTC"  # of calendar units and dates
    tests: tuple[RuleTest, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """The rules of one audit, in order, with what is needed to cite and repeat them."""

    rules: tuple[Rule, ...]
    packs: tuple[PackInfo, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)  # name → value in force, as text


@dataclass(frozen=True)
class PackInfo:
    """A loaded pack."""

    name: str
    version: str
    title: str
    file: str
    sha256: str
    disclaimer: str = ""
