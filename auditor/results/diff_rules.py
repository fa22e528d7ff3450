"""The two rule sets of a diff: the one that is there now, and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.base.diagnostics import Diagnostic, UnusableError, collect
from auditor.base.suggest import did_you_mean
from auditor.results.revisions import Revision, revision, then
from auditor.rules import RuleSet, shipped_packs
from auditor.rules.files import shipped_files
from auditor.rules.loader import Loaded, read_rules
from auditor.rules.trees import DISK, Tree

if TYPE_CHECKING:
    from auditor.log.log import Log

REVISION = "git:"  # before the name of a revision that could be that of something else
_ONE_SIDED = ("unknown-parameter", "unknown-rule")  # mistakes only where neither rule set knows the name


@dataclass(frozen=True)
class Side:
    """What one of the rule sets is called, and where it is read from."""

    name: str  # for people: `rules.yaml`, or `rules.yaml at main`
    specs: tuple[str | Path, ...]
    tree: Tree = DISK
    commit: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name, with the commit where it is a revision: `rules.yaml at main (1f0c9a6b2d4e)`."""
        return f"{self.name} ({self.commit[:12]})" if self.commit else self.name

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {"rules": self.name, "commit": self.commit}


@dataclass(frozen=True)
class Sides:
    """Both rule sets, read."""

    before: RuleSet
    after: RuleSet
    old: Side
    new: Side
    notes: tuple[str, ...]


def sides(rules: Sequence[str], against: Sequence[str]) -> tuple[Side, Side]:
    """The old and the new side.

    Of `against`, each is a file, a folder or a shipped pack; or the only one is a git revision of the files `rules`.
    Raises UnusableError where it is none of these, or both a file and a revision.
    """
    new = Side(_listed(rules), tuple(rules))
    revisions = [text for text in against if not _named(text)]
    if not revisions:
        _one_meaning(against, rules)
        return Side(_listed(against), tuple(against)), new
    if len(against) > 1:
        message = f"`{revisions[0]}` would be a git revision, and a revision stands alone"
        raise UnusableError("several-sides", message, help="it stands for all rules as they were then")
    return _then(rules, _revision(revisions[0], rules)), new


def read(old: Side, new: Side, log: Log, settings: Mapping[str, str], only: Sequence[str]) -> Sides:
    """Both rule sets as they are judged on a log.

    A setting or a selection that only one of them knows holds for that one.
    Raises DiagnosticsError with every mistake of both.
    """
    events = sorted({*log.names, *log.covers, *log.profile})

    def load(side: Side) -> Loaded:
        return read_rules(
            side.specs, settings=settings, known_events=events, known_fields=log.fields, only=only, tree=side.tree
        )

    after = load(new)
    if not old.specs:  # none of the files existed then
        collect(after.found)
        return Sides(RuleSet(()), after.ruleset, old, new, old.notes)
    before = load(old)
    unknown = [{_unknown(one) for one in loaded.found} - {""} for loaded in (before, after)]
    both = unknown[0] & unknown[1]
    mistakes = [one for one in (*after.found, *before.found) if not _unknown(one) or _unknown(one) in both]
    collect(list(dict.fromkeys(mistakes)))
    told = [
        f"{side.name}: {said}"
        for side, names in zip((old, new), unknown, strict=True)
        for said in sorted(names - both)
    ]  # fmt: skip
    for name, value in settings.items():
        if not any(f"`{name}`" in said for names in unknown for said in names):
            told.append(f"{name} is set to {value} in both rule sets, whatever they say")
    return Sides(before.ruleset, after.ruleset, old, new, (*old.notes, *told))


def _named(text: str) -> bool:
    """Whether a text names rules, not a revision."""
    return not text.startswith(REVISION) and bool(Path(text).exists() or shipped_files(text))


def _one_meaning(against: Sequence[str], rules: Sequence[str]) -> None:
    """Raises UnusableError for a bare name that a file or folder has, and a revision as well."""
    text = against[0]
    if len(against) > 1 or Path(text).name != text or not Path(text).exists():
        return
    try:
        found = revision(text, rules)
    except UnusableError:
        return
    message = f"`{text}` is a file or folder and a git revision as well ({found.commit[:10]})"
    help = f"write ./{text} for the file or folder, {REVISION}{text} for the revision"
    raise UnusableError("ambiguous-against", message, help=help)


def _revision(text: str, rules: Sequence[str]) -> Revision:
    if text.startswith(REVISION):
        return revision(text.removeprefix(REVISION), rules)
    try:
        return revision(text, rules)
    except UnusableError as error:
        told = error.diagnostic
        packs = did_you_mean(text, [pack.name for pack in shipped_packs()], limit=0)
        message = f"there is no file, folder or shipped pack `{text}`, and no git revision: {told.message}"
        help = "; ".join(filter(None, (packs, told.help)))
        raise UnusableError(told.code, message, place=told.place, help=help) from None


def _then(rules: Sequence[str], tree: Revision) -> Side:
    found, missing = then(rules, tree)
    held = [spec for spec in found if isinstance(spec, str) and not tree.holds_packs]
    if held and len(held) == len(rules):
        message = f"{_listed(rules)} came with auditor, and `{tree.given}` has no other version of it"
        raise UnusableError("no-revision", message, help="give -r a file or folder of a repository")
    notes = [f"{spec} did not exist at {tree.given}, so all its rules are added" for spec in missing]
    notes += [f"the shipped pack {spec} is taken as it is installed, in both rule sets" for spec in held]
    return Side(f"{_listed(rules)} at {tree.given}", tuple(found), tree, tree.commit, tuple(notes))


def _unknown(found: Diagnostic) -> str:
    """What a diagnostic says of a name that the rules do not know; '' for all others."""
    return found.message if found.code in _ONE_SIDED and not found.place.file else ""


def _listed(specs: Sequence[str | Path]) -> str:
    return ", ".join(map(str, specs))
