"""A rule as the engine sees it: parameters filled in, lists expanded, conditions typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from auditor.base.diagnostics import Place
from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.expressions import Column, Expr

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
    "count",
    "agree",
    "measure",
]
Statistic = Literal["mean", "median", "p75", "p90", "p95", "max", "share"]
NEXT: Literal["next"] = "next"
NOWHERE = Place("")


@dataclass(frozen=True)
class Pattern:
    """Events by name (None: any event) and condition (None: always true)."""

    events: tuple[str, ...] | None
    where: Expr | None = None
    text: str = ""  # the condition as written, for sentences


@dataclass(frozen=True)
class Pause:
    """A named clock stands from each match of `start` to the first match of `end` at or after it, in one subject."""

    start: Pattern
    end: Pattern


@dataclass(frozen=True)
class NamedClock:
    """A clock that durations run on: its opening hours in a zone, its pauses, or both.

    `hours` has the opening hours of Monday to Sunday, each as (opens, closes) in seconds after midnight of wall time,
    in order and apart; empty: always open.  `holidays` names calendars (`DE`, `DE-BE`), `closed` further closed days.
    """

    name: str
    zone: str
    hours: tuple[tuple[tuple[int, int], ...], ...] = ()
    holidays: tuple[str, ...] = ()
    closed: tuple[date, ...] = ()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Measure:
    """A figure of each group: a statistic of the time from the activation to the first match of `end`.

    `within` only for the statistic `share`: the share of durations that are at most this long.  `at_most` and
    `at_least` bound it: seconds for a duration, a fraction of 1 for a share.  Subjects in which `leave_out` matches
    are left out, and counted.
    """

    end: Pattern
    statistic: Statistic
    within: Duration | None = None
    at_most: float | None = None
    at_least: float | None = None
    by: tuple[str, ...] = ()
    minimum: int = 20
    leave_out: Pattern | None = None


@dataclass(frozen=True)
class ServiceLevel:
    """A verdict for each group of activations: at least this share (of 1) of those that are judged must be met."""

    share: float
    by: tuple[str, ...] = ()
    minimum: int = 20


@dataclass(frozen=True)
class Obligation:
    """What an activation demands.

    `condition` only for `assert`; `pattern` for all that look for events; `before` only for `followed_by`: a pattern,
    or NEXT for "before the subject's next activation".  A length of time is `within` or, where a column of the
    activating event states it, `length` (a duration); `due` (an instant of the activating event) only for
    `followed_by`.  `at_least` and `at_most` only for `count`, `column` only for `agree`, `measure` only for `measure`.
    """

    kind: Kind
    pattern: Pattern | None = None
    condition: Expr | None = None
    within: Duration | None = None
    length: Expr | None = None
    due: Expr | None = None
    before: Pattern | Literal["next"] | None = None
    at_least: int | None = None
    at_most: int | None = None
    column: Column | None = None
    measure: Measure | None = None
    text: str = ""  # the assertion, or the expression of `length` or `due`, as written


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
class Expected:
    """One activation that a test expects; `due` is an offset as `within` of events, `late` a duration, both as
    written."""

    verdict: str
    subject: str | None = None
    reason: str | None = None
    due: str | None = None
    late: str | None = None


@dataclass(frozen=True)
class RuleTest:
    """A test inside the rule; `events` as written: one mapping per event, `{event name: offset, field: value, …}`.

    The event's name is the first key of its mapping.  `expect` is a verdict, `none` for no activation, counts by
    verdict, or the activations one by one.
    """

    name: str
    events: tuple[dict[str, Any], ...]
    expect: str | dict[str, Any] | tuple[Expected, ...]
    as_of: str | None = None
    covers: tuple[str, ...] | None = None
    place: Place = NOWHERE  # where it is written


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
    clock: NamedClock | None = None
    service_level: ServiceLevel | None = None
    draft: bool = False  # judged and shown, but never fails an audit
    verified: str = ""  # how well the source of the rule is verified, in the pack's words
    tests: tuple[RuleTest, ...] = ()
    version_of: str = ""  # where one audit judges two versions of a rule: the id that its findings are known by


@dataclass(frozen=True)
class RuleSet:
    """The rules of one audit, in order, with what is needed to cite and repeat them."""

    rules: tuple[Rule, ...]
    packs: tuple[PackInfo, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)  # name → value in force, as text
    fields: dict[str, Field] = field(default_factory=dict)  # that packs declare; unknown where the log has none of them
    given: tuple[str, ...] | None = None  # the files, folders and packs that were named; None: made in Python
    settings: dict[str, str] = field(default_factory=dict)  # parameters that were replaced, as given
    only: tuple[str, ...] = ()  # ids and patterns that rules were selected by


@dataclass(frozen=True)
class PackInfo:
    """A loaded pack: one file, or the files of one name below the folder `file`.

    `sha256` is that of the file, or of a line `sha256  path` for each of several.
    """

    name: str
    version: str
    title: str
    file: str
    sha256: str
    disclaimer: str = ""
    extends: tuple[str, ...] = ()  # names of packs
    description: str = ""
    parameters: tuple[PackParameter, ...] = ()
    files: tuple[PackFile, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What results cite of a pack, for machines."""
        return {"name": self.name, "version": self.version, "sha256": self.sha256, "extends": list(self.extends)}


@dataclass(frozen=True)
class PackFile:
    """A file of a pack: its path as given or, of a shipped pack, below the folder of these."""

    path: str
    sha256: str
    shipped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {"file": self.path, "shipped": self.shipped, "sha256": self.sha256}


@dataclass(frozen=True)
class PackParameter:
    """A parameter as a pack defines it: the value in force, the remark beside it, and the rules that name it."""

    name: str
    value: str
    remark: str = ""
    rules: tuple[str, ...] = ()
