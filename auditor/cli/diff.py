"""`auditor diff`: what a change of rules changes on a log."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.base.diagnostics import UnusableError
from auditor.cli import complete, terminal, words
from auditor.cli.options import DEFAULT_RULES, AsOf, Logs, Mapping, Memory, Rules, Set, Verbose

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_VERDICTS = ("violated", "undetermined", "pending", "exempt", "met", "all")
_FORMATS = ("table", "json", "markdown", "github")


def diff(
    log: Logs,
    rules: Rules = None,
    against: Annotated[list[str] | None, typer.Option(
        metavar="OLD", autocompletion=complete.packs, show_default=False,
        help="The rules before: a file, a folder or a shipped pack, can be repeated; or a git revision of RULES, such "
        "as main or HEAD~1 (git:main where a file has that name).")] = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    rule: Annotated[list[str] | None, typer.Option(
        metavar="ID", autocompletion=complete.rule_ids, help="Only these rules (ids or globs); can be repeated.",
        show_default=False)] = None,
    set: Set = None,
    show: Annotated[list[str] | None, typer.Option(
        metavar="VERDICTS", autocompletion=complete.among(*_VERDICTS), show_default=False,
        help="Verdicts that count as findings: violated, undetermined, pending, exempt, met, or all; can be repeated.  "
        "[default: violated,undetermined]")] = None,
    fail_on: Annotated[str, typer.Option(
        metavar="SEVERITY", autocompletion=complete.among(*_SEVERITIES),
        help="The least severity of a rule whose changes give exit code 1.")] = "low",
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among(*_FORMATS),
        help="Of stdout: " + ", ".join(_FORMATS) + ".")] = "table",
    output: Annotated[list[str] | None, typer.Option(
        metavar="[FORMAT=]PATH", help="Also write a file; can be repeated.", show_default=False)] = None,
    max_rejects: Annotated[str, typer.Option(
        metavar="SHARE", help="The largest share of unreadable rows that is accepted.")] = "0.1%",
    memory: Memory = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever changes.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No table and no remarks.")] = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    """Judge a log by two versions of rules, and list the findings that appear, vanish, or have another verdict or due
    time.

    Exit code 0 where nothing changes at or above --fail-on, 1 where something does, 2 where that could not be told.

    \b
    Examples:
      auditor diff reports.csv -r our-rules.yaml --against main
      auditor diff reports.csv -r our-rules.yaml --against HEAD~1 --format markdown
      auditor diff reports.csv -r new-rules/ --against old-rules/ --output diff.json
      auditor diff reports.csv -r our-rules.yaml --against child-safety --show all
    """
    from auditor.cli.loading import paths, rule_paths
    from auditor.outputs import diff as page
    from auditor.outputs import formats
    from auditor.outputs.diff.words import conclusion
    from auditor.results import diff as compared
    from auditor.results.options import SHOWN, understood

    if not against:
        raise UnusableError("usage", "there is nothing to compare with", help="name the rules before with --against")
    words.one_of(format, tuple(page.FORMATS))
    targets = [formats.target(text, page.FORMATS) for text in output or ()]
    inputs = paths([*log, *([mapping] if mapping else ())])
    formats.distinct(targets, [*inputs, *rule_paths([*(rules or ()), *against])])
    shown, settings, share = words.words(show or SHOWN), words.settings(set or ()), words.share(max_rejects)
    understood(shown, fail_on, as_of)
    found = compared.diff(
        log,
        rules or [DEFAULT_RULES],
        against,
        mapping,
        as_of=as_of,
        show=shown,
        fail_on=fail_on,
        only=rule or (),
        settings=settings,
        max_rejects=share,
        memory=memory,
    )
    page.write_files(found, targets)
    if format != "table" or not quiet:
        with terminal.stdout() as stream:
            page.write(found, format, stream, terminal.look(verbose=verbose))
    if format != "table" and not quiet:
        terminal.tell("\n".join([conclusion(found), *(f"note: {note}" for note in found.notes)]))
    raise typer.Exit(0 if exit_zero else found.exit_code)
