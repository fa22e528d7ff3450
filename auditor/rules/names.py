"""What a rule may name: events, fields, lists and parameters; and a page to report mistakes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.base.diagnostics import Diagnostic, Level, Place
from auditor.base.durations import Duration
from auditor.base.strict_yaml import Document, Node
from auditor.log.schema import FIELDS, VOCABULARY, Field
from auditor.rules.expressions import Literal_, Type, Value
from auditor.rules.model import NamedClock

if TYPE_CHECKING:
    from auditor.rules.shapes import ClockShape


class Findings:
    """Every mistake of a run, each once; at a place where YAML is already doubtful nothing else is said."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self._doubtful: set[Place] = set()

    def add(self, *diagnostics: Diagnostic) -> None:
        for diagnostic in diagnostics:
            if diagnostic.code.startswith("yaml-"):
                self._doubtful.add(diagnostic.place)
            elif diagnostic.place in self._doubtful:
                continue
            self._found[diagnostic] = None

    def __len__(self) -> int:
        return len(self._found)

    def all(self) -> list[Diagnostic]:
        return list(self._found)


@dataclass
class Page:
    """A file under examination and what was found in it."""

    document: Document
    found: Findings
    shared: Mapping[str, Document] = field(default_factory=dict)  # by file: others that its nodes come from

    def holding(self, place: Place) -> Document:
        """The document of a place."""
        return self.shared.get(place.file, self.document)

    def report(
        self, code: str, message: str, node: Node, help: str = "", *, key: str = "", level: Level = "error"
    ) -> None:
        """A diagnostic at a value or, with `key`, at a key of a mapping."""
        place, width = node.place, node.width
        if key and key in node.key_places:
            place, width = node.key_places[key], len(key)
        document = self.holding(place)
        self.found.add(document.diagnostic(code, message, place, help=help, width=width, level=level))

    def cut_by_comma(self, node: Node) -> bool:
        """Whether an unquoted value ends at a comma, as it does inside `{ }` and `[ ]`."""
        rest = self.holding(node.place).line(node.place.line)[node.place.column - 1 + node.width :]
        return not node.style and rest.lstrip().startswith(",")

    def inside(self, fault: Fault, node: Node) -> None:
        """A diagnostic at a part of a text value."""
        document = self.holding(node.place)
        place = document.inside(node, fault.start)
        end = document.inside(node, fault.end - 1) if fault.end > fault.start + 1 else place
        width = end.column - place.column + 1 if end.line == place.line else 1
        self.found.add(
            document.diagnostic(
                fault.code, fault.message, place, help=fault.help, width=max(1, width), level=fault.level
            )
        )


@dataclass(frozen=True)
class Fault:
    """A mistake in a condition: characters [start, end) of its text."""

    code: str
    message: str
    start: int
    end: int
    help: str = ""
    level: Level = "error"


@dataclass(frozen=True)
class Parameter:
    """A value that `--set` can change; the type of its default is its type."""

    name: str
    type: Type
    value: Value
    text: str

    @property
    def duration(self) -> Duration | None:
        return self.value if isinstance(self.value, Duration) else None


@dataclass(frozen=True)
class NamedList:
    """Constants of one type; `complain` reports a mistake at the n-th item."""

    name: str
    items: tuple[Literal_, ...]
    complain: Callable[[int, str, str, str], None]


@dataclass(frozen=True)
class ClockSource:
    """A clock as written: in this zone unless it names its own; `broken` when its shape has a mistake."""

    shape: ClockShape
    node: Node
    page: Page
    zone: str
    broken: bool


@dataclass(frozen=True)
class Known:
    """Events and fields of a run: the canonical ones and those that the log declares."""

    events: frozenset[str]
    fields: Mapping[str, Field]

    @classmethod
    def of(cls, events: Iterable[str] = (), fields: Mapping[str, Field] | None = None) -> Known:
        return cls(frozenset({*VOCABULARY, *events}), {**FIELDS, **(fields or {})})


@dataclass(frozen=True)
class Origin:
    """Where a name of a pack is defined: its key and its value."""

    pack: str
    page: Page
    key: Place
    node: Node


@dataclass
class Pack:
    """The names of one pack, shared by its files."""

    name: str
    version: str
    zone: str
    known: Known
    parameters: dict[str, Parameter] = field(default_factory=dict)
    lists: dict[str, NamedList] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    clock_sources: dict[str, ClockSource] = field(default_factory=dict)
    clocks: dict[str, NamedClock] = field(default_factory=dict)
    places: dict[str, Origin] = field(default_factory=dict)  # of `params.x`, `lists.x`, `clocks.x`, `fields.x`
    used: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)  # defined with a mistake, so uses of them are not mistakes
