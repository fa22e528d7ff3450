"""Files of rules → one RuleSet; every mistake of the run is collected before any is raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place, collect
from auditor.base.suggest import did_you_mean
from auditor.log.contents import slashes
from auditor.log.schema import Field
from auditor.rules.build import build_rule
from auditor.rules.layers import Item, arranged
from auditor.rules.model import PackInfo, Rule, RuleSet
from auditor.rules.names import Findings, Known, Pack, Page
from auditor.rules.namespaces import namespace, setting_names
from auditor.rules.parameters import told
from auditor.rules.sources import Source, Sources
from auditor.rules.trees import DISK, Tree


@dataclass
class Loaded:
    """The rules that are sound, and everything that was found on the way."""

    ruleset: RuleSet
    found: list[Diagnostic]
    packs: list[Pack]  # those that the run names, with their own names
    pages: dict[str, Page]  # by file


@dataclass
class _Run:
    sources: Sources
    settings: Mapping[str, str]
    packs: dict[str, Pack] = field(default_factory=dict)  # those that stand, with all that they can name
    ids: dict[str, Place] = field(default_factory=dict)
    extended_by: dict[str, str] = field(default_factory=dict)

    @property
    def found(self) -> Findings:
        return self.sources.found

    def rules(self, source: Source) -> list[Rule]:
        pack = self.packs[source.pack.name]
        if self._extends_once(source):
            items = arranged(source, self.sources)
            if not items and self.sources.ancestors(source.pack.name):
                self._none_left(source)
            built = [self._rule(item, pack) for item in items]
            return [rule for rule in built if rule is not None]
        return []

    def _rule(self, item: Item, pack: Pack) -> Rule | None:
        self._unique(item)
        own = item.source.pack
        return build_rule(item.node, item.page, replace(pack, name=own.name, zone=own.zone))

    def _none_left(self, source: Source) -> None:
        for page in (head.page for head in source.heads if head.shape.disable):
            message = f"`{source.pack.name}` disables every rule that it extends and has none of its own"
            page.report("no-rules", message, page.document.root, "an audit by no rules finds nothing", key="disable")

    def _extends_once(self, source: Source) -> bool:
        """Whether no other pack that stands has brought the same rules already."""
        name = source.pack.name
        for parent in self.sources.ancestors(name):
            other = self.extended_by.setdefault(parent.pack.name, name)
            if other != name:
                page, node = next(iter(source.extends.values()))
                message = f"`{other}` extends the pack `{parent.pack.name}` as well, so its rules would count twice"
                page.report("pack-twice", message, node, f"audit with one of them, or let `{name}` extend `{other}`")
                return False
        return True

    def _unique(self, item: Item) -> None:
        if item.id is None:
            return
        node = item.node.at(("id",))
        if item.id in self.ids:
            item.page.report("duplicate-rule", f"there is another rule `{item.id}`, at {self.ids[item.id]}", node,
                             "rename one of them; a rule of an extended pack is changed under `override`")  # fmt: skip
        self.ids.setdefault(item.id, node.place)

    def check_settings(self) -> None:
        names = set().union(*(setting_names(pack) for pack in self.packs.values()))
        for name in self.settings:
            if name not in names:
                help = did_you_mean(name, names) or "these rules have no parameters"
                self.found.add(
                    Diagnostic("unknown-parameter", f"--set: there is no parameter `{name}`", Place(""), help)
                )

    def select(self, rules: list[Rule], only: Sequence[str]) -> list[Rule]:
        """The rules that `only` names; a pattern that matches nothing is an error."""
        if not only:
            return rules
        for pattern in only:
            if not any(fnmatchcase(name, pattern) for name in self.ids):
                help = did_you_mean(pattern, self.ids) or "`auditor rules list` names all rules"
                self.found.add(Diagnostic("unknown-rule", f"there is no rule `{pattern}`", Place(""), help))
        return [rule for rule in rules if any(fnmatchcase(rule.id, pattern) for pattern in only)]


def read_rules(
    specs: Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
    only: Sequence[str] = (),
    tree: Tree = DISK,
) -> Loaded:
    """What `specs` say, mistakes included; raises nothing that a user can cause."""
    sources = Sources(Known.of(known_events, known_fields), tree)
    specs = [specs] if isinstance(specs, str | Path) else specs
    sources.read(specs)
    run = _Run(sources, settings or {})
    standing = list(sources.standing())
    run.packs = {source.pack.name: namespace(source, sources, run.settings) for source in standing}
    rules = [rule for source in standing for rule in run.rules(source)]
    run.check_settings()
    if not specs:
        run.found.add(
            Diagnostic("no-rules", "no rules were named", Place(""), "name a file, a folder or a shipped pack")
        )
    chosen = run.select(rules, only)
    ruleset = RuleSet(
        tuple(chosen),
        _infos(standing, run),
        _in_force(run.packs),
        _fields(run.packs),
        given=tuple(slashes(str(spec)) for spec in specs),
        settings=dict(run.settings),
        only=tuple(only),
    )
    return Loaded(ruleset, run.found.all(), [source.pack for source in standing], sources.pages)


def load_rules(
    specs: Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
    only: Sequence[str] = (),
) -> RuleSet:
    """See `auditor.rules.load_rules`."""
    loaded = read_rules(specs, settings=settings, known_events=known_events, known_fields=known_fields, only=only)
    collect(loaded.found)
    return loaded.ruleset


def _infos(standing: Iterable[Source], run: _Run) -> tuple[PackInfo, ...]:
    """Each pack once, those that a pack extends before it."""
    sources = run.sources
    infos: dict[str, PackInfo] = {}
    for source in standing:
        for layer in (*sources.ancestors(source.pack.name), source):
            parameters = told(layer, source, sources, run.packs[source.pack.name])
            infos[layer.pack.name] = replace(layer.info(sources.tree), parameters=parameters)
    return tuple(infos.values())


def _in_force(packs: Mapping[str, Pack]) -> dict[str, str]:
    """Parameter values by name; by `pack.name` where packs share a name."""
    names = [name for pack in packs.values() for name in pack.parameters]
    return {
        (f"{pack.name}.{name}" if names.count(name) > 1 else name): parameter.text
        for pack in packs.values()
        for name, parameter in pack.parameters.items()
    }


def _fields(packs: Mapping[str, Pack]) -> dict[str, Field]:
    return {name: field for pack in packs.values() for name, field in pack.fields.items()}
