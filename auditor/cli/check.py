"""`auditor check`: the audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from auditor.base.diagnostics import UnusableError
from auditor.cli import complete, terminal, words
from auditor.cli.options import DEFAULT_RULES, AsOf, Logs, Mapping, Memory, Rules, Set, Verbose
from auditor.outputs.formats import FORMATS

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_VERDICTS = ("violated", "undetermined", "pending", "exempt", "met", "all")
_FORMATS = tuple(FORMATS)


def check(
    log: Logs,
    rules: Rules = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    rule: Annotated[list[str] | None, typer.Option(
        metavar="ID", autocompletion=complete.rule_ids, help="Only these rules (ids or globs); can be repeated.",
        show_default=False)] = None,
    set: Set = None,
    show: Annotated[list[str] | None, typer.Option(
        metavar="VERDICTS", autocompletion=complete.among(*_VERDICTS), show_default=False,
        help="Verdicts to list: violated, undetermined, pending, exempt, met, or all; can be repeated.  "
        "[default: violated,undetermined]")] = None,
    by: Annotated[list[str] | None, typer.Option(
        metavar="FIELD", help="Also count per group: a field, month or day; can be repeated.",
        show_default=False)] = None,
    fail_on: Annotated[str, typer.Option(
        metavar="SEVERITY", autocompletion=complete.among(*_SEVERITIES),
        help="The least severity that gives exit code 1.")] = "low",
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among(*_FORMATS),
        help="Of stdout: " + ", ".join(_FORMATS) + ".")] = "table",
    output: Annotated[list[str] | None, typer.Option(
        metavar="[FORMAT=]PATH", help="Also write a file; can be repeated.", show_default=False)] = None,
    rejects: Annotated[str | None, typer.Option(
        metavar="FILE", help="Write the rows that could not be read to a CSV file.", show_default=False)] = None,
    max_rejects: Annotated[str, typer.Option(
        metavar="SHARE", help="The largest share of unreadable rows that is accepted.")] = "0.1%",
    memory: Memory = None,
    baseline: Annotated[str | None, typer.Option(
        metavar="FILE", help="An earlier JSON result: findings are marked as new or continuing.",
        show_default=False)] = None,
    waivers: Annotated[str | None, typer.Option(
        metavar="FILE", help="Findings that somebody answers for, until a day; they fail no audit.",
        show_default=False)] = None,
    fail_on_new: Annotated[bool, typer.Option(
        "--fail-on-new", help="Only new violations give exit code 1.")] = False,
    store: Annotated[str | None, typer.Option(
        metavar="URL", show_default=False,
        help="Record the audit in this store and compare it with the run before: a file such as audits.db, or "
        "postgresql://user@host/database.")] = None,
    series: Annotated[str | None, typer.Option(
        metavar="NAME", show_default=False,
        help="The line of audits in the store that this one goes on with.  [default: main]")] = None,
    again: Annotated[bool, typer.Option(
        "--again", help="Record the audit also where the store has it already.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever was found.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No table and no remarks.")] = False,
    verbose: Verbose = False,
) -> None:  # fmt: skip
    """Judge every report in a log by the rules, and list what was violated.

    \b
    Examples:
      auditor check reports.csv -m mapping.yaml
      auditor check reports.csv -r our-rules.yaml -r child-safety --set referral_limit=12h
      auditor check 'export/*.csv' -m mapping.yaml --output findings.csv --output manifest=audit.json
      auditor check reports.csv --show all --by platform --by month
      auditor check reports.csv --baseline last-week.json --waivers waivers.yaml --fail-on-new
      auditor check reports.csv -m mapping.yaml --store audits.db --fail-on-new
      gunzip -c reports.jsonl.gz | auditor check - -m mapping.yaml --format jsonl
    """
    from auditor import outputs, results
    from auditor.cli import storing
    from auditor.cli.loading import open_log, paths, rule_paths
    from auditor.outputs.log_health import remarks
    from auditor.results.options import SHOWN, understood

    targets = [outputs.target(text) for text in output or ()]
    reject_file = [outputs.Target("csv", Path(rejects))] if rejects else []
    given = [*paths([*log, *filter(None, (mapping, baseline, waivers))]), *rule_paths(rules or ())]
    outputs.distinct([*targets, *reject_file], [*given, *storing.ready(store, series, again=again, baseline=baseline)])
    outputs.known(format, terminal=sys.stdout.isatty())
    shown, groups = words.words(show or SHOWN), words.words(by or ())
    settings, share = words.settings(set or ()), words.share(max_rejects)
    understood(shown, fail_on, as_of)  # this and the rest before the log is read, which can take long
    if fail_on_new and not (baseline or store):
        raise UnusableError("usage", "--fail-on-new has nothing to compare with", help="give a --baseline or a --store")
    known = results.read_baseline(baseline) if baseline else None
    waived = results.read_waivers(waivers) if waivers else None
    audit = results.check(
        open_log(log, mapping, max_rejects=share, memory=memory, rejects=Path(rejects) if rejects else None),
        rules or [DEFAULT_RULES],
        as_of=as_of,
        show=shown,
        fail_on=fail_on,
        only=rule or (),
        by=groups,
        settings=settings,
        baseline=known,
        waivers=waived,
        fail_on_new=fail_on_new,
    )
    audit = storing.recorded(audit, store, series, again=again)
    outputs.write_files(audit, targets)
    if format != "table" or not quiet:
        with terminal.stdout() as stream:
            outputs.write(audit, format, stream, terminal.look(verbose=verbose))
    if format != "table" and not quiet:
        terminal.tell(remarks(audit))
    raise typer.Exit(0 if exit_zero else audit.exit_code)
