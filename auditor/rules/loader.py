"""Files of rules → one RuleSet; every mistake of the run is collected before any is raised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place, UnusableError, collect, read_text
from auditor.base.strict_yaml import MAX_BYTES, Node, examine
from auditor.base.suggest import did_you_mean
from auditor.log.schema import Field
from auditor.rules.build import build_rule
from auditor.rules.clocks import build_clocks
from auditor.rules.files import rule_files
from auditor.rules.model import PackInfo, Rule, RuleSet
from auditor.rules.names import Findings, Known, Pack, Page
from auditor.rules.packs import add_clocks, add_lists, add_parameters, open_pack, read_head
from auditor.rules.shapes import PackHead


@dataclass
class Loaded:
    """The rules that are sound, and everything that was found on the way."""

    ruleset: RuleSet
    found: list[Diagnostic]
    packs: dict[str, Pack]
    pages: dict[str, Page]  # by file


@dataclass
class _Run:
    known: Known
    settings: Mapping[str, str]
    found: Findings = field(default_factory=Findings)
    packs: dict[str, Pack] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    infos: list[PackInfo] = field(default_factory=list)
    ids: dict[str, Place] = field(default_factory=dict)

    def files(self, specs: Sequence[str | Path]) -> list[Path]:
        paths: dict[Path, Path] = {}
        for spec in specs:
            try:
                for path in rule_files(spec):
                    paths.setdefault(path.resolve(), path)
            except UnusableError as error:
                self.found.add(*error.diagnostics)
        return list(paths.values())

    def read(self, path: Path) -> Page | None:
        try:
            document, doubts = examine(read_text(path, limit=MAX_BYTES, what="rule file"), file=str(path))
        except UnusableError as error:
            self.found.add(*error.diagnostics)
            return None
        self.found.add(*doubts)
        if doubts and document.root.value is None:
            return None
        page = Page(document, self.found)
        self.pages[str(path)] = page
        return page

    def rules(self, page: Page, pack: Pack) -> list[Rule]:
        built = []
        node = page.document.root.at(("rules",))
        for item in node.value if isinstance(node.value, list) else []:
            self._unique(item, page)
            rule = build_rule(item, page, pack)
            if rule is not None:
                built.append(rule)
        return built

    def _unique(self, item: Node, page: Page) -> None:
        if not isinstance(item.value, dict) or "id" not in item.value:
            return
        node = item.value["id"]
        name = str(node.value)
        if name in self.ids:
            page.report(
                "duplicate-rule", f"there is another rule `{name}`, at {self.ids[name]}", node, "rename one of them"
            )
        self.ids.setdefault(name, node.place)

    def check_settings(self) -> None:
        names = {n for pack in self.packs.values() for n in pack.parameters}
        names |= {f"{pack.name}.{n}" for pack in self.packs.values() for n in pack.parameters}
        for name in self.settings:
            if name not in names:
                help = did_you_mean(name, names) or "these rules have no parameters"
                self.found.add(
                    Diagnostic("unknown-parameter", f"--set: there is no parameter `{name}`", Place(""), help)
                )


def read_rules(
    specs: Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    known_events: Iterable[str] = (),
    known_fields: Mapping[str, Field] | None = None,
    only: Sequence[str] = (),
) -> Loaded:
    """What `specs` say, mistakes included; raises nothing that a user can cause."""
    run = _Run(Known.of(known_events, known_fields), settings or {})
    opened: list[tuple[Page, Pack]] = []
    for path in run.files([specs] if isinstance(specs, str | Path) else specs):
        page = run.read(path)
        head = read_head(page) if page is not None else None
        if page is None or head is None:
            continue
        pack = open_pack(head.shape, page, run.known, run.packs)
        add_parameters(head.shape, page, pack, run.settings)
        add_lists(head.shape, page, pack)
        add_clocks(head, pack)
        run.infos.append(_info(head.shape, path))
        opened.append((page, pack))
    for pack in run.packs.values():
        build_clocks(pack)
    rules = [rule for page, pack in opened for rule in run.rules(page, pack)]
    run.check_settings()
    if not specs:
        run.found.add(
            Diagnostic("no-rules", "no rules were named", Place(""), "name a file, a folder or a shipped pack")
        )
    chosen = _select(rules, only, run)
    ruleset = RuleSet(tuple(chosen), tuple(run.infos), _in_force(run.packs))
    return Loaded(ruleset, run.found.all(), run.packs, run.pages)


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


def _select(rules: list[Rule], only: Sequence[str], run: _Run) -> list[Rule]:
    """The rules that `only` names; a pattern that matches nothing is an error."""
    if not only:
        return rules
    for pattern in only:
        if not any(fnmatchcase(name, pattern) for name in run.ids):
            help = did_you_mean(pattern, run.ids)
            run.found.add(Diagnostic("unknown-rule", f"--rule: there is no rule `{pattern}`", Place(""), help))
    return [rule for rule in rules if any(fnmatchcase(rule.id, pattern) for pattern in only)]


def _info(head: PackHead, path: Path) -> PackInfo:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PackInfo(head.pack, head.version, head.title, str(path), digest, head.disclaimer)


def _in_force(packs: Mapping[str, Pack]) -> dict[str, str]:
    """Parameter values by name; by `pack.name` where packs share a name."""
    names = [name for pack in packs.values() for name in pack.parameters]
    return {
        (f"{pack.name}.{name}" if names.count(name) > 1 else name): parameter.text
        for pack in packs.values()
        for name, parameter in pack.parameters.items()
    }
