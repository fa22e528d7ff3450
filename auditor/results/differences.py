"""Two manifests beside each other: what differs, causes before effects, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from auditor.results.manifest_file import File, Manifest, Provenance, RuleFile, RuleResult
from auditor.results.matches import matched

Cause = Literal["log", "mapping", "rules", "version", "result"]
COUNTS = ("activations", "violated", "undetermined", "pending", "exempt", "met")


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same; `before` and `after` are JSON, None where there is nothing."""

    cause: Cause
    what: str  # the file, pack, library or rule
    message: str
    before: Any = None
    after: Any = None

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "cause": self.cause, "what": self.what, "message": self.message, "before": self.before, "after": self.after
        }  # fmt: skip


def differences(before: Manifest, after: Manifest) -> tuple[Difference, ...]:
    """Everything that differs, in this order: log, mapping, rules, versions, result."""
    old, new = before.provenance, after.provenance
    return (
        *_log(old, new),
        *_mapping(old.mapping, new.mapping),
        *_rules(old, new),
        *_versions(old, new),
        *_result(before, after),
    )


def _log(old: Provenance, new: Provenance) -> Iterator[Difference]:
    if None in old.log.files or None in new.log.files:
        yield Difference("log", "", "the log was a table in memory, whose content no manifest knows")
    yield from _files("log", _known(old.log.files), _known(new.log.files))
    if old.as_of != new.as_of:
        message = f"the log ends at {new.as_of}, before the moment of judgement {old.as_of}"
        yield Difference("log", "", message, old.as_of, new.as_of)


def _known(files: Iterable[File | None]) -> list[File]:
    return [file for file in files if file is not None]


def _files(cause: Cause, old: Sequence[File | RuleFile], new: Sequence[File | RuleFile]) -> Iterator[Difference]:
    for before, after in matched(old, new):
        name = str(before.file if before is not None else after and after.file)
        if before is None:
            message = f"{name} is new: the manifest knows no file with this content"
        elif after is None:
            message = f"{name} is missing"
        else:
            renamed = "" if after.file == before.file else f", which is {after.file} now,"
            message = f"{name}{renamed} has changed{_sizes(before, after)}"
        yield Difference(cause, name, message, before and before.model_dump(), after and after.model_dump())


def _sizes(before: File | RuleFile, after: File | RuleFile) -> str:
    if isinstance(before, RuleFile) or isinstance(after, RuleFile):
        return ""
    if before.size == after.size:
        return f", though it still has {before.size:,} bytes"
    return f": {before.size:,} bytes before, {after.size:,} now"


def _mapping(old: File | None, new: File | None) -> Iterator[Difference]:
    if old is None and new is not None:
        yield Difference("mapping", str(new.file), f"{new.file} is new: no mapping was used before", None, _dict(new))
    elif old is not None and new is None:
        yield Difference("mapping", str(old.file), f"{old.file} was used before, and no mapping now", _dict(old))
    elif old is not None and new is not None and old.sha256 != new.sha256:
        yield from _files("mapping", [old], [new])


def _dict(file: File) -> dict[str, Any]:
    return file.model_dump()


def _rules(old: Provenance, new: Provenance) -> Iterator[Difference]:
    before, after = ({pack.name: pack for pack in one.rules.packs} for one in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            message = f"the pack {name} is {'new' if one is None else 'missing'}"
        elif one.sha256 != other.sha256:
            version = f"version {one.version} before, {other.version} now"
            same = f"under the same version, {one.version}"
            message = f"the pack {name} has changed, {same if one.version == other.version else version}"
        else:
            message = ""
        if message:
            yield Difference("rules", name, message, one and one.model_dump(), other and other.model_dump())
        if one is not None and other is not None:
            yield from _files("rules", *([file for file in p.rules.files if file.pack == name] for p in (old, new)))


def _versions(old: Provenance, new: Provenance) -> Iterator[Difference]:
    before, after = (
        {"auditor": p.auditor, "python": p.python, **p.libraries, "time zones": p.time_zones} for p in (old, new)
    )
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was != now:
            message = f"{name} {was or 'unknown'} before, {now or 'unknown'} now"
            yield Difference("version", name, message, was, now)


def _result(before: Manifest, after: Manifest) -> Iterator[Difference]:
    for name in ("rows", "events", "rejected"):
        was, now = getattr(before.result, name), getattr(after.result, name)
        if was != now:
            what = "rows rejected" if name == "rejected" else f"{name} read"
            yield Difference("result", name, f"{what}: {was:,} before, {now:,} now", was, now)
    old, new = ({rule.id: rule for rule in one.result.rules} for one in (before, after))
    for rule in [*old, *(rule for rule in new if rule not in old)]:
        one, other = old.get(rule), new.get(rule)
        if one is None or other is None:
            message = f"{rule}: {'no rule before' if one is None else 'no rule any more'}"
        elif one == other:
            continue
        else:
            message = f"{rule}: {'; '.join(_changes(one, other))}"
        yield Difference("result", rule, message, one and one.model_dump(), other and other.model_dump())


def _changes(old: RuleResult, new: RuleResult) -> Iterator[str]:
    """What is not the same of one rule, in words."""
    if old.severity != new.severity:
        yield f"{old.severity} before, {new.severity} now"
    counted = list(_counts(old, new, COUNTS))
    yield from counted
    if old.not_judged != new.not_judged:
        told = (f"not judged ({rule.not_judged})" if rule.not_judged else "judged" for rule in (old, new))
        yield "{} before, {} now".format(*told)
    if old.findings_sha256 != new.findings_sha256:
        yield "other findings" if counted else "the same counts, but other findings"
    if old.groups != new.groups:
        yield from _groups(old, new)


def _counts(old: Any, new: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{was:,} {name} before, {now:,} now"


def _groups(old: RuleResult, new: RuleResult) -> Iterator[str]:
    if old.groups is None or new.groups is None:
        yield "no groups before" if old.groups is None else "no groups now"
        return
    counted = [f"groups: {text}" for text in _counts(old.groups, new.groups, ("violated", "undetermined", "met"))]
    yield from counted or ["the same verdicts on groups in number, but other groups or figures"]
