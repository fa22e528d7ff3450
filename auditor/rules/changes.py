"""What an edit of rules changes: which rules came, went or were edited, and whether the edit changes what is judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, Literal

from auditor.rules.model import SEVERITIES, Measure, NamedClock, Obligation, Pattern, Pause, Rule, RuleSet, Severity
from auditor.rules.wording import sentence

Kind = Literal["added", "removed", "edited", "described"]
_MEANING = (
    "when", "nth", "obligation", "unless", "per", "clock", "zone", "jurisdiction", "effective", "service_level",
)  # fmt: skip
_DESCRIPTION = ("severity", "draft", "title", "why", "refs", "verified", "pack")
_WORDING = {Pattern: "text", Obligation: "text", NamedClock: "name"}  # how it is written or called, not what it is


@dataclass(frozen=True)
class Edit:
    """Something that has another value now; None: there is no such thing."""

    what: str
    before: str | None
    after: str | None

    def as_dict(self) -> dict[str, str | None]:
        """The same for machines."""
        return {"what": self.what, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class RuleChange:
    """A rule that is not the same in both rule sets; one of `before` and `after` can be missing.

    `parts` names what of its meaning differs: keys of the rule, or `fields` where it reads one that the packs declare
    in another way.
    """

    before: Rule | None
    after: Rule | None
    parts: tuple[str, ...] = ()
    renamed: str = ""  # the id of a removed rule that means the same as this added one

    @property
    def rule(self) -> Rule:
        """The rule as it is now or, removed, as it was."""
        rule = self.after or self.before
        assert rule is not None  # noqa: S101 - a change is one of some rule
        return rule

    @property
    def kind(self) -> Kind:
        """`edited` has another meaning; `described` has the same, with another severity, title, source and so on."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "edited" if self.parts else "described"

    @property
    def judged(self) -> bool:
        """Whether its verdicts can change."""
        return self.kind != "described"

    @property
    def severity(self) -> Severity:
        """The worse of both."""
        return min((rule.severity for rule in (self.before, self.after) if rule), key=SEVERITIES.index)

    @property
    def draft(self) -> bool:
        """Whether it is, and was, no more than a draft."""
        return all(rule.draft for rule in (self.before, self.after) if rule)

    @cached_property
    def sentences(self) -> tuple[str | None, str | None]:
        """What it demanded, and what it demands."""
        before, after = (None if rule is None else sentence(rule) for rule in (self.before, self.after))
        return before, after

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """What is told of the rule in another way, its meaning apart."""
        if self.before is None or self.after is None:
            return ()
        return tuple(_edits(self.before, self.after))


@dataclass(frozen=True)
class Changes:
    """All changes between two rule sets: those of the rules that are there now in their order, then removed ones."""

    rules: tuple[RuleChange, ...]
    unchanged: int  # rules
    parameters: tuple[Edit, ...]
    packs: tuple[Edit, ...]  # versions
    fields: tuple[Edit, ...]  # that packs declare, and their types

    def number(self, kind: Kind) -> int:
        """How many rules have changed in this way."""
        return sum(change.kind == kind for change in self.rules)

    @property
    def judged(self) -> tuple[RuleChange, ...]:
        """Those whose verdicts can change."""
        return tuple(change for change in self.rules if change.judged)


def changes(before: RuleSet, after: RuleSet) -> Changes:
    """What changes from one rule set to another."""
    then, now = ({rule.id: rule for rule in rules.rules} for rules in (before, after))
    declared = _differences(*({name: field.type for name, field in rules.fields.items()} for rules in (before, after)))
    gone = [rule for rule in before.rules if rule.id not in now]
    found = [_change(then.get(rule.id), rule, {edit.what for edit in declared}, gone) for rule in after.rules]
    found += [RuleChange(rule, None) for rule in gone]
    told = tuple(change for change in found if change.judged or change.edits)
    versions = [{pack.name: pack.version for pack in rules.packs} for rules in (before, after)]
    return Changes(
        rules=told,
        unchanged=len(found) - len(told),
        parameters=_differences(before.parameters, after.parameters),
        packs=_differences(*versions),
        fields=declared,
    )


def _change(before: Rule | None, after: Rule, declared: set[str], gone: Sequence[Rule]) -> RuleChange:
    if before is None:
        renamed = next((rule.id for rule in gone if not _parts(rule, after)), "")
        return RuleChange(None, after, renamed=renamed)
    reads = declared & {*_texts(tuple(getattr(after, name) for name in _MEANING))}
    return RuleChange(before, after, (*_parts(before, after), *(["fields"] if reads else [])))


def _parts(before: Rule, after: Rule) -> tuple[str, ...]:
    """The parts of the meaning in which two rules differ; the obligation goes by its own name."""
    different = [name for name in _MEANING if _meaning(getattr(before, name)) != _meaning(getattr(after, name))]
    return tuple(after.obligation.kind if name == "obligation" else name for name in different)


def _meaning(value: Any) -> Any:
    """A value without places and wording, to be compared."""
    if isinstance(value, tuple):
        return tuple(map(_meaning, value))
    if not isinstance(value, Pattern | Obligation | Measure | NamedClock | Pause):
        return value
    left_out = _WORDING.get(type(value))
    return (type(value), *(_meaning(getattr(value, one.name)) for one in fields(value) if one.name != left_out))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value: the names of all fields that a rule reads are among those of its meaning."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))


def _edits(before: Rule, after: Rule) -> Iterator[Edit]:
    for name in _DESCRIPTION:
        old, new = _text(getattr(before, name)), _text(getattr(after, name))
        if old != new:
            yield Edit(name, old, new)
    for name in ("kind", "deadline", "note"):
        old, new = (_text(getattr(rule.basis, name, None)) for rule in (before, after))
        if old != new:
            yield Edit(f"basis.{name}", old, new)
    if _cases(before) != _cases(after):
        yield Edit("tests", str(len(before.tests)), str(len(after.tests)))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, tuple) else str(value or "")
    return text or None


def _cases(rule: Rule) -> list[tuple[Any, ...]]:
    """The tests of a rule, wherever they are written."""
    return [(test.name, test.events, test.expect, test.as_of, test.covers) for test in rule.tests]


def _differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[Edit, ...]:
    names = dict.fromkeys((*after, *before))
    return tuple(Edit(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))
