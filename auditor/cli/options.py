"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import complete

DEFAULT_RULES = "child-safety"

Logs = Annotated[list[str], typer.Argument(metavar="LOG", help="Files, globs, or - for stdin.", show_default=False)]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "-r", "--rules", metavar="RULES", autocompletion=complete.packs, show_default=False,
        help=f"A file, a folder or a shipped pack; can be repeated.  [default: {DEFAULT_RULES}]",
    ),
]  # fmt: skip
Mapping = Annotated[
    str | None,
    typer.Option("-m", "--mapping", metavar="FILE", help="How the log's columns become events.", show_default=False),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", show_default=False,
        help="The moment of judgement: 2025-05-17T00:00:00Z, or now.  [default: the end of the log]",
    ),
]  # fmt: skip
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Replace a parameter of the rules; can be repeated.", show_default=False
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="The most memory the engine may use, such as 4GB.", show_default=False),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more about the log, and which defaults were used.")]
