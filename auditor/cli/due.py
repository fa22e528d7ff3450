"""`auditor due`: what falls due next."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import complete, terminal, words
from auditor.cli.options import DEFAULT_RULES, Logs, Mapping, Memory, Rules, Set

_FORMATS = ("table", "csv", "json", "ics")


def due(
    log: Logs,
    next: Annotated[str, typer.Option(
        metavar="DURATION", help="How far to look: 24h, 90 min, 7 days, 1 month.")] = "24h",
    rules: Rules = None,
    mapping: Mapping = None,
    as_of: Annotated[str | None, typer.Option(
        metavar="TIME", show_default=False,
        help="Look from this moment on: now, or 2025-05-17T00:00:00Z.  [default: the end of the log]")] = None,
    rule: Annotated[list[str] | None, typer.Option(
        metavar="ID", autocompletion=complete.rule_ids, help="Only these rules (ids or globs); can be repeated.",
        show_default=False)] = None,
    set: Set = None,
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among(*_FORMATS),
        help="Of stdout: " + ", ".join(_FORMATS) + ".")] = "table",
    output: Annotated[list[str] | None, typer.Option(
        metavar="[FORMAT=]PATH", help="Also write a file; can be repeated.", show_default=False)] = None,
    max_rejects: Annotated[str, typer.Option(
        metavar="SHARE", help="The largest share of unreadable rows that is accepted.")] = "0.1%",
    memory: Memory = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No table and no remarks.")] = False,
) -> None:  # fmt: skip
    """List the obligations that are pending and fall due next, the most urgent first.

    Time counts from the end of the log, so that one log gives one answer on any day. For a list of today's work give
    --as-of now: then it counts from now. What fell due between the end of the log and now is listed first: whether it
    has been done meanwhile, only a newer log can tell.

    Exit code 0, also where something falls due, 2 where the log could not be audited.

    \b
    Examples:
      auditor due reports.csv --next 24h --as-of now
      auditor due reports.csv -m mapping.yaml --next '7 days' --output due.ics --output due.csv
      auditor due reports.csv --next 4h --rule 'referral-*' --format json
    """
    from auditor.cli.loading import paths, rule_paths
    from auditor.outputs import due as page
    from auditor.outputs import formats
    from auditor.outputs.due.words import headline, rest, warnings
    from auditor.results import due as upcoming

    words.one_of(format, tuple(page.FORMATS))
    targets = [formats.target(text, page.FORMATS) for text in output or ()]
    formats.distinct(targets, [*paths([*log, *filter(None, (mapping,))]), *rule_paths(rules or ())])
    settings, share = words.settings(set or ()), words.share(max_rejects)
    found = upcoming.due(
        log,
        upcoming.parsed(next),
        rules or [DEFAULT_RULES],
        mapping,
        as_of=as_of,
        only=rule or (),
        settings=settings,
        max_rejects=share,
        memory=memory,
    )
    page.write_files(found, targets)
    if format != "table" or not quiet:
        with terminal.stdout() as stream:
            page.write(found, format, stream, terminal.look())
    if format != "table" and not quiet:
        terminal.tell("\n".join([headline(found), rest(found), *(f"note: {text}" for text in warnings(found))]))
