"""`auditor history`: what a store tells of the nights before."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.base.diagnostics import UnusableError
from auditor.cli import complete, terminal, words

_FORMATS = ("table", "json", "csv")


def history(
    store: Annotated[str, typer.Argument(
        metavar="STORE", help="A file such as audits.db, or postgresql://user@host/database.", show_default=False)],
    series: Annotated[str | None, typer.Option(
        metavar="NAME", show_default=False, help="Only this line of audits.  [default: all in the store]")] = None,
    rule: Annotated[list[str] | None, typer.Option(
        metavar="ID", help="Only these rules (ids or globs); can be repeated.", show_default=False)] = None,
    finding: Annotated[str | None, typer.Option(
        metavar="FINGERPRINT", show_default=False,
        help="Instead, the life of one finding: its fingerprint, or a beginning that no other has.")] = None,
    subject: Annotated[str | None, typer.Option(
        metavar="ID", help="Instead, the lives of all findings on a subject.", show_default=False)] = None,
    trend: Annotated[bool, typer.Option("--trend", help="Instead, trends by severity and rule.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="The newest runs of each series.")] = 30,
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among(*_FORMATS), help=", ".join(_FORMATS) + ".")] = "table",
) -> None:  # fmt: skip
    """Tell what a store holds: the runs with what was new, went on and was resolved; or trends; or the life of a
    finding.

    The store is only read.

    \b
    Examples:
      auditor history audits.db
      auditor history audits.db --trend --rule 'referral-*'
      auditor history audits.db --subject R-1001
      auditor history audits.db --finding 2561fed4 --format json
    """
    from auditor.outputs.history import FORMATS
    from auditor.results import store as stores

    words.one_of(format, _FORMATS)
    if sum((finding is not None, subject is not None, trend)) > 1:
        raise UnusableError("usage", "--finding, --subject and --trend are asked one at a time")
    page, rules = FORMATS[format], rule or ()
    if finding is not None or subject is not None:
        lives = (
            stores.by_fingerprint(store, finding, series=series, rules=rules)
            if finding is not None
            else stores.by_subject(store, str(subject), series=series, rules=rules)
        )
        with terminal.stdout() as stream:
            page.lives(lives, stream, terminal.look())
        return
    found = stores.history(store, series=series, rules=rules, limit=limit)
    with terminal.stdout() as stream:
        (page.trend if trend else page.runs)(found, stream, terminal.look())
