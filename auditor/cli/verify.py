"""`auditor verify`: an audit again, from its manifest."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import complete, terminal, words
from auditor.cli.options import Memory

_FORMATS = ("table", "json")


def verify(
    manifest: Annotated[str, typer.Argument(
        metavar="MANIFEST", help="What `auditor check --output manifest=FILE` has written.", show_default=False)],
    log: Annotated[list[str] | None, typer.Argument(
        metavar="LOG", help="Where the log is now: files, globs, or - for stdin.  [default: as in the manifest]",
        show_default=False)] = None,
    rules: Annotated[list[str] | None, typer.Option(
        "-r", "--rules", metavar="RULES", autocompletion=complete.packs, show_default=False, allow_from_autoenv=False,
        help="Where the rules are now; can be repeated.  [default: as in the manifest]")] = None,
    mapping: Annotated[str | None, typer.Option(
        "-m", "--mapping", metavar="FILE", show_default=False, allow_from_autoenv=False,
        help="Where the mapping is now.  [default: as in the manifest]")] = None,
    memory: Memory = None,
    format: Annotated[str, typer.Option(
        metavar="FORMAT", autocompletion=complete.among(*_FORMATS), help="table or json.")] = "table",
) -> None:  # fmt: skip
    """Repeat an audit from its manifest, and say what differs: log, mapping, rules, versions, result.

    The audit is made as of the same moment and with the same settings. Paths in the manifest are read from the
    working directory.

    Exit code 0 where all is the same, 1 where anything differs, 2 where the audit could not be repeated.

    \b
    Examples:
      auditor verify audit.json
      auditor verify audit.json archive/2025-05.csv -m archive/mapping.yaml
      auditor verify audit.json --format json
    """
    from auditor.outputs import verify as page
    from auditor.results import verify as again

    words.one_of(format, page.FORMATS)
    found = again.verify(manifest, log or (), mapping, rules or (), memory=memory)
    with terminal.stdout() as stream:
        page.write(found, format, stream, terminal.look())
    raise typer.Exit(found.exit_code)
