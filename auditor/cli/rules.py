"""`auditor rules`: what the rules are, and whether they are well formed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import complete, terminal, words
from auditor.cli.command import Command
from auditor.cli.options import Rules, Set

if TYPE_CHECKING:
    from auditor.rules import RuleSet

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="List, show and check rules.",
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

Specs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RULES", autocompletion=complete.packs, show_default=False,
        help="Files, folders or shipped packs.  [default: all shipped packs]",
    ),
]  # fmt: skip
Only = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="PATTERN", autocompletion=complete.rule_ids, show_default=False,
                 help="Only rules with this id or glob; can be repeated."),
]  # fmt: skip


@app.command("list", cls=Command)
def list_rules(rules: Specs = None) -> None:
    """List packs and their rules.

    \b
    Examples:
      auditor rules list
      auditor rules list child-safety our-rules.yaml
    """
    from auditor.outputs import rule_pages

    found = _load(rules)
    with terminal.stdout() as stream:
        rule_pages.listing(found, stream, terminal.look())


@app.command(cls=Command, short_help="Show rules as sentences.")
def show(
    ids: Annotated[list[str], typer.Argument(
        metavar="ID", autocompletion=complete.rule_ids, help="Ids of rules, or globs.", show_default=False)],
    rules: Rules = None,
    set: Set = None,
) -> None:  # fmt: skip
    """Show rules as sentences, with their reasons, sources and tests.

    \b
    Examples:
      auditor rules show referral-in-time
      auditor rules show 'referral-*' -r our-rules.yaml
    """
    from auditor.outputs import rule_pages

    found = _load(rules, ids, words.settings(set or ()))
    with terminal.stdout() as stream:
        rule_pages.pages(found, stream, terminal.look())


@app.command(cls=Command, short_help="Check rule files for mistakes.")
def lint(
    rules: Specs = None,
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among("text", "json"), help="text or json.")] = "text",
) -> None:  # fmt: skip
    """Check rule files: every mistake of a run, with its place and a suggestion.

    Exit code 2 where there are errors, 0 where there are none or only warnings.

    \b
    Examples:
      auditor rules lint our-rules.yaml
      auditor rules lint rules/ --format json
    """
    from auditor.outputs import rule_pages
    from auditor.rules import lint as check

    words.one_of(format, ("text", "json"))
    found = check(rules or _packs())
    with terminal.stdout() as stream:
        rule_pages.mistakes(found, format, stream)
    raise typer.Exit(2 if any(mistake.level == "error" for mistake in found) else 0)


@app.command("test", cls=Command, short_help="Run the tests inside rules.")
def run_tests(
    rules: Specs = None,
    rule: Only = None,
    set: Set = None,
    boundaries: Annotated[bool, typer.Option(
        "--boundaries", help="Instead, show what each rule says just inside and just outside its limits.")] = False,
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among("table", "json"), help="table or json.")] = "table",
) -> None:  # fmt: skip
    """Run the tests inside rules, through the same engine as an audit.

    Exit code 0 where all tests pass, 1 where one fails, 2 where the rules cannot be read.

    \b
    Examples:
      auditor rules test our-rules.yaml
      auditor rules test child-safety --rule 'referral-*' --boundaries
    """
    from auditor.outputs import boundaries as limits
    from auditor.outputs import ruletests as page
    from auditor.results.boundaries import probe
    from auditor.results.ruletests import run

    words.one_of(format, ("table", "json"))
    found = _load(rules, rule, words.settings(set or ()))
    if boundaries:
        probed = probe(found)
        with terminal.stdout() as stream:
            limits.write(probed, format, stream, terminal.look())
        return
    tested = run(found)
    with terminal.stdout() as stream:
        page.write(found, tested, format, stream, terminal.look())
    raise typer.Exit(1 if any(one.difference is not None for one in tested) else 0)


@app.command(cls=Command, short_help="Write packs as pages in Markdown.")
def docs(
    rules: Specs = None,
    set: Set = None,
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="DIR", show_default=False,
        help="A folder for a page of each pack and an index.  [default: the pages go to standard output]")] = None,
) -> None:  # fmt: skip
    """Write packs as pages in Markdown, for people who do not read YAML: what each rule says, why, by which source,
    whose number its limit is, and its tests as examples.

    \b
    Examples:
      auditor rules docs our-rules.yaml
      auditor rules docs --output docs/packs
    """
    from auditor.outputs import pack_pages

    found = _load(rules, None, words.settings(set or ()))
    if output is not None:
        pack_pages.write_folder(found, output)
        return
    with terminal.stdout() as stream:
        pack_pages.write(found, stream)


@app.command(cls=Command, short_help="Print the JSON Schema of rule files.")
def schema() -> None:
    """Print the JSON Schema of rule files, for editors.

    \b
    Example:
      auditor rules schema > rules.schema.json
    """
    import json

    from auditor.rules import json_schema

    text = json.dumps(json_schema(), indent=2)
    with terminal.stdout() as stream:
        stream.write(f"{text}\n".encode())


def _packs() -> list[str]:
    from auditor.rules import shipped_packs

    return [pack.name for pack in shipped_packs()]


def _load(rules: list[str] | None, only: list[str] | None = None, settings: dict[str, str] | None = None) -> RuleSet:
    from auditor.rules import load_rules

    return load_rules(rules or _packs(), settings=settings or {}, only=only or ())
