"""What an `auditor.yaml` says: values for all commands, and sections for single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.base.diagnostics import Diagnostic, Place, read_text
from auditor.base.strict_yaml import Document, examine
from auditor.base.suggest import did_you_mean
from auditor.base.yaml_nodes import Node
from auditor.cli.config_options import Option
from auditor.cli.config_values import Value, meaning, taken

MAX_BYTES = 64 * 1024
Commands = Mapping[str, Mapping[str, Option]]


@dataclass
class Page:
    """A file as far as it can be read, and every mistake in it."""

    document: Document
    commands: Commands
    shared: dict[str, Node] = field(default_factory=dict)
    sections: dict[str, dict[str, Node]] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """What paths in it are relative to."""
        return Path(self.document.file).parent

    def value(self, option: Option) -> tuple[Value | None, Place]:
        """The value of an option and its place: the one in its command's section, else the one for all commands."""
        node = self.sections.get(option.command, {}).get(option.name) or self.shared.get(option.name)
        if node is None:
            return None, self.document.root.place
        trial = Page(self.document, self.commands)
        value = taken(option, node, self.folder, trial.report)
        help = f"write it below the commands that take it, or give `{option.command}:` a value of its own"
        self._add(*(replace(mistake, help=help) for mistake in trial.found))
        return value, node.place

    def report(self, code: str, message: str, place: Place, help: str = "", width: int = 1) -> None:
        """Tell a mistake."""
        self._add(self.document.diagnostic(code, message, place, help=help, width=width))

    def _add(self, *mistakes: Diagnostic) -> None:
        """One mistake is told of a place."""
        told = {mistake.place for mistake in self.found}
        self.found += [mistake for mistake in mistakes if mistake.place not in told]

    def read(self, root: Node) -> None:
        """Take in the values; whatever none of the commands can take is a mistake."""
        named = {name for options in self.commands.values() for name in options}
        entries = root.value if isinstance(root.value, dict) else {}
        if root.value is not None and not self.found and not {*entries} & {*named, *self.commands}:
            self.report(
                "config-shape", "this is no configuration of auditor: no option of any command stands in it",
                root.place, "write options such as `rules: our-rules.yaml`; where the file belongs to another "
                "program, use --no-config or --config FILE",
            )  # fmt: skip
            return
        for key, node in entries.items():
            if key in self.commands:
                self._section(key, node)
            elif key in named:
                self._shared(key, node)
            else:
                place = root.key_places[key]
                help = self._meant(key, {*named, *self.commands}, self._options())
                self.report("config-unknown", f"there is no option or command `{key}`", place, help, len(key))

    def _section(self, command: str, node: Node) -> None:
        known = self.commands[command]
        if node.value is None:
            return
        if not isinstance(node.value, dict):
            help = f"write its options below it, such as `{next(iter(known), 'format')}`"
            self.report("config-type", f"`{command}` is a command and takes no value", node.place, help, node.width)
            return
        for key, below in node.value.items():
            if key not in known:
                others = [name for name, options in self.commands.items() if key in options]
                where = f"; it is one of {', '.join(f'`{name}`' for name in others)}" if others else ""
                self.report(
                    "config-option", f"`{command}` has no option `{key}`{where}", node.key_places[key],
                    "" if others else self._meant(key, known, known.values()), len(key),
                )  # fmt: skip
            elif taken(known[key], below, self.folder, self.report) is not None:
                self.sections.setdefault(command, {})[key] = below

    def _shared(self, name: str, node: Node) -> None:
        """A value that fits no command at all is a mistake; one that fits some is a mistake of the others' runs."""
        having = [option for option in self._options() if option.name == name]
        below = node.value if isinstance(node.value, dict) else {}
        for command in self.commands:
            if command.startswith(f"{name} ") and command.removeprefix(f"{name} ") in below:
                help = f"the section of a command is written as the command is: `{command}:`"
                self.report("config-type", f"`{name}` is an option here, and takes no mapping", node.place, help)
                return
        if len({meaning(option) for option in having}) > 1:
            commands = ", ".join(f"`{option.command}:`" for option in having)
            self.report(
                "config-shared", f"`{name}` means different things in different commands", node.place,
                f"write it below one of {commands}", node.width,
            )  # fmt: skip
            return
        mistakes: list[Diagnostic] = []
        for option in having:
            trial = Page(self.document, self.commands)
            if taken(option, node, self.folder, trial.report) is not None:
                self.shared[name] = node
                return
            mistakes = mistakes or trial.found
        self._add(*mistakes)

    def _options(self) -> list[Option]:
        return [option for options in self.commands.values() for option in options.values()]

    def _meant(self, key: str, known: Iterable[str], options: Iterable[Option]) -> str:
        short = next((option.name for option in options if option.short == key), None)
        return f"did you mean `{short}`?" if short else did_you_mean(key, known)


def read(path: Path, commands: Commands) -> Page:
    """The page of a file.  Raises UnusableError when it is no small text file."""
    document, found = examine(read_text(path, limit=MAX_BYTES, what="configuration file"), file=str(path))
    page = Page(document, commands, found=found)
    page.read(document.root)
    return page
