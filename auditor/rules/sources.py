"""The packs that a run reads: those that it names, and those that they extend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.base.diagnostics import UnusableError
from auditor.base.strict_yaml import Node, examine
from auditor.rules.files import pack_info, rule_files
from auditor.rules.model import PackInfo
from auditor.rules.names import Findings, Known, Pack, Page
from auditor.rules.packs import Head, add_names, open_pack, read_head
from auditor.rules.trees import DISK, Tree


@dataclass
class Source:
    """A pack as its files have it; several files with one name are one pack."""

    pack: Pack  # its own names
    heads: list[Head] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    extends: dict[str, tuple[Page, Node]] = field(default_factory=dict)  # name → where it is said
    named: bool = False  # by the run itself

    def info(self, tree: Tree = DISK) -> PackInfo:
        """The pack as results cite it; `tree` is where its files were read from."""
        shapes = [head.shape for head in self.heads]
        title, disclaimer, description = (
            next((text for shape in shapes if (text := getattr(shape, key))), "")
            for key in ("title", "disclaimer", "description")
        )
        info = pack_info(self.pack.name, self.pack.version, title, disclaimer, self.files, tuple(self.extends), tree)
        return replace(info, description=description)


@dataclass
class Sources:
    """Reads files and follows what they extend; mistakes go to `found`."""

    known: Known
    tree: Tree = DISK
    found: Findings = field(default_factory=Findings)
    packs: dict[str, Source] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)  # by file
    _heads: dict[Path, Head | None] = field(default_factory=dict)  # by file
    _joined: set[Path] = field(default_factory=set)  # files that are part of their pack

    def read(self, specs: Iterable[str | Path]) -> None:
        """The packs that `specs` name, with all that they extend."""
        for spec in specs:
            try:
                paths = rule_files(spec, tree=self.tree)
            except UnusableError as error:
                self.found.add(*error.diagnostics)
                continue
            for name in map(self._file, paths):
                if name is not None:
                    self.packs[name].named = True
        for source in self.packs.values():
            self._has_rules(source)

    def ancestors(self, name: str) -> list[Source]:
        """The packs that a pack extends, directly or not, each after those that it extends itself."""
        order: dict[str, Source] = {}
        for parent in self.packs[name].extends:
            for source in (*self.ancestors(parent), self.packs[parent]):
                order.setdefault(source.pack.name, source)
        return list(order.values())

    def standing(self) -> Iterator[Source]:
        """The packs that the run names and that no other of these extends."""
        named = [source for source in self.packs.values() if source.named]
        extended = {parent.pack.name for source in named for parent in self.ancestors(source.pack.name)}
        return (source for source in named if source.pack.name not in extended)

    def _file(self, path: Path) -> str | None:
        """The pack that a file now is part of, None when it cannot be read."""
        head = self._head(path)
        if head is None:
            return None
        key = self.tree.key(path)
        if key not in self._joined:
            self._joined.add(key)
            self._join(head, path)
        return head.shape.pack

    def _head(self, path: Path) -> Head | None:
        key = self.tree.key(path)
        if key not in self._heads:
            page = self._page(path)
            self._heads[key] = None if page is None else read_head(page)
        return self._heads[key]

    def _page(self, path: Path) -> Page | None:
        try:
            document, doubts = examine(self.tree.text(path), file=self.tree.name(path))
        except UnusableError as error:
            self.found.add(*error.diagnostics)
            return None
        self.found.add(*doubts)
        if doubts and document.root.value is None:
            return None
        page = Page(document, self.found)
        self.pages[document.file] = page
        return page

    def _join(self, head: Head, path: Path) -> None:
        name = head.shape.pack
        pack = open_pack(head, self.known, self.packs[name].pack if name in self.packs else None)
        source = self.packs.setdefault(name, Source(pack))
        source.heads.append(head)
        source.files.append(path)
        add_names(head, pack)
        node = head.page.document.root.at(("extends",))
        items = node.value if isinstance(node.value, list) else [node]
        for text, item in zip(head.shape.extends or (), items, strict=False):
            self._extend(source, text, item, head.page, path.parent)

    def _extend(self, source: Source, spec: str, node: Node, page: Page, folder: Path) -> None:
        try:
            paths = rule_files(spec, beside=folder, tree=self.tree)
        except UnusableError as error:
            page.report(error.diagnostic.code, error.diagnostic.message, node, error.diagnostic.help)
            return
        child = source.pack.name
        for path in paths:
            head = self._head(path)
            name = head.shape.pack if head is not None else None
            chain = [child] if name == child else []
            if name is not None and name != child and name not in source.extends:
                self._file(path)
                chain = self._chain(name, child)
            if chain:
                circle = f"`{child}` extends " + ", which extends ".join(f"`{pack}`" for pack in chain)
                page.report("extends-circle", circle, node, "leave it out, or give this pack a name of its own")
            elif name is not None:
                source.extends[name] = (page, node)

    def _chain(self, start: str, goal: str) -> list[str]:
        """The packs from `start` to `goal`, each extending the next; none when there is no such way."""
        if start == goal:
            return [goal]
        for parent in self.packs[start].extends:
            if rest := self._chain(parent, goal):
                return [start, *rest]
        return []

    def _has_rules(self, source: Source) -> None:
        if source.extends or any(head.shape.rules is not None or head.shape.extends for head in source.heads):
            return
        page = source.heads[0].page
        page.report("no-rules", f"the pack `{source.pack.name}` has no rules", page.document.root,
                    "write them as a list under `rules:`", key="pack")  # fmt: skip
