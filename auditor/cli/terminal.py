"""Where text goes, and how wide and colourful it may be there."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

import typer

from auditor.base.diagnostics import UnusableError

if TYPE_CHECKING:
    from auditor.outputs import Look

PIPE_CLOSED = 141  # as shells report SIGPIPE


@contextmanager
def stdout() -> Iterator[BinaryIO]:
    """The stream for results.  When its reader has gone (`| head`), the program ends without a word."""
    stream = sys.stdout.buffer
    if isinstance(stream, io.RawIOBase):  # PYTHONUNBUFFERED: it may take but a part of what is written
        stream = io.BufferedWriter(io.FileIO(sys.stdout.fileno(), "wb", closefd=False))
    try:
        yield stream
        stream.flush()
        sys.stdout.flush()
    except BrokenPipeError:
        abandon()
        raise typer.Exit(PIPE_CLOSED) from None
    except OSError as error:
        abandon()
        raise UnusableError("output-failed", f"cannot write to standard output: {error.strerror}") from None


def abandon() -> None:
    """What is still in the buffer has nowhere to go; without this, Python complains once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def look(*, verbose: bool = False) -> Look:
    """The look of stdout: no colours in pipes, dumb terminals or under NO_COLOR (https://no-color.org)."""
    from auditor.outputs import Look

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(width=_width(), color=color, verbose=verbose)


def _width() -> int:
    """COLUMNS, or the width of the terminal that is behind any of the streams (`| less`), or 120."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        with suppress(OSError, ValueError, AttributeError):
            return shutil.get_terminal_size((os.get_terminal_size(stream.fileno()).columns, 24)).columns
    return shutil.get_terminal_size((120, 24)).columns


def tell(text: str) -> None:
    """A remark on stderr."""
    from auditor.outputs.hostile import safe_lines

    print(safe_lines(text), file=sys.stderr)  # noqa: T201 - results alone go to stdout
