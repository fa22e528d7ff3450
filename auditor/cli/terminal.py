"""Where text goes, and how wide and colourful it may be there."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.outputs import Look


def look(*, verbose: bool = False) -> Look:
    """The look of stdout: no colours in pipes, dumb terminals or under NO_COLOR (https://no-color.org)."""
    from auditor.outputs import Look

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(width=shutil.get_terminal_size((120, 24)).columns, color=color, verbose=verbose)


def tell(text: str) -> None:
    """A remark on stderr."""
    from auditor.outputs.hostile import safe_lines

    print(safe_lines(text), file=sys.stderr)  # noqa: T201 - results alone go to stdout
