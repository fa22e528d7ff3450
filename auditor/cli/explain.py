"""`auditor explain`: one case as a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.base.diagnostics import UnusableError
from auditor.cli import terminal, words
from auditor.cli.options import DEFAULT_RULES, AsOf, Mapping, Memory, Rules, Set


def explain(
    log: Annotated[str, typer.Argument(metavar="LOG", help="A file, a glob, or - for stdin.", show_default=False)],
    subject: Annotated[str, typer.Argument(
        metavar="SUBJECT", help="The id of a report, an item, an account …, or the subject of a finding.",
        show_default=False)],
    rules: Rules = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    set: Set = None,
    memory: Memory = None,
) -> None:  # fmt: skip
    """Tell one case: what happened, what was due when, by which rule, and how it was judged.

    For an item or an account, all reports on it are told.  Only ids and fields that a rule looked at are printed.
    Any subject that a finding prints can be given, in quotes where it is a list or a cut one.

    \b
    Examples:
      auditor explain reports.csv R-1001 -m mapping.yaml
      auditor explain reports.csv video-77 -r our-rules.yaml --as-of 2025-05-17T00:00:00Z
      auditor explain reports.csv '["user-8", "video-77"]' -m mapping.yaml
    """
    from auditor import results
    from auditor.cli.loading import paths
    from auditor.outputs import case as page

    if not paths([log]) and Path(subject).is_file():
        message = f"`{log}` is no file, and `{subject}` is one"
        raise UnusableError("usage", message, help=f"the log comes first: auditor explain {subject} {log}")
    case = results.explain(
        log,
        subject,
        rules or [DEFAULT_RULES],
        mapping,
        as_of=as_of,
        settings=words.settings(set or ()),
        memory=memory,
    )
    with terminal.stdout() as stream:
        page.write(case, stream, terminal.look())
